import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma/client/client.ts';
import { ABSOLUTE, IDLE, sessionStore } from './session.ts';

const db = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});

/** A clock that the program moves, so that hours pass at once. */
const MINUTE = 60_000;
let now = Date.UTC(2026, 0, 31, 9);
const pass = (minutes: number) => void (now += minutes * MINUTE);

// #region ways
/** Leaves the end to the browser: Max-Age, and a cleared cookie. */
function byCookie() {
  const users = new Map<string, string>();
  return {
    start(userId: string) {
      const token = randomUUID();
      users.set(token, userId);
      return token; // res.cookie('sid', token, { maxAge: IDLE })
    },
    userOf: (token: string) => users.get(token) ?? null,
    end: (_token: string) => undefined, // res.clearCookie('sid')
    endAll: (_userId: string) => undefined, // there is no such list
  };
}

/** Each use buys another half hour, and that is the only limit. */
function byIdleTime() {
  const sessions = new Map<string, { userId: string; until: number }>();
  return {
    start(userId: string) {
      const token = randomUUID();
      sessions.set(token, { userId, until: now + IDLE });
      return token;
    },
    userOf(token: string) {
      const session = sessions.get(token);
      if (!session || session.until <= now) return null;
      session.until = now + IDLE;
      return session.userId;
    },
    end: (token: string) => sessions.delete(token),
    endAll(userId: string) {
      for (const [token, session] of sessions)
        if (session.userId === userId) sessions.delete(token);
    },
  };
}

const ways = {
  byCookie: byCookie(),
  byIdleTime: byIdleTime(),
  sessionStore: sessionStore(db, () => now),
};
// #endregion ways

const { id: userId } = await db.user.create({
  data: { name: 'Mia', email: 'mia@example.com' },
});

type Way = (typeof ways)[keyof typeof ways];

/** What becomes of a copied cookie, each time from a new session on. */
const trials: [string, (way: Way, token: string) => unknown, string][] = [
  ['29 minutes later', () => pass(29), 'in in in'],
  ['30 minutes later', () => pass(30), 'in out out'],
  ['used every 25 minutes, for 11 h 40', every(25, 28), 'in in in'],
  ['used every 25 minutes, for 12 h 05', every(25, 29), 'in in out'],
  ['used every 25 minutes, for a week', every(25, 404), 'in in out'],
  ['used every 30 s, for an hour', every(0.5, 120), 'in in in'],
  ['after logout', (way, token) => way.end(token), 'in out out'],
  ['after logout everywhere', (way) => way.endAll(userId), 'in out out'],
];

function every(minutes: number, times: number) {
  return async (way: Way, token: string) => {
    for (let i = 0; i < times; i += 1) {
      pass(minutes);
      // What has ended stays ended.
      if (!(await way.userOf(token))) return;
    }
  };
}

const heads = Object.keys(ways);
console.log('a copy of the cookie'.padEnd(36) + heads.join('  '));
for (const [name, happens, expected] of trials) {
  const seen: string[] = [];
  for (const way of Object.values(ways)) {
    const token = await way.start(userId);
    assert.equal(await way.userOf(token), userId);
    await happens(way, token);
    seen.push((await way.userOf(token)) === userId ? 'in' : 'out');
  }
  const cells = seen.map((cell, i) => cell.padEnd((heads[i]?.length ?? 0) + 2));
  console.log((name.padEnd(36) + cells.join('')).trimEnd());
  assert.equal(seen.join(' '), expected);
}

// Only the owner's sessions ended, and an end is exact.
const { id: benId } = await db.user.create({
  data: { name: 'Ben', email: 'ben@example.com' },
});
const store = ways.sessionStore;
const bens = await store.start(benId);
await store.endAll(userId);
assert.equal(await store.userOf(bens), benId);
assert.equal(await store.userOf(''), null);
const row = await db.session.findFirstOrThrow({ where: { userId: benId } });
assert.equal(row.expiresAt.getTime(), now + ABSOLUTE);

await db.$disconnect();
