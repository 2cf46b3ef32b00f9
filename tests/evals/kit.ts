import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Express } from 'express';
import { Pool, type PoolClient } from 'pg';
import { PrismaClient } from '#prisma';

/** Whether one assertion holds, and what was seen. */
export type Verdict = [passed: boolean, evidence: unknown];

/** Grades a solution: yields a verdict for each assertion of its task, in their order. */
export type Grader = (kit: Kit) => AsyncGenerator<Verdict, void>;

/** Sends a request to a solution that is being served. */
export type Ask = (path: string, init?: RequestInit & { json?: unknown }) => Promise<Answer>;

/** What came back: `body` is parsed if it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

/** What a grader is given: a solution's folder, and a database with the shop schema of its own. */
export class Kit {
  readonly folder: string;
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly #start: string;
  readonly #closing: (() => Promise<unknown>)[] = [];

  constructor(folder: string, start: string, url: string) {
    this.folder = folder;
    this.#start = start;
    this.pool = new Pool({ connectionString: url, max: 30 });
    this.prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
    // The database is dropped from under clients that are still open.
    this.pool.on('error', () => {});
    this.#closing.push(
      () => this.pool.end(),
      () => this.prisma.$disconnect(),
    );
  }

  /** Imports a module of the solution, which may be TypeScript or JavaScript. */
  async load<T>(name = 'app'): Promise<T> {
    const file = ['ts', 'js', 'mjs'].map((end) => join(this.folder, `${name}.${end}`)).find((path) => existsSync(path));
    if (!file) throw new Error(`there is no ${name}.ts`);
    return (await import(pathToFileURL(file).href)) as T;
  }

  /** The text of one of the solution's files; undefined if it is not there. */
  text(name: string): string | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** Makes the tables that the task begins with, whatever the solution has made of that file. */
  async startTables() {
    await this.pool.query(readFileSync(join(this.#start, 'schema.sql'), 'utf8'));
  }

  /** Serves an app until the end of the grading. Redirects are not followed. */
  async serve(app: Express): Promise<Ask> {
    const server = createServer(app);
    this.onClose(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return async (path, { json, headers, ...init } = {}) => {
      const sent = json === undefined ? {} : { body: JSON.stringify(json), method: 'POST' };
      const all = { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...(headers as object) };
      const response = await fetch(base + path, { redirect: 'manual', ...sent, ...init, headers: all });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
      return { status: response.status, headers: response.headers, text, body };
    };
  }

  /** Does something when the grading has ended. */
  onClose(act: () => Promise<unknown>) {
    this.#closing.unshift(act);
  }

  /** Closes what is open. A client that a solution never gave back must not hold this up. */
  async close() {
    for (const act of this.#closing) await Promise.race([act().catch(() => {}), sleep(500)]);
  }

  /** The first column of the first row. */
  async value<T = number>(sql: string, values: unknown[] = []): Promise<T> {
    const { rows } = await this.pool.query<Record<string, T>>(sql, values);
    return Object.values(rows[0] ?? {})[0] as T;
  }

  /**
   * Starts `act`, with everybody who writes held up by `lock`, and lets go when nobody new has come to wait: whatever reads
   * first and writes afterwards has then read. So a race needs no luck.
   */
  async atOnce<T>(lock: string, act: () => Promise<T>): Promise<T> {
    const holder: PoolClient = await this.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(lock);
      const acting = act();
      for (let calm = 0, before = 0; calm < 10;) {
        await sleep(20);
        const { rows } = await holder.query<{ n: number }>('SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted');
        const now = rows[0]?.n ?? 0;
        calm = now > 0 && now === before ? calm + 1 : before === now ? calm + 0.2 : 0;
        before = now;
      }
      await holder.query('COMMIT');
      return await acting;
    } finally {
      holder.release();
    }
  }
}

/** What `act` throws, for evidence; undefined if it does not. */
export const thrownBy = (act: () => Promise<unknown>): Promise<(Error & { code?: string }) | undefined> =>
  act().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
