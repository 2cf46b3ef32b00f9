import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Page } from '@playwright/test';
import { fragmentOf } from '../../src/lib/shared-code.ts';
import { button, FILE, logOf, openWith, PAGE, runOn, sampleOn } from './sandbox.ts';

test.describe.configure({ timeout: 120_000 });

/** Every request that leaves this site. There must be none, whatever a program tries. */
function strangersOn(page: Page): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:|^wss?:/.test(url.protocol) && url.hostname !== 'localhost') seen.push(request.url());
  });
  return seen;
}

test.describe('a program that does not end', () => {
  for (const [name, code] of Object.entries({
    'in an endless loop': "console.log('before');\nwhile (true) {}\n",
    'in an endless chain of promises':
      "console.log('before');\nasync function f(): Promise<void> { return f2(); }\nasync function f2(): Promise<void> { await null; return f(); }\nfor (;;) await Promise.race([f(), Promise.resolve()]);\n",
    'on a timer': "console.log('before');\nsetInterval(() => {}, 10);\n",
  })) {
    test(`${name} has shown what it printed, and stops when told`, async ({ page }) => {
      const figure = await openWith(page, code);
      await button(figure, 'Run').click();
      await expect(logOf(figure)).toContainText('before', { timeout: 30_000 });
      await button(figure, 'Stop').click();
      await expect(figure).toHaveAttribute('data-state', 'stopped', { timeout: 2_000 });
      await expect(figure.locator('.status')).toContainText('Stopped by you');
      // The sandbox is as good as new.
      await button(figure, 'Reset').click();
      await button(figure, 'Run').click();
      await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
    });
  }
});

test('Stop works while the sandbox is still loading', async ({ page }) => {
  await page.route('**/_sandbox/runtime-*.js', () => {});
  await page.goto(PAGE);
  const figure = sampleOn(page);
  await button(figure, 'Run').click();
  await expect(figure).toHaveAttribute('data-state', 'loading');
  await button(figure, 'Stop').click();
  await expect(figure).toHaveAttribute('data-state', 'stopped', { timeout: 2_000 });
});

test('a million lines are cut, and the page stays', async ({ page }) => {
  const { printed, figure } = await runOn(page, 'for (let i = 0; i < 1e6; i++) console.log(i);\n');
  expect(printed.split('\n').length).toBeLessThan(1_010);
  expect(printed).toContain('The output is cut here');
  await expect(button(figure, 'Run')).toBeVisible();
});

test('a string of 200 MB is cut, and the page stays', async ({ page }) => {
  const { printed } = await runOn(page, "console.log('x'.repeat(200_000_000));\n");
  expect(printed.length).toBeLessThan(70_000);
  expect(printed).toContain('The output is cut here');
});

test('an allocation that cannot succeed fails with its line, and the page stays', async ({ page }) => {
  const code = "const all: Uint8Array[] = [];\nconsole.log('before');\nfor (;;) all.push(new Uint8Array(2 ** 40));\n";
  const { printed, figure, status } = await runOn(page, code);
  expect(printed).toContain('RangeError');
  expect(status).toContain('Failed at line 3');
  await button(figure, 'Reset').click();
  await button(figure, 'Run').click();
  await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
});

test('a program that fills the memory takes its own process down, and the page says so and goes on', async ({
  page,
}) => {
  const code = 'const all: number[][] = [];\nfor (;;) all.push(new Array<number>(1_000_000).fill(0.5));\n';
  await page.goto(PAGE);
  const address = page.url() + (await fragmentOf(FILE, code));
  // In a window that another page looks into: Playwright takes the end of a frame's process for that of its page.
  const state = () =>
    page.evaluate((file) => {
      const figure = (window as { other?: Window }).other?.document.querySelector<HTMLElement>(
        `figure[data-sample="${file}"]`,
      );
      return `${figure?.dataset['state']}: ${figure?.querySelector('.status')?.textContent}`;
    }, FILE);
  const press = (act: string) =>
    page.evaluate(
      ([file, name]) => {
        const selector = `figure[data-sample="${file}"] [data-act="${name}"]`;
        (window as { other?: Window }).other?.document.querySelector<HTMLElement>(selector)?.click();
      },
      [FILE, act] as const,
    );
  await page.evaluate((url) => void ((window as { other?: Window | null }).other = window.open(url)), address);
  await expect.poll(state, { timeout: 30_000 }).toContain('comes from a link');
  await press('run');
  await expect.poll(state, { timeout: 90_000 }).toContain('used up its memory');
  await press('reset');
  await press('run');
  await expect.poll(state, { timeout: 60_000 }).toContain('done: Matches the recorded output');
});

test('messages that a program forges change nothing outside of its own output', async ({ page }) => {
  const strangers = strangersOn(page);
  const code = `
    const scope = globalThis as unknown as { postMessage(message: unknown): void };
    scope.postMessage({ type: 'need', name: '../checklist/index.html' });
    scope.postMessage({ type: 'need', name: 'constructor' });
    scope.postMessage({ type: 'output', chunks: [['stdout', '<img src=x onerror=alert(1)>\\n'], 7, null] });
    scope.postMessage({ type: 'output', chunks: 'nonsense' });
    scope.postMessage({ type: 'said', run: 1, message: { type: 'end', code: 0 } });
    scope.postMessage(null);
    scope.postMessage('text');
    await new Promise((resolve) => setTimeout(resolve, 200));
    console.log('still here');
  `;
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  page.on('dialog', () => expect('a dialog').toBe('never opened'));
  const { printed } = await runOn(page, code);
  expect(printed).toContain('<img src=x onerror=alert(1)>');
  expect(printed).toContain('still here');
  expect(fetched.filter((url) => url.includes('/checklist/'))).toEqual([]);
  expect(strangers).toEqual([]);
});

test('messages to the page from elsewhere than the frame are ignored', async ({ page }) => {
  const figure = await openWith(page, "console.log('mine');\nsetInterval(() => {}, 10);\n");
  await button(figure, 'Run').click();
  await expect(logOf(figure)).toContainText('mine', { timeout: 30_000 });
  await page.evaluate(() => {
    for (const run of [0, 1, 2, 3]) {
      window.postMessage({ type: 'said', run, message: { type: 'output', chunks: [['stdout', 'forged\n']] } }, '*');
      window.postMessage({ type: 'said', run, message: { type: 'end', code: 0 } }, '*');
    }
  });
  await page.waitForTimeout(300);
  await expect(figure).toHaveAttribute('data-state', 'running');
  await expect(logOf(figure)).not.toContainText('forged');
  await button(figure, 'Stop').click();
});

test.describe('a file of the bundle', () => {
  for (const [name, spoil] of Object.entries({
    'that answers 404': { status: 404, body: 'Not found' },
    'that answers 500': { status: 500, body: 'Oops' },
    'that is garbage': { status: 200, body: 'garbage' },
  })) {
    test(`${name} is said to be, and Retry loads it`, async ({ page }) => {
      await page.route('**/_sandbox/runtime-*.js', (route) => route.fulfill(spoil));
      await page.goto(PAGE);
      const figure = sampleOn(page);
      await button(figure, 'Run').click();
      await expect(figure).toHaveAttribute('data-state', 'failed', { timeout: 20_000 });
      await expect(figure.locator('.status')).toContainText(/could not be loaded|damaged/);
      await page.unroute('**/_sandbox/runtime-*.js');
      await button(figure, 'Retry').click();
      await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
    });
  }

  test('that never answers is given up with a way on', async ({ page }) => {
    await page.route('**/_sandbox/runtime-*.js', () => {});
    await page.goto(PAGE);
    const figure = sampleOn(page);
    await button(figure, 'Run').click();
    await expect(figure).toHaveAttribute('data-state', 'failed', { timeout: 40_000 });
    await expect(figure.locator('.status')).toContainText('did not arrive');
    await expect(button(figure, 'Retry')).toBeVisible();
  });

  test('that is missing as the network goes away halfway is loaded by Retry when it is back', async ({ page }) => {
    await page.goto(PAGE);
    await page.route('**/_sandbox/import-*.js', (route) => route.abort('internetdisconnected'));
    const figure = sampleOn(page);
    await button(figure, 'Run').click();
    await expect(figure).toHaveAttribute('data-state', 'failed', { timeout: 20_000 });
    await expect(figure.locator('.status')).toContainText('Check your connection');
    await page.unroute('**/_sandbox/import-*.js');
    await button(figure, 'Retry').click();
    await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  });
});

test('Run pressed twenty times runs once', async ({ page }) => {
  await page.goto(PAGE);
  const figure = sampleOn(page);
  await figure.evaluate((element) => {
    const run = element.querySelector<HTMLElement>('[data-act="run"]');
    for (let press = 0; press < 20; press++) run?.click();
  });
  await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  await expect(figure.locator('.status')).toContainText('Matches the recorded output');
  expect(await page.locator('iframe').count()).toBe(1);
});

test('two programs run side by side, and one can be stopped alone', async ({ page }) => {
  await page.goto('api/pagination/');
  const [first, second] = [sampleOn(page, 'pagination/drift.ts'), sampleOn(page, 'pagination/tie-breaker.ts')];
  await button(first, 'Run').click();
  await button(second, 'Run').click();
  for (const figure of [first, second]) {
    await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 90_000 });
    await expect(figure.locator('.status')).toContainText('Matches the recorded output');
  }
});

test('leaving the page while a program runs leaves nothing behind', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const figure = await openWith(page, "console.log('on');\nwhile (true) {}\n");
  await button(figure, 'Run').click();
  await expect(logOf(figure)).toContainText('on', { timeout: 30_000 });
  await page.goto('api/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.goBack();
  await expect(sampleOn(page)).toBeVisible();
  expect(errors).toEqual([]);
});

test('where nothing can be stored, programs run and are edited all the same', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'] as const) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  });
  await page.goto(PAGE);
  const figure = sampleOn(page);
  await button(figure, 'Edit').click();
  await figure.locator('.cm-content').click();
  await page.keyboard.type('// mine\n');
  await button(figure, 'Run').click();
  await expect(figure).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
});

test('a program reaches nothing of this site, and no other', async ({ page }) => {
  // Another origin that would notice. That the browser says it refused is not enough.
  const visits: string[] = [];
  const stranger = createServer((request, response) => {
    visits.push(request.url ?? '');
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' }).end('export {}');
  });
  stranger.on('upgrade', (request, socket) => {
    visits.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const other = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  await page.context().addCookies([{ name: 'secret', value: '1', url: 'http://localhost' }]);
  const attempts = {
    localStorage: 'localStorage.length',
    sessionStorage: 'sessionStorage.length',
    cookie: 'document.cookie',
    indexedDB:
      "await new Promise((yes, no) => { const open = indexedDB.open('x'); open.onsuccess = () => yes('open'); open.onerror = () => no(open.error); })",
    caches: 'await caches.keys()',
    parent: 'window.parent.document.title',
    top: 'top.location.href',
    opener: 'opener.location',
    eval: "eval('1 + 1')",
    Function: "new Function('return 1')()",
    importScripts: "importScripts('http://OTHER/x.js')",
    remote: "await import('http://OTHER/x.js')",
    remoteData: "await import('data:text/javascript,export default 1')",
    navigation: "location.href = 'http://OTHER/'; document.title",
    open: "open('http://OTHER/')",
    XMLHttpRequest:
      "await new Promise((yes, no) => { const x = new XMLHttpRequest(); x.onload = yes; x.onerror = () => no(new Error('refused')); x.open('GET', 'http://OTHER/'); x.send(); })",
    sync: "(() => { const x = new XMLHttpRequest(); x.open('GET', '/', false); x.send(); return x.responseText; })()",
    fetch: "await fetch('http://OTHER/')",
    fetchHere: `await fetch('http://localhost:${process.env.HANDBOOK_TEST_PORT ?? 4329}/')`,
    WebSocket:
      "await new Promise((yes, no) => { const s = new WebSocket('ws://OTHER/'); s.onopen = yes; s.onerror = () => no(new Error('refused')); })",
    EventSource:
      "await new Promise((yes, no) => { const s = new EventSource('http://OTHER/'); s.onopen = yes; s.onerror = () => no(new Error('refused')); })",
    WebTransport: "await new WebTransport('http://OTHER/').ready",
    RTC: 'new RTCPeerConnection()',
    beacon: "navigator.sendBeacon('http://OTHER/', 'x') || (() => { throw new Error('refused'); })()",
    worker:
      "await new Promise((yes, no) => { const w = new Worker('http://OTHER/x.js'); w.onmessage = yes; w.onerror = () => no(new Error('refused')); })",
  };
  const code = [
    '// @ts-nocheck',
    'const results = {};',
    ...Object.entries(attempts).map(
      ([name, attempt]) =>
        `try { ${name === 'navigation' || attempt.startsWith('await') ? `await (async () => { ${attempt.includes('; ') && name === 'navigation' ? attempt.replace('; document.title', '; return document.title') : `return ${attempt}`} })()` : attempt}; results.${name} = 'REACHED'; } catch { results.${name} = 'refused'; }`,
    ),
    'for (const [name, result] of Object.entries(results)) console.log(name, result);',
  ]
    .join('\n')
    .replaceAll('OTHER', other);
  const { printed } = await runOn(page, code);
  expect(printed.trim().split('\n')).toEqual(Object.keys(attempts).map((name) => `${name} refused`));
  await new Promise<void>((resolve) => stranger.close(() => resolve()));
  expect(visits).toEqual([]);
  expect(await page.evaluate(() => document.title)).toContain('Error handling');
  await expect(sampleOn(page, FILE)).toBeVisible();
});
