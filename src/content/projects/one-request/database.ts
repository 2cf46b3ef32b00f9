import { readdir, readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const MIGRATIONS = new URL('../prisma/migrations/', import.meta.url);

/**
 * A PostgreSQL of this process's own, in memory, with every migration applied.
 * It has one session: transactions run one after the other.
 */
export async function embedded() {
  const db = await PGlite.create();
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory());
  for (const { name } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = new URL(`${name}/migration.sql`, MIGRATIONS);
    await db.exec(await readFile(file, 'utf8'));
  }
  const server = new PGLiteSocketServer({
    db,
    host: '127.0.0.1',
    port: 0,
    maxConnections: 20,
  });
  await server.start();
  return {
    url: `postgresql://postgres@${server.getServerConn()}/postgres`,
    async stop() {
      await server.stop();
      await db.close();
    },
  };
}
