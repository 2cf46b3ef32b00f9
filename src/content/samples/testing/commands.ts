import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const jestBin = fileURLToPath(import.meta.resolve('jest/bin/jest'));

// #region commands
/** Jest knows neither types nor imports until it is told how. */
const jestConfig = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      'ts-jest',
      {
        useESM: true,
        // One file at a time and unchecked: that is the work of `tsc`.
        diagnostics: false,
        tsconfig: {
          module: 'esnext',
          target: 'es2024',
          isolatedModules: true,
          esModuleInterop: true,
          allowImportingTsExtensions: true,
          noEmit: true,
        },
      },
    ],
  },
};

/** `jest --verbose ./desks.jest.test.ts`, say. */
const jest = (args: string[], config: object) => [
  '--experimental-vm-modules',
  jestBin,
  '--config',
  JSON.stringify(config),
  ...args,
];

/** Node.js runs the same files as they are. */
const node = (args: string[]) => args;
// #endregion commands

/** A command under way, with all that it has printed. */
export interface Running {
  printed: string;
  /** Resolves when it has printed `text`, and rejects if it ends before. */
  until(text: string): Promise<void>;
  /** Its exit code, or null if a signal ended it. */
  ended: Promise<number | null>;
  send(signal: 'SIGINT' | 'SIGKILL'): void;
}

/** Starts `jest ...` or `node ...` in a folder. */
export async function start(
  [name, ...args]: string[],
  folder = here,
  config: object = jestConfig,
): Promise<Running> {
  const cache = await mkdtemp(join(tmpdir(), 'testing-'));
  const build = name === 'jest' ? jest : node;
  const all = { ...config, rootDir: folder, cacheDirectory: cache };
  const child = spawn(process.execPath, build(args, all), {
    cwd: folder,
    // A group of its own, so that what it starts can be ended with it.
    detached: true,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', (code) => {
    void rm(cache, { recursive: true, force: true }).then(() => resolve(code));
  });
  const running: Running = {
    printed: '',
    ended: promise,
    async until(text) {
      const enough = Promise.withResolvers<void>();
      const look = () => running.printed.includes(text) && enough.resolve();
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      look();
      const early = () =>
        enough.reject(
          new Error(`ended without "${text}":\n${running.printed}`),
        );
      void promise.then(early);
      await enough.promise;
    },
    send: (signal) => process.kill(-(child.pid ?? 0), signal),
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (running.printed += chunk.toString()));
  }
  return running;
}
