import { expect, test } from 'vitest';
import { filesFor, siblingOf, specifiersOf } from '../../../src/sandbox/imports.ts';
import { servicesFor, type Manifest } from '../../../src/sandbox/protocol.ts';

test('finds what a program imports, and not what it imports for its types alone', () => {
  const source = [
    "import assert from 'node:assert/strict';",
    "import type { AddressInfo } from 'node:net';",
    'import express, {',
    '  type Express,',
    "} from 'express';",
    "import './side-effect.ts';",
    "export { a } from './a.ts';",
    "export const plan = 'QUERY PLAN';",
    "const late = await import('zod');",
    "export function f() { return 'from'; }",
  ].join('\n');
  expect(specifiersOf(source)).toEqual(['assert/strict', 'express', './side-effect.ts', './a.ts', 'zod']);
});

test('knows a module of the same folder from everything else', () => {
  expect(siblingOf('./cache.ts')).toBe('cache.ts');
  expect(siblingOf('../other/cache.ts')).toBeUndefined();
  expect(siblingOf('./../cache.ts')).toBeUndefined();
  expect(siblingOf('pg')).toBeUndefined();
});

test('starts PostgreSQL for those who connect to it, and Valkey for those who connect to that', () => {
  expect(servicesFor(['zod', 'express'])).toEqual([]);
  expect(servicesFor(['pg'])).toEqual(['postgres']);
  expect(servicesFor(['@prisma/adapter-pg', 'ioredis'])).toEqual(['postgres', 'valkey']);
});

const manifest: Manifest = {
  runtime: 'runtime.js',
  modules: { zod: 'zod.js', pg: 'pg.js' },
  services: { postgres: ['service-postgres.js', 'pglite.wasm'], valkey: ['service-valkey.js'] },
  imports: { 'runtime.js': ['shared.js'], 'pg.js': ['shared.js', 'net.js'], 'net.js': ['shared.js'] },
  assets: { 'pg.js': ['compiler.wasm'] },
  files: {},
};

test('a run loads what it imports, each file once, and nothing else', () => {
  expect(filesFor(manifest, ['zod'], [])).toEqual(['runtime.js', 'zod.js', 'shared.js']);
  expect(filesFor(manifest, ['pg'], ['postgres']).sort()).toEqual(
    ['compiler.wasm', 'net.js', 'pg.js', 'pglite.wasm', 'runtime.js', 'service-postgres.js', 'shared.js'].sort(),
  );
});

test('a package that the bundle lacks adds no file', () => {
  expect(filesFor(manifest, ['left-pad'], [])).toEqual(['runtime.js', 'shared.js']);
});
