import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { Client } from 'pg';
import { z } from 'zod';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  CREATE TEMP TABLE account (name text PRIMARY KEY, balance bigint NOT NULL);
  INSERT INTO account VALUES ('ana', 100);
`);
const ROW = "SELECT name, balance FROM account WHERE name = 'ana'";
/** What somebody set in the environment of the process. */
const SETTINGS = '{"retries":"3"}';

// #region edges
interface Payment {
  amount: number;
}
interface Account {
  name: string;
  balance: number;
}
interface Settings {
  retries: number;
}

/** Four edges, at each of which the compiler takes our word for it. */
function careless(app: Express) {
  app.post('/body', (req, res) => {
    const { amount } = req.body as Payment;
    res.json(100 + amount);
  });
  app.get('/row', async (_req, res) => {
    const { rows } = await db.query<Account>(ROW); // a cast, by its looks none
    res.json(rows.map(({ balance }) => balance + 10));
  });
  app.get('/settings', (_req, res) => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment
    const settings: Settings = JSON.parse(SETTINGS); // any fits everything
    res.json(settings.retries + 1);
  });
  app.get('/thrown', (_req, res) => {
    try {
      throwText();
    } catch (error) {
      res.json({ because: (error as Error).message });
    }
  });
}

const Payment = z.strictObject({ amount: z.int().min(1).max(10_000) });
/** PostgreSQL's bigint reaches us as text, since a number may not hold it. */
const Account = z.object({
  name: z.string(),
  balance: z.string().transform(Number).pipe(z.int()),
});
/** `z.coerce.number()` would make 0 of an empty text. */
const Settings = z.strictObject({
  retries: z.string().regex(/^\d$/).transform(Number),
});

/** The same, with the type made from what was checked. */
function parsed(app: Express) {
  app.post('/body', (req, res) => {
    const payment = Payment.safeParse(req.body);
    if (!payment.success) return res.status(400).json(namesOf(payment.error));
    return res.json(100 + payment.data.amount);
  });
  app.get('/row', async (_req, res) => {
    const { rows } = await db.query<Record<string, unknown>>(ROW);
    const accounts = z.array(Account).parse(rows);
    res.json(accounts.map(({ balance }) => balance + 10));
  });
  const settings = Settings.parse(JSON.parse(SETTINGS)); // or do not start
  app.get('/settings', (_req, res) => {
    res.json(settings.retries + 1);
  });
  app.get('/thrown', (_req, res) => {
    try {
      throwText();
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      res.json({ because });
    }
  });
}
// #endregion edges

function throwText(): void {
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw 'no ink';
}

const namesOf = (error: z.ZodError) =>
  error.issues.map(({ path }) => path.join('.'));

/** Sends every request to one of the two. */
async function answersOf(routes: (app: Express) => void) {
  const app = express();
  app.use(express.json());
  routes(app);
  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const post = (amount: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ amount }),
  });
  const requests: [name: string, path: string, request?: RequestInit][] = [
    ['body, 10', '/body', post(10)],
    ['body, "10"', '/body', post('10')],
    ['body, none', '/body', post(undefined)],
    ['body, -1e9', '/body', post(-1e9)],
    ['row, bigint', '/row'],
    ['settings', '/settings'],
    ['thrown', '/thrown'],
  ];
  const answers = new Map<string, string>();
  for (const [name, path, request] of requests) {
    const url = `http://localhost:${port}${path}`;
    const response = await fetch(url, request);
    answers.set(name, `${response.status} ${await response.text()}`);
  }
  server.close();
  await once(server, 'close');
  return answers;
}

const bad = await answersOf(careless);
const right = await answersOf(parsed);
console.log('             careless         parsed');
for (const [name, answer] of bad) {
  console.log(name.padEnd(12), answer.padEnd(16), right.get(name));
}
assert.deepEqual(
  [...bad.values()],
  [
    ...['200 110', '200 "10010"', '200 null', '200 -999999900'],
    ...['200 ["10010"]', '200 "31"', '200 {}'],
  ],
);
assert.deepEqual(
  [...right.values()],
  [
    ...['200 110', '400 ["amount"]', '400 ["amount"]', '400 ["amount"]'],
    ...['200 [110]', '200 4', '200 {"because":"no ink"}'],
  ],
);
// More than a number holds is refused, not rounded.
assert(!Account.safeParse({ name: 'x', balance: '9007199254740993' }).success);
for (const retries of ['', ' ', null, '-1', '10', 3]) {
  assert(!Settings.safeParse({ retries }).success);
}
await db.end();
