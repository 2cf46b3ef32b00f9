import { defineConfig } from '@playwright/test';

const PORT = Number(process.env.HANDBOOK_TEST_PORT ?? 4329);
const base = (process.env.BASE_PATH ?? '').split('/').filter(Boolean).join('/');
const executablePath = process.env.HANDBOOK_CHROMIUM;

export default defineConfig({
  testDir: 'tests/browser',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2,
  retries: 1,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'node_modules/.cache/handbook/browser.json' }]],
  webServer: {
    command: 'node scripts/serve.ts --strict-port',
    env: { PORT: String(PORT) },
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
  },
  use: {
    baseURL: `http://localhost:${PORT}/${base && `${base}/`}`,
    browserName: 'chromium',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--disable-quic',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
