import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '~/': fileURLToPath(new URL('src/', import.meta.url)) } },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'samples',
          include: ['tests/samples/**/*.test.ts'],
          globalSetup: 'tests/samples/setup.ts',
          // A program has its own limit of 120 s; this one must not end the test before that.
          testTimeout: 150_000,
          maxConcurrency: 4,
          // Programs share few cores with each other. The output names what needed a second try.
          retry: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'evals',
          include: ['tests/evals/**/*.test.ts'],
          globalSetup: 'tests/evals/setup.ts',
          testTimeout: 90_000,
          maxConcurrency: 3,
        },
      },
      { extends: true, test: { name: 'output', include: ['tests/output/**/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
});
