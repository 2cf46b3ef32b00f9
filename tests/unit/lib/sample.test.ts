import { describe, expect, test } from 'vitest';
import { browserFilesOf, isModule, isNative, regionOf, topicOf, versionLabel } from '../../../src/lib/sample.ts';

const file = 'pagination/keyset.ts';
const source = `import pg from 'pg';

// #region query
  if (true) {
    run();
  }
// #endregion query
console.log('end');
`;

describe('regionOf', () => {
  test('returns the lines between the markers without their shared indentation, and where they begin', () => {
    expect(regionOf({ file, source }, 'query')).toEqual({ code: 'if (true) {\n  run();\n}', start: 4 });
  });

  test('returns the whole file without its markers when no region is asked for', () => {
    const { code, start } = regionOf({ file, source });
    expect(code).not.toContain('#region');
    expect(code).toContain("console.log('end');");
    expect(start).toBe(1);
  });

  test('names the file, its regions and the remedy when a region is missing', () => {
    expect(() => regionOf({ file, source }, 'page')).toThrow(
      'pagination/keyset.ts has no region "page". It has query. Mark it with // #region page and // #endregion page.',
    );
  });

  test('refuses a region that is not closed', () => {
    expect(() => regionOf({ file, source: '// #region a\nrun();\n' }, 'a')).toThrow('the region "a" is not closed');
  });

  test('refuses a region within a region', () => {
    const nested = '// #region a\n// #region b\n// #endregion b\n// #endregion a\n';
    expect(() => regionOf({ file, source: nested }, 'a')).toThrow('Regions do not nest');
  });

  test('does not take one name for the beginning of another', () => {
    const two = '// #region page\none();\n// #endregion page\n// #region pages\ntwo();\n// #endregion pages\n';
    expect(regionOf({ file, source: two }, 'pages').code).toBe('two();');
    expect(regionOf({ file, source: two }, 'page').code).toBe('one();');
  });
});

test('a sample belongs to the topic whose name its folder has', () => expect(topicOf(file)).toBe('pagination'));

test('a program is native by its name alone', () => {
  expect(isNative('locks/queue.native.ts')).toBe(true);
  expect(isNative('locks/native.ts')).toBe(false);
});

test('a file is a module if another of its folder imports it', () => {
  const all = [
    { file: 'a/x.ts', source: "import { y } from './y.ts';" },
    { file: 'a/y.ts', source: '' },
    { file: 'b/y.ts', source: '' },
  ];
  expect(all.map(({ file }) => isModule(file, all))).toEqual([false, true, false]);
});

test('a test file that a program hands to a test runner is a module', () => {
  const all = [
    { file: 'a/run.native.ts', source: "run('jest', ['./orders.test.ts']);" },
    { file: 'a/orders.test.ts', source: '' },
    { file: 'a/others.test.ts', source: '// Not ./orders.test.ts' },
  ];
  expect(all.map(({ file }) => isModule(file, all))).toEqual([false, true, false]);
});

test('a browser gets the programs that it can run and their modules, and nothing that native programs alone use', () => {
  const all = [
    { file: 'a/app.ts', source: "import './config.ts';" },
    { file: 'a/config.ts', source: '' },
    { file: 'a/database.ts', source: '' },
    { file: 'a/orders.test.ts', source: "import './database.ts'; import './app.ts';" },
    { file: 'a/page.ts', source: "import './app.ts';" },
    { file: 'a/run.native.ts', source: "run('jest', ['./orders.test.ts']);" },
  ];
  expect(browserFilesOf(all).map(({ file }) => file)).toEqual(['a/app.ts', 'a/config.ts', 'a/page.ts']);
});

describe('versionLabel', () => {
  const versions = { node: '24.21.0', postgresql: '18.4', redis: 'Valkey 9.1.1' };
  const packages = { express: '5.3.0', '@prisma/adapter-pg': '7.10.0' };

  test('names the services and packages that had a part in the output', () => {
    const sample = { file, source: "import express from 'express'; process.env.DATABASE_URL; process.env.REDIS_URL" };
    expect(versionLabel(sample, versions, packages)).toBe('Node.js 24.21, PostgreSQL 18.4, Valkey 9.1, Express 5.3');
  });

  test('leaves out what the program does not use', () => {
    expect(versionLabel({ file, source: 'console.log(1)' }, versions, packages)).toBe('Node.js 24.21');
  });
});
