import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encode } from 'gpt-tokenizer';
import { validate } from 'skills-ref';
import { afterAll, describe, expect, test } from 'vitest';
import { startServer } from '../../scripts/serve.ts';
import { BASE, bytes, DIST, text, topics } from './dist.ts';

const run = promisify(execFile);
const NAME = 'backend-engineer';
const temporary: string[] = [];

/** What the skill has a line about, whatever else is cut for room: each with words that the line cannot do without. */
const POINTS: Record<string, string[]> = {
  'run time': ['Express 5', 'Next\\.js', 'async/await', 'Node\\.js 24'],
  database: ['PostgreSQL', 'Prisma 7', 'migrate deploy', 'CONCURRENTLY'],
  'API design': ['a retry does', 'GraphQL', '/api/v1/', 'page limit', 'OpenAPI'],
  authentication: ['JWT', 'oauth', 'sessions', 'roles'],
  authorization: ['ownerId', 'two tenants'],
  security: ['parse params', 'queryRaw', 'xss', 'CORS', 'CSRF'],
  performance: ['EXPLAIN', 'N\\+1', 'cache last', 'bound the pool'],
  testing: ['Jest', 'Supertest', 'five outcomes', 'real PostgreSQL', 'database per worker'],
  'status codes': ['405', '409', '422', '429', '503'],
  errors: ['RFC 9457', 'no stack', 'unhandled rejection'],
  'schema design': ['third normal form', 'foreign key', 'ON DELETE', 'owner'],
  columns: ['timestamptz', 'created_at', 'updated_at', 'numeric', 'enums'],
  transactions: ['conditional UPDATE', 'Serializable'],
  'soft deletes': ['soft delete'],
  secrets: ['validated at start'],
  hashing: ['argon2id', 'bcrypt'],
  'rate limits': ['Retry-After', 'account and IP'],
  transport: ['HTTPS only', 'no-store'],
  cookies: ['__Host-', 'idle and absolute'],
  logging: ['route pattern', 'no bodies, cookies or tokens'],
  code: ['strict TypeScript', 'third use', 'one reason to change', 'comments say why', 'know no HTTP'],
  workflow: ['Analyse', 'Design', 'Implement', 'Secure', 'Test', 'Optimise'],
};

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'handbook-skill-'));
  temporary.push(path);
  return path;
}

afterAll(() => Promise.all(temporary.map((path) => rm(path, { recursive: true, force: true }))));

/** The skill's files as they lie in the build. */
const files = globSync(['SKILL.md', '{references,scripts,evals}/**/*.*'], { cwd: `${DIST}/skill` }).sort();

/** Every file below a folder, sorted, with `/` between folders. */
const filesBelow = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

async function expectSkillIn(path: string) {
  expect(await filesBelow(path)).toEqual(files);
  for (const file of files) {
    expect((await readFile(join(path, file))).equals(bytes(`skill/${file}`)), file).toBe(true);
  }
}

describe('SKILL.md', () => {
  const lines = text('skill/SKILL.md').split('\n');

  test('stays within what an agent can load: 300 lines and 5,000 tokens', () => {
    expect(lines.length).toBeLessThanOrEqual(301); // The last line ends in a line feed.
    expect(encode(text('skill/SKILL.md')).length).toBeLessThanOrEqual(5000);
  });

  test('routes to every topic', () => {
    for (const topic of topics) {
      const name = topic.split('/')[1];
      expect(text('skill/SKILL.md')).toContain(`](references/${name}.md): when `);
      expect(files).toContain(`references/${name}.md`);
    }
  });

  test.each(Object.entries(POINTS))('says something of %s', (_, words) => {
    for (const word of words) expect(text('skill/SKILL.md')).toMatch(new RegExp(word, 'i'));
  });

  test('names no reference that is not there', () => {
    const named = [...text('skill/SKILL.md').matchAll(/ → ([a-z0-9-]+(?:, [a-z0-9-]+)*)$/gm)].flatMap(
      ([, names]) => names?.split(', ') ?? [],
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !files.includes(`references/${name}.md`))).toEqual([]);
  });

  test('is what the specification asks for, says its reference validator', async () => {
    const path = join(await folder(), NAME);
    await mkdir(path);
    await writeFile(join(path, 'SKILL.md'), text('skill/SKILL.md'));
    expect(await validate(path)).toEqual([]);
    // The validator does refuse: the same skill in a folder of another name is none.
    const wrong = join(await folder(), 'other-name');
    await mkdir(wrong);
    await writeFile(join(wrong, 'SKILL.md'), text('skill/SKILL.md'));
    expect(await validate(wrong)).not.toEqual([]);
  });
});

describe('what ships with it', () => {
  const source = 'src/content/skill';
  const own = globSync('{scripts,evals}/**/*.*', { cwd: source }).sort();

  test('is every program and every task, as they lie in the source', async () => {
    expect(files.filter((file) => /^(scripts|evals)\//.test(file))).toEqual(own);
    for (const file of own)
      expect((await readFile(join(source, file))).equals(bytes(`skill/${file}`)), file).toBe(true);
  });

  test.each(globSync('scripts/{check,find}-*.mjs', { cwd: source }))('%s says how it is called', async (file) => {
    const { stdout } = await run(process.execPath, [join(DIST, 'skill', file), '--help']);
    expect(stdout).toContain(`Usage: node ${file.split('/')[1]}`);
    expect(stdout).toContain('Exit code: 0');
  });

  test('find-errors knows every code of every topic, and the reference to read', async () => {
    const table = JSON.parse(text('skill/references/errors.json')) as {
      code: string;
      explained: { reference: string }[];
    }[];
    const log = join(await folder(), 'app.log');
    await writeFile(log, table.map(({ code }) => `error: {"code":"${code}"}\n`).join(''));
    const { stdout } = await run(process.execPath, [`${DIST}/skill/scripts/find-errors.mjs`, '--json', log]).catch(
      (error: { code: number; stdout: string }) => error,
    );
    const { findings } = JSON.parse(stdout) as { findings: { code: string; explained: { reference: string }[] }[] };
    expect(findings.map(({ code }) => code).sort()).toEqual(table.map(({ code }) => code).sort());
    const references = findings.flatMap(({ explained }) => explained.map(({ reference }) => reference));
    expect(references.filter((reference) => !files.includes(reference))).toEqual([]);
  });
});

describe('the archives', () => {
  test('unpack to the files beside them, with SKILL.md at the root', async () => {
    const [zip, tar] = [await folder(), await folder()];
    await run('tar', ['xzf', `${DIST}/skill/${NAME}.tar.gz`, '-C', tar]);
    await expectSkillIn(tar);
    const { unzipSync } = await import('fflate');
    for (const [path, content] of Object.entries(unzipSync(bytes(`skill/${NAME}.zip`)))) {
      await mkdir(join(zip, path, '..'), { recursive: true });
      await writeFile(join(zip, path), content);
    }
    await expectSkillIn(zip);
  });
});

describe('discovery', () => {
  test('0.2 names the archive beside it with the digest of its bytes', () => {
    const index = JSON.parse(text('.well-known/agent-skills/index.json')) as { skills: Record<string, string>[] };
    const archive = bytes(`.well-known/agent-skills/${index.skills[0]?.['url']}`);
    expect(index.skills[0]?.['digest']).toBe(`sha256:${createHash('sha256').update(archive).digest('hex')}`);
    expect(archive.equals(bytes(`skill/${NAME}.tar.gz`))).toBe(true);
  });

  test('0.1 lists every file, and each lies where it says', () => {
    const index = JSON.parse(text('.well-known/skills/index.json')) as { skills: { name: string; files: string[] }[] };
    expect([...(index.skills[0]?.files ?? [])].sort()).toEqual(files);
    for (const file of files)
      expect(bytes(`.well-known/skills/${NAME}/${file}`).equals(bytes(`skill/${file}`))).toBe(true);
  });

  test('the real client installs every file for three agents from the served build', async () => {
    const server = await startServer({ root: DIST, base: BASE.replace(/\/$/, ''), port: 0 });
    const project = await folder();
    const home = await folder();
    try {
      const agents = ['claude-code', 'cursor', 'codex'].flatMap((agent) => ['-a', agent]);
      const cli = join(process.cwd(), 'node_modules/skills/bin/cli.mjs');
      await run(process.execPath, [cli, 'add', server.url, '-s', NAME, ...agents, '-y', '--copy'], {
        cwd: project,
        env: { ...process.env, HOME: home, DISABLE_TELEMETRY: '1', CI: '1' },
      });
    } finally {
      await server.close();
    }
    const installed = (await filesBelow(project)).filter((path) => path.endsWith(`${NAME}/SKILL.md`));
    expect(installed.length).toBeGreaterThanOrEqual(2);
    expect(installed.some((path) => path.startsWith('.claude/'))).toBe(true);
    for (const path of installed) await expectSkillIn(join(project, path, '..'));
  });
});
