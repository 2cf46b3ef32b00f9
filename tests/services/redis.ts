import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { Redis as Client } from 'ioredis';
import { ended } from './postgres.ts';

/** A Redis or Valkey server for tests and recordings. */
export interface Redis {
  /** Connection string without a database number. */
  url: string;
  /** What it is, as it reports itself: `Redis 7.0.15` or `Valkey 9.1.1`. */
  version: string;
  /** Ends a server that was started here; leaves one that was given alone. */
  stop(): Promise<void>;
}

/**
 * The server that `REDIS_URL` names, or `redis-server` or `valkey-server` if one is on the path, or else Valkey compiled
 * to WebAssembly, from npm. `HANDBOOK_REDIS=wasm` asks for that last one. Rejects with what to do.
 */
export async function startRedis(): Promise<Redis> {
  const given = process.env.REDIS_URL;
  if (given) return { url: given.replace(/\/\d*$/, ''), version: await versionOf(given, 2_000), stop: async () => {} };

  const port = await getPort();
  const child = startOn(port);
  const url = `redis://127.0.0.1:${port}`;
  const stop = () => ended(child, 'SIGTERM');
  try {
    return { url, version: await versionOf(url, 20_000), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function startOn(port: number): ChildProcess {
  const installed =
    process.env.HANDBOOK_REDIS !== 'wasm' &&
    ['redis-server', 'valkey-server'].find((name) => !spawnSync(name, ['--version']).error);
  if (!installed) return fork(new URL('./valkey.ts', import.meta.url), [String(port)], { stdio: 'ignore' });
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return spawn(installed, settings, { stdio: 'ignore' });
}

/** Asks until something answers, for at most `patience` milliseconds. */
async function versionOf(url: string, patience: number): Promise<string> {
  const deadline = Date.now() + patience;
  for (;;) {
    const client = new Client(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => {}); // Reported below, once patience has run out.
    try {
      const info = await client.info('server');
      const valkey = /^valkey_version:(.+)$/m.exec(info)?.[1]?.trim();
      return valkey ? `Valkey ${valkey}` : `Redis ${/^redis_version:(.+)$/m.exec(info)?.[1]?.trim()}`;
    } catch (cause) {
      if (Date.now() > deadline) {
        const remedy = 'Set REDIS_URL to a Redis server that runs, or unset it to have one started.';
        throw new Error(`Redis could not be reached at ${url}. ${remedy}`, { cause });
      }
      await sleep(50);
    } finally {
      client.disconnect();
    }
  }
}
