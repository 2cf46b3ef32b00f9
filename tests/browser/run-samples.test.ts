import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { isModule, isNative } from '../../src/lib/sample.ts';

const SAMPLES = 'src/content/samples';

const files = globSync('*/*.ts', { cwd: SAMPLES, exclude: (path) => path === 'prisma' }).sort();
const all = files.map((file) => ({ file, source: readFileSync(`${SAMPLES}/${file}`, 'utf8') }));
const programs = all.filter(({ file }) => !isModule(file, all)).map(({ file }) => file);
const inPage = programs.filter((file) => !isNative(file));
const topics = [...new Set(inPage.map((file) => file.split('/')[0] ?? ''))];
const pageOf = (topic: string) =>
  globSync(`*/${topic}.mdx`, { cwd: 'src/content/docs' })[0]?.replace(/\.mdx$/, '/') ?? topic;

test('at least 80% of all programs run in the page', () => {
  expect(inPage.length / programs.length).toBeGreaterThanOrEqual(0.8);
});

for (const topic of topics) {
  test(`every program of ${topic} prints in the page what is recorded`, async ({ page }) => {
    const own = inPage.filter((file) => file.startsWith(`${topic}/`));
    test.setTimeout(30_000 + own.length * 60_000);
    const failures: string[] = [];
    page.on('console', (message) => message.type() === 'error' && failures.push(message.text()));
    await page.goto(pageOf(topic));
    for (const file of own) {
      const figure = page.locator(`figure[data-sample="${file}"]`);
      const folded = page.locator('details:not([open])', { has: figure });
      if ((await folded.count()) > 0) await folded.locator('summary').click();
      await figure.getByRole('button', { name: 'Run' }).click({ timeout: 15_000 });
      await expect(figure, file).toHaveAttribute('data-state', /done|failed|stopped/, { timeout: 90_000 });
      const status = await figure.locator('.status').innerText();
      const printed = await figure.getByRole('log', { name: 'Output' }).textContent();
      const record = readFileSync(`${SAMPLES}/${file.replace(/\.ts$/, '.out')}`, 'utf8');
      expect(printed, `${file}: ${status}`).toBe(record);
      await expect(figure, file).toHaveAttribute('data-state', 'done');
      expect(status, file).toContain('Matches the recorded output');
    }
    expect(failures).toEqual([]);
  });
}
