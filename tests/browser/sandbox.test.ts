import { expect, test } from '@playwright/test';
import { button, FILE, logOf, PAGE, runOn, sampleOn } from './sandbox.ts';

test.describe.configure({ timeout: 90_000 });

test('nothing of the sandbox or the editor is loaded before a reader runs or edits', async ({ page }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.goto(PAGE, { waitUntil: 'networkidle' });
  expect(loaded.filter((url) => /_sandbox|sample-run|sample-editor|codemirror/.test(url))).toEqual([]);
  await button(sampleOn(page), 'Run').click();
  await expect(sampleOn(page)).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  expect(loaded.filter((url) => /_sandbox/.test(url)).length).toBeGreaterThan(3);
  expect(loaded.filter((url) => /pglite|valkey|snapshot|sample-editor/.test(url))).toEqual([]);
});

test('a run shows each state in words, by its attribute and to a screen reader', async ({ page }) => {
  await page.goto(PAGE);
  const figure = sampleOn(page);
  const states = await figure.evaluateHandle((element) => {
    const seen: string[] = [];
    new MutationObserver(() => {
      const { state } = (element as HTMLElement).dataset;
      if (state && seen.at(-1) !== state) seen.push(state);
    }).observe(element, { attributes: true });
    return seen;
  });
  await button(figure, 'Run').focus();
  await page.keyboard.press('Enter');
  await expect(figure.getByRole('progressbar')).toBeAttached();
  await expect(button(figure, 'Stop')).toBeFocused();
  await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  expect(await states.jsonValue()).toEqual(['loading', 'running', 'done']);
  await expect(figure.getByRole('status')).toContainText(/Matches the recorded output, \d+\.\d s/);
  await expect(figure.getByRole('progressbar')).toHaveCount(0);
  await expect(button(figure, 'Run')).toBeFocused();
});

test('an edit runs, differs in so many lines, outlives a reload, and is taken back by Reset', async ({ page }) => {
  await page.goto(PAGE);
  const figure = sampleOn(page);
  await button(figure, 'Edit').click();
  await expect(figure.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.type("console.log('mine');\n");
  await expect(figure.locator('.status')).toContainText('Edited');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  await expect(figure.locator('.status')).toContainText('Differs from the recorded output in 1 line');
  await expect(logOf(figure).locator('.printed')).toHaveText(/mine/);

  await page.reload();
  await expect(figure.getByRole('textbox')).toContainText("console.log('mine');");
  await button(figure, 'Reset').click();
  await expect(figure.getByRole('textbox')).toHaveCount(0);
  await expect(figure.locator('.code')).toBeVisible();
  await page.reload();
  await expect(button(figure, 'Edit')).toBeVisible();
  await expect(figure.getByRole('textbox')).toHaveCount(0);
});

test('a keyboard gets into the editor and out of it', async ({ page }) => {
  await page.goto(PAGE);
  const figure = sampleOn(page);
  await button(figure, 'Edit').focus();
  await page.keyboard.press('Enter');
  await expect(figure.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(figure.getByRole('textbox')).not.toBeFocused();
});

test('a link carries an edit, which is marked and not run', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(PAGE);
  const figure = sampleOn(page);
  await button(figure, 'Edit').click();
  await expect(figure.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type("console.log('shared');\n");
  await button(figure, 'Copy link').click();
  await expect(figure.getByText('Copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  const opened = sampleOn(other);
  await expect(opened.locator('.status')).toContainText('comes from a link');
  await expect(opened.getByRole('textbox')).toContainText("console.log('shared');");
  await other.waitForTimeout(500);
  await expect(opened).toHaveAttribute('data-state', 'idle');
  await button(opened, 'Run').click();
  await expect(opened).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
});

test('a damaged link says so and shows the original', async ({ page }) => {
  await page.goto(`${PAGE}#code=${FILE}:damaged`);
  await expect(sampleOn(page).locator('.status')).toContainText('damaged');
  await expect(sampleOn(page).getByRole('textbox')).toContainText('node:assert/strict');
});

for (const [name, { code, line, text }] of Object.entries({
  'a syntax error': { code: 'const a = 1;\nconst b = ;\n', line: 2, text: 'SyntaxError' },
  'an exception': {
    code: "type A = 1;\n\nthrow new TypeError('bad', { cause: new Error('why') });\n",
    line: 3,
    text: 'TypeError: bad',
  },
  'a rejected promise': {
    code: "console.log('on');\nvoid Promise.reject(new Error('late'));\n",
    line: 2,
    text: 'Error: late',
  },
  'a wrong import': { code: "\nimport x from 'left-pad';\n", line: 2, text: "Cannot find package 'left-pad'" },
  'an exception on a timer': {
    code: "setTimeout(() => {\n  throw new Error('later');\n}, 5);\n",
    line: 2,
    text: 'Error: later',
  },
  'a failed assertion': {
    code: "import assert from 'node:assert/strict';\nassert.deepEqual({ a: 1 }, { a: 2 });\n",
    line: 2,
    text: 'ERR_ASSERTION',
  },
})) {
  test(`${name} is shown with its line`, async ({ page }) => {
    const { printed, status, figure } = await runOn(page, code);
    expect(printed).toContain(text);
    expect(status).toContain(`Failed at line ${line}`);
    await expect(figure).toHaveAttribute('data-state', 'failed');
    await expect(figure.locator('.cm-line.hit')).toHaveCount(1);
  });
}

test('an exit code is told apart from success', async ({ page }) => {
  const { status, printed } = await runOn(page, "console.log('a');\nprocess.exit(3);\nconsole.log('b');\n");
  expect(status).toContain('Ended with exit code 3');
  expect(printed).toBe('a\n');
});

test('an await that nothing will ever settle ends, as in Node.js', async ({ page }) => {
  const { status, printed } = await runOn(page, 'await new Promise(() => {});\n');
  expect(status).toContain('Ended with exit code 13');
  expect(printed).toContain('unsettled top-level await');
});

test('a native program says why it needs Node.js, and how to run it', async ({ page }) => {
  await page.goto(PAGE);
  const figure = sampleOn(page, 'error-handling/escapes.native.ts');
  await expect(figure).toContainText('Runs in Node.js only. It starts processes of its own.');
  await expect(figure).toContainText('npm run sample error-handling/escapes');
  await expect(button(figure, 'Run')).toHaveCount(0);
});

test('without JavaScript there are no buttons that do nothing', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(PAGE);
  await expect(sampleOn(page).getByRole('button')).toHaveCount(0);
  await expect(sampleOn(page).locator('[data-recorded]')).toBeVisible();
  await context.close();
});
