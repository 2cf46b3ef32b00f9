import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { topics } from './dist.ts';
import { Trial } from './trial.ts';

/** The three files that a new topic takes. */
const TOPIC = `---
title: Trial balloons
description: Lets a balloon rise, so that the wind is known before the crew flies.
when: a balloon is about to rise
keywords: [zeppelinfall]
errors:
  - { code: BALLOON_BURST, means: The balloon has burst., status: 503 }
rules:
  - id: trial-balloons-first
    text: Let a trial balloon rise before the crew does.
    why: The wind aloft is not the wind below.
    level: must
    standards: ['ASVS 2.2.1']
sources:
  - { title: 'RFC 9110', url: 'https://www.rfc-editor.org/rfc/rfc9110' }
---

import Sample from '~/components/Sample.astro';

Let one rise.

<Sample file="trial-balloons/rise.ts" region="rise" />
`;
const SAMPLE = `// #region rise
console.log('it rose');
// #endregion rise
`;
const FILES = {
  topic: 'src/content/docs/security/trial-balloons.mdx',
  sample: 'src/content/samples/trial-balloons/rise.ts',
  record: 'src/content/samples/trial-balloons/rise.out',
};

const trial = new Trial('topic');
const published = (path: string) => readFileSync(join(trial.root, 'dist', path), 'utf8');

beforeAll(async () => {
  await trial.lay();
  await trial.write(FILES.topic, TOPIC);
  await trial.write(FILES.sample, SAMPLE);
  await trial.write(FILES.record, 'it rose\n');
}, 60_000);

afterAll(() => trial.remove());

describe('three new files and no other change', () => {
  test('make a topic that appears everywhere', { timeout: 120_000 }, async () => {
    const { succeeded, output } = await trial.build();
    expect(succeeded, output).toBe(true);

    const page = published('security/trial-balloons/index.html');
    for (const part of ['Trial balloons', 'it rose', 'Let a trial balloon rise', 'BALLOON_BURST', 'RFC 9110']) {
      expect(page).toContain(part);
    }
    const appears: Record<string, string> = {
      'index.html': `${topics.length + 1} topics`,
      'security/index.html': 'Lets a balloon rise',
      'api/pagination/index.html': 'security/trial-balloons/', // the sidebar
      'checklist/index.html': 'trial-balloons-first',
      'error-codes/index.html': 'BALLOON_BURST',
      'security/trial-balloons.md': 'it rose',
      'llms.txt': 'security/trial-balloons.md): Lets a balloon rise',
      'llms-full.txt': 'Trial balloons',
      'rules.json': 'trial-balloons-first',
      'errors.json': 'BALLOON_BURST',
      'topics.json': 'security/trial-balloons/',
      'skill/SKILL.md': '[Trial balloons](references/trial-balloons.md): when a balloon is about to rise.',
      'skill/references/trial-balloons.md': '**Must** Let a trial balloon rise',
      '.well-known/skills/index.json': 'references/trial-balloons.md',
      'samples/trial-balloons/rise.ts': "console.log('it rose');",
      'sitemap-0.xml': 'security/trial-balloons/',
    };
    for (const [path, words] of Object.entries(appears)) expect(published(path), path).toContain(words);
    expect(output).toMatch(/Building search index with Pagefind/);
  });
});

/** One thing broken at a time, and what the build must say of it: the file, and what to do. */
const BREAKS: { name: string; file: string; text: string | undefined; says: RegExp[] }[] = [
  {
    name: 'a field of the wrong kind',
    file: FILES.topic,
    text: TOPIC.replace('level: must', 'level: shall'),
    says: [/security\/trial-balloons/, /level/],
  },
  {
    name: 'a standard that does not exist',
    file: FILES.topic,
    text: TOPIC.replace(/(?<=standards: ).*/, "['A11:2025']"),
    says: [/security\/trial-balloons/, /A11:2025 is no requirement of/],
  },
  {
    name: 'no source',
    file: FILES.topic,
    text: TOPIC.replace(/sources:\n.*\n/, ''),
    says: [/trial-balloons\.mdx: a topic needs sources/, /Add at least one/],
  },
  {
    name: 'a rule id that is taken',
    file: FILES.topic,
    text: TOPIC.replace(/( {2}- id: trial-balloons-first[\s\S]*?)sources:/, '$1$1sources:'),
    says: [/trial-balloons\.mdx: the rule id trial-balloons-first is taken/, /another id/],
  },
  {
    name: 'a sample that is not there',
    file: FILES.topic,
    text: TOPIC.replace('balloons/rise.ts', 'balloons/fall.ts'),
    says: [/no sample trial-balloons\/fall\.ts/, /Write src\/content\/samples/],
  },
  {
    name: 'a region that is not there',
    file: FILES.topic,
    text: TOPIC.replace('region="rise"', 'region="fall"'),
    says: [/trial-balloons\/rise\.ts has no region "fall"/, /Mark it with/],
  },
  {
    name: 'no record',
    file: FILES.record,
    text: undefined,
    says: [/trial-balloons\/rise\.ts has no recorded output/, /npm run record trial-balloons\/rise/],
  },
];

describe('a build with', () => {
  test.each(BREAKS)(
    '$name fails, naming the file and the remedy',
    { timeout: 120_000 },
    async ({ file, text, says }) => {
      await trial.write(FILES.topic, TOPIC);
      await trial.write(FILES.record, 'it rose\n');
      if (text === undefined) await rm(join(trial.root, file));
      else await trial.write(file, text);
      await rm(join(trial.root, 'dist'), { recursive: true, force: true });

      const { succeeded, output } = await trial.build();
      expect(succeeded).toBe(false);
      for (const words of says) expect(output).toMatch(words);
      // Nothing half-made is left where a deployment would pick it up.
      expect(existsSync(join(trial.root, 'dist', 'pagefind'))).toBe(false);
    },
  );
});
