import { expect, test } from 'vitest';
import { projectFiles, sqlIn, type ProjectParts } from '../../../src/lib/project.ts';

const parts: ProjectParts = {
  name: 'shop',
  own: {
    'main.ts': "import { api } from './api.ts';\nimport { once } from 'node:events';\n",
    'api.test.ts': "import { test } from 'node:test';\n",
    'README.md': '# Shop\n\nprisma@PRISMA\n',
  },
  samples: {
    'api.ts': "import express from 'express';\nimport type { Order } from './orders.ts';\n",
    'orders.ts': "import { PrismaClient } from '../prisma/client/client.ts';\n",
    'rules.ts': 'export const RULES = `\nALTER TABLE a;\n`;\n',
    '1-analyse.ts': "import assert from 'node:assert';\n",
  },
  prisma: {
    'schema.prisma': 'datasource db {}\n',
    'migrations/20260101000000_first/migration.sql': 'CREATE TABLE a ();\n',
    'client/client.ts': 'import * as runtime from "@prisma/client/runtime/client"\n',
  },
  config: "schema: 'src/content/samples/prisma/schema.prisma'",
  packages: {
    express: '5.3.0',
    '@prisma/client': '7.10.0',
    prisma: '7.10.0',
    zod: '4.6.7',
    typescript: '6.0.3',
    '@types/node': '24.19.2',
    '@types/express': '5.0.6',
  },
};
const textsOf = (changed: Partial<ProjectParts> = {}) =>
  Object.fromEntries(
    [...projectFiles({ ...parts, ...changed })].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]),
  );

test('a project holds its own files, the modules that they lead to, and no other program', () => {
  const paths = Object.keys(textsOf());
  for (const path of ['README.md', 'src/main.ts', 'src/api.ts', 'src/orders.ts', 'prisma/client/client.ts']) {
    expect(paths).toContain(`shop/${path}`);
  }
  expect(paths.join()).not.toMatch(/analyse|rules\.ts/);
  expect(paths.every((path) => path.startsWith('shop/'))).toBe(true);
});

test('it depends on what its code imports, in the versions of this repository', () => {
  const manifest = JSON.parse(textsOf()['shop/package.json'] ?? '') as Record<string, unknown>;
  expect(manifest['dependencies']).toEqual({ '@prisma/client': '7.10.0', express: '5.3.0' });
  expect(manifest['scripts']).toEqual({
    start: 'node src/main.ts',
    test: 'node --test src/api.test.ts',
    check: 'tsc',
  });
  expect(Object.keys(manifest['devDependencies'] as object)).toEqual(['@types/express', '@types/node', 'typescript']);
});

test('the rules of the design become the migration after the last', () => {
  expect(textsOf()['shop/prisma/migrations/20260101000001_rules/migration.sql']).toBe('ALTER TABLE a;\n');
  expect(() => sqlIn('export const RULES = 1;')).toThrow(/no SQL/);
});

test('paths and versions are those of the project', () => {
  expect(textsOf()['shop/prisma.config.ts']).toBe("schema: 'prisma/schema.prisma'");
  expect(textsOf()['shop/README.md']).toContain('prisma@7.10.0');
});

test('a module or a package that is missing is named', () => {
  expect(() => textsOf({ samples: {} })).toThrow(/imports \.\/api\.ts/);
  expect(() => textsOf({ packages: {} })).toThrow(/needs @prisma\/client/);
});
