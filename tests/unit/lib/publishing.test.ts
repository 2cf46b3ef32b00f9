import { expect, test } from 'vitest';
import { agentSkillsIndex, skillsIndex } from '../../../src/lib/discovery.ts';
import { installCommands } from '../../../src/lib/install.ts';
import { inlineHtml, typographic } from '../../../src/lib/text.ts';
import { absolute, linkTo } from '../../../src/lib/url.ts';

const site = { origin: 'https://handbook.example', base: '/hb/' };

test('an address begins with the base, however both are written', () => {
  expect(linkTo('api/x/', '/')).toBe('/api/x/');
  expect(linkTo('/api/x/', '/hb')).toBe('/hb/api/x/');
  expect(linkTo('', '/hb/')).toBe('/hb/');
  expect(absolute('/llms.txt', site)).toBe('https://handbook.example/hb/llms.txt');
});

test('the discovery index names an archive beside it, with the digest of its bytes', async () => {
  const index = JSON.parse(await agentSkillsIndex('a', 'b', new TextEncoder().encode('abc'))) as {
    $schema: string;
    skills: unknown[];
  };
  expect(index.$schema).toBe('https://schemas.agentskills.io/discovery/0.2.0/schema.json');
  // SHA-256 of "abc", from FIPS 180-4's example.
  expect(index.skills).toEqual([
    {
      name: 'a',
      type: 'archive',
      description: 'b',
      url: 'a.tar.gz',
      digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  ]);
  expect(JSON.parse(skillsIndex('a', 'b', ['SKILL.md']))).toEqual({
    skills: [{ name: 'a', description: 'b', files: ['SKILL.md'] }],
  });
});

test('install commands lead to this site, base and all', () => {
  for (const { command } of installCommands('backend-engineer', site))
    expect(command).toContain('https://handbook.example/hb');
});

test('frontmatter is printed with curly apostrophes and escaped, its code as it is', () => {
  expect(typographic("a reader's `it's`")).toBe("a reader’s `it's`");
  expect(inlineHtml('`a < b` & "c"')).toBe('<code>a &lt; b</code> &amp; &quot;c&quot;');
});
