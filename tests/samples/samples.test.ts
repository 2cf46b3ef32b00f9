import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { missingFor } from './needs.ts';
import { programsAmong, recordOf, runSample, sampleFiles } from './run.ts';

/** Not the zone of the recordings, and off by a fraction of an hour: a program that prints local time is caught. */
const ZONE = 'Asia/Kathmandu';

const CODE_COLUMNS = 80;
const OUTPUT_COLUMNS = 72;

const samples = recordOf('');
const files = sampleFiles();
const records = globSync('*/*.out', { cwd: fileURLToPath(samples) }).sort();
const sources = new Map(await Promise.all(files.map(async (file) => [file, await textOf(file)] as const)));
const programs = programsAmong(files);

/** Redis databases that no program uses now. There are 16, and fewer programs at a time. */
const slots = Array.from({ length: 16 }, (_, slot) => slot);

function textOf(file: string): Promise<string> {
  return readFile(new URL(file, samples), 'utf8');
}

const nameOf = (file: string) => file.replace(/(\.native)?\.(ts|out)$/, '');

/** The modules of its folder that `file` imports, and those that these import. */
function modulesOf(file: string, seen = new Set<string>()): Set<string> {
  const [folder] = file.split('/');
  for (const [, name] of sources.get(file)!.matchAll(/'\.\/([\w.-]+\.ts)'/g)) {
    const module = `${folder}/${name}`;
    if (seen.has(module) || !sources.has(module)) continue;
    seen.add(module);
    modulesOf(module, seen);
  }
  return seen;
}

function linesOver(columns: number, file: string, text: string): string[] {
  const lines = text.split('\n').map((line, index) => ({ line, where: `${file}, line ${index + 1}` }));
  return lines.filter(({ line }) => [...line].length > columns).map(({ line, where }) => `${where}: ${line}`);
}

/** Programs that need a server which npm cannot bring. Where tests stand guard, in CI, it must be there all the same. */
const waiting = process.env.CI ? [] : programs.filter((file) => missingFor(sources.get(file)!).length > 0);
const runnable = programs.filter((file) => !waiting.includes(file));

describe('a program', () => {
  test.skip.for(waiting)('needs what this machine has not: %s', () => {});

  test.concurrent.for(runnable)('prints what its page shows: %s', async (file) => {
    const command = `npm run record ${nameOf(file)}`;
    const record = await readFile(recordOf(file), 'utf8').catch(() => undefined);
    expect(record, `${file} has no record. Make it with \`${command}\`, or import it from a program.`).toBeDefined();

    const slot = slots.pop()!;
    const run = runSample(file, inject('services'), slot, ZONE).finally(() => slots.push(slot));
    const { stdout, stderr, end } = await run;
    expect({ end, stderr }, `${file} failed`).toEqual({ end: 'exit code 0', stderr: '' });
    expect(stdout, `${file} prints something else now. If it should: \`${command}\``).toBe(record);
  });
});

describe('a record', () => {
  test('belongs to a program', () => {
    const orphans = records.filter((record) => !programs.includes(record.replace(/out$/, 'ts')));
    expect(orphans, 'records without a program: delete them, or rename them as their programs were').toEqual([]);
  });
});

describe('a module', () => {
  test('is imported by a program', () => {
    const imported = new Set(programs.flatMap((file) => [...modulesOf(file)]));
    const unused = files.filter((file) => !programs.includes(file) && !imported.has(file));
    expect(unused, 'modules that no program imports').toEqual([]);
  });
});

describe('a line', () => {
  test(`of code has at most ${CODE_COLUMNS} columns, more than which a page would scroll`, () => {
    expect(files.flatMap((file) => linesOver(CODE_COLUMNS, file, sources.get(file)!))).toEqual([]);
  });

  test(`of output has at most ${OUTPUT_COLUMNS} columns`, async () => {
    const texts = await Promise.all(records.map(async (file) => [file, await textOf(file)] as const));
    expect(texts.flatMap(([file, text]) => linesOver(OUTPUT_COLUMNS, file, text))).toEqual([]);
  });
});
