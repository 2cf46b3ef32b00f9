import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isModule } from '../../src/lib/sample.ts';
import { createDatabase, createTemplate, dropDatabase } from '../services/databases.ts';
import { startPostgres } from '../services/postgres.ts';
import { startRedis } from '../services/redis.ts';
import { missingFor } from './needs.ts';

const SAMPLES = new URL('../../src/content/samples/', import.meta.url);

/** A program is ended after this many seconds. */
const LIMIT_SECONDS = 120;

/** The path below `src/content/samples` of every `.ts` file that lies in a topic's folder, sorted. */
export function sampleFiles(): string[] {
  return globSync('*/*.ts', { cwd: fileURLToPath(SAMPLES), exclude: (path) => path === 'prisma' }).sort();
}

/** Where the output of a program is recorded: `keyset.ts` in `keyset.out`, `replica.native.ts` in `replica.native.out`. */
export const recordOf = (file: string) => new URL(file.replace(/\.ts$/, '.out'), SAMPLES);

/** What a program did. */
export interface Run {
  stdout: string;
  stderr: string;
  /** The exit code, or why there is none. */
  end: string;
}

/** Servers for samples, and the shop schema as a template that each program gets a copy of. */
export interface Services {
  postgres: { url: string; version: string };
  redis: { url: string; version: string };
  template: string;
}

/** Starts what samples need. `stop` must be called, or the process does not end. */
export async function startServices(): Promise<Services & { stop(): Promise<void> }> {
  const postgres = await startPostgres();
  const redis = await startRedis().catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  const stop = async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
  const template = await createTemplate(postgres.url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    postgres: { url: postgres.url, version: postgres.version },
    redis: { url: redis.url, version: redis.version },
    template,
    async stop() {
      await dropDatabase(postgres.url, template).catch(() => {});
      await stop();
    },
  };
}

/**
 * Runs one program as a reader would, `node <file>`, on a fresh copy of the shop database and on Redis database `slot`.
 * `zone` is the time zone that the program finds itself in.
 */
export async function runSample(file: string, services: Services, slot = 0, zone = 'UTC'): Promise<Run> {
  const path = fileURLToPath(new URL(file, SAMPLES));
  const source = await readFile(path, 'utf8').catch(() => {
    throw new Error(`There is no sample ${file} in src/content/samples.`);
  });
  const missing = missingFor(source);
  if (missing.length > 0) {
    throw new Error(
      `${file} needs ${missing.join(' and ')}. Install it (apt-get install, brew install), and try again.`,
    );
  }
  const name = `sample_${file.replace(/\W+/g, '_')}_${process.pid}`.toLowerCase();
  // A clone takes a moment; a program that names no database is spared it.
  const database = source.includes('DATABASE_URL')
    ? await createDatabase(services.postgres.url, services.template, name)
    : 'postgresql://not-asked-for.invalid';
  try {
    return await ran(path, { DATABASE_URL: database, REDIS_URL: `${services.redis.url}/${slot}`, TZ: zone });
  } finally {
    if (source.includes('DATABASE_URL')) await dropDatabase(services.postgres.url, name);
  }
}

function ran(path: string, env: Record<string, string>): Promise<Run> {
  const { PATH = '', HOME = '' } = process.env;
  // Nothing else of our environment: what a program prints must not depend on who runs it.
  const child = spawn(process.execPath, [path], { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_SECONDS * 1000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      const end = signal === 'SIGKILL' ? `ended after ${LIMIT_SECONDS} s` : `exit code ${code ?? signal}`;
      resolve({ stdout, stderr, end });
    });
  });
}

/** Those `.ts` files that are programs of their own, rather than modules that a program of their folder imports. */
export function programsAmong(files: string[]): string[] {
  const sources = files.map((file) => ({ file, source: readFileSync(new URL(file, SAMPLES), 'utf8') }));
  return files.filter((file) => !isModule(file, sources));
}
