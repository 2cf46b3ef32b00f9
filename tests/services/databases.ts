import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

const MIGRATIONS = new URL('../../src/content/samples/prisma/migrations/', import.meta.url);

/** Runs `act` on a connection to `url`, and closes it whatever happens. */
async function connected<T>(url: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

const urlOf = (server: string, database: string) => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};

/**
 * Makes a database that holds the shop schema by applying the committed migrations in order, as `prisma migrate deploy`
 * does. Its name is unique to this process, because a server that was given may serve others as well.
 */
export async function createTemplate(server: string): Promise<string> {
  const name = `handbook_template_${process.pid}`;
  await connected(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}`);
  });
  const folders = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  await connected(urlOf(server, name), async (client) => {
    for (const migration of names.sort()) {
      await client.query(await readFile(new URL(`${migration}/migration.sql`, MIGRATIONS), 'utf8'));
    }
  });
  return name;
}

/** Clones `template` under `name` and returns the connection string of the copy. */
export async function createDatabase(server: string, template: string, name: string): Promise<string> {
  await connected(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    // A server may live in the zone of its machine; what a program prints must not.
    await client.query(`ALTER DATABASE ${name} SET timezone TO 'UTC'`);
  });
  return urlOf(server, name);
}

/** Drops a database, and throws off whoever is still connected to it. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await connected(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}
