/** What page, frame and worker say to each other. The page trusts none of it: a program can forge every message. */

export type Stream = 'stdout' | 'stderr';

/** A program and the modules of its folder, by file name: `keyset.ts`. */
export interface Program {
  entry: string;
  sources: Record<string, string>;
}

/** Why a program ended other than by itself. */
export interface Failure {
  /** What Node.js would print. */
  text: string;
  /** The line of the entry that is to blame, counted from 1, if one is known. */
  line?: number | undefined;
}

/** What a worker makes ready before a program begins. */
export interface Preparation {
  services: Service[];
  /** The specifiers that the program imports, as far as the bundle has them. */
  modules: string[];
  /** Which module of the bundle stands for a specifier, and for `service:postgres` and its like. */
  map: Record<string, string>;
}

/** From the page to a worker. */
export type ToWorker =
  | ({ type: 'run'; program: Program } & Preparation)
  | ({ type: 'warm' } & Preparation)
  | { type: 'file'; name: string; content: Blob | WebAssembly.Module | string | null };

/** From a worker to the page. */
export type FromWorker =
  | { type: 'need'; name: string }
  | { type: 'phase'; phase: Phase }
  | { type: 'warm' }
  | { type: 'output'; chunks: [Stream, string][] }
  | { type: 'end'; code: number; failure?: Failure | undefined }
  | { type: 'broken'; message: string };

/** From the page to the frame. */
export type ToFrame =
  | { type: 'start'; run: number; base: string; runtime: string; imports: Record<string, string[]> }
  | { type: 'send'; run: number; message: ToWorker }
  | { type: 'stop'; run: number }
  | { type: 'ping' };

/** From the frame to the page. */
export type FromFrame =
  | { type: 'ready' }
  | { type: 'pong' }
  | { type: 'stopped'; run: number }
  | { type: 'said'; run: number; message: FromWorker | null };

/** A server that a program expects to find. */
export type Service = 'postgres' | 'valkey';

/** What a worker is busy with before the program prints. */
export type Phase = 'postgres' | 'valkey' | 'running';

/** What is printed beyond either is dropped, in the worker and again in the page. */
export const OUTPUT_LIMIT = { characters: 64 * 1024, lines: 1000 };

/** The bundle's table of contents, `manifest.json`. */
export interface Manifest {
  /** The runtime's first module. */
  runtime: string;
  /** For each specifier that samples import, the module that stands for it. */
  modules: Record<string, string>;
  /** The files that each service needs, its module first. */
  services: Record<Service, string[]>;
  /** For each module the modules that it imports. */
  imports: Record<string, string[]>;
  /** For each module the other files that it asks for. */
  assets: Record<string, string[]>;
  /** For each module and other file: where it lies, beside this table, its size in bytes and its SHA-256 in base64. */
  files: Record<string, { path: string; bytes: number; sha256: string }>;
}

/** Which services a program with these imports talks to. */
export function servicesFor(specifiers: Iterable<string>): Service[] {
  const all = new Set(specifiers);
  const services: Service[] = [];
  if (['pg', '@prisma/adapter-pg'].some((name) => all.has(name))) services.push('postgres');
  if (['ioredis', 'redis'].some((name) => all.has(name))) services.push('valkey');
  return services;
}
