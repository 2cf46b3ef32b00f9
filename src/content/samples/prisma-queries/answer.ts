import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import express from 'express';
import { PrismaClient } from '../prisma/client/client.ts';

const plain = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  log: [{ emit: 'event', level: 'query' }],
});

// #region answers
/** Leaves the hash out of every result that does not ask for it. */
const careful = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  log: [{ emit: 'event', level: 'query' }],
  omit: { user: { passwordHash: true } },
});

type Read = (id: string) => Promise<unknown>;

const reads: Record<string, Read> = {
  'plain findUnique': (id) => plain.user.findUnique({ where: { id } }),
  'plain nested include': (userId) =>
    plain.session.findMany({ where: { userId }, include: { user: true } }),
  'plain update': (id) =>
    plain.user.update({ where: { id }, data: { name: 'Ann' } }),
  'plain select': (id) =>
    plain.user.findUnique({ where: { id }, select: { id: true, name: true } }),

  'omit findUnique': (id) => careful.user.findUnique({ where: { id } }),
  'omit nested include': (userId) =>
    careful.session.findMany({ where: { userId }, include: { user: true } }),
  'omit update': (id) =>
    careful.user.update({ where: { id }, data: { name: 'Ann' } }),
  'omit, and asked for': (id) =>
    careful.user.findUnique({ where: { id }, omit: { passwordHash: false } }),
  'omit $queryRaw': (id) =>
    careful.$queryRaw`SELECT * FROM user_account WHERE id = ${id}::uuid`,
};

// Without this, res.json throws at the first BigInt.
const app = express().set('json replacer', (_key: string, value: unknown) =>
  typeof value === 'bigint' ? String(value) : value,
);
app.get('/audit-entries/:id', async (req, res) => {
  const id = BigInt(req.params.id);
  res.json(await careful.auditEntry.findUnique({ where: { id } }));
});
// #endregion answers

const sent: string[] = [];
plain.$on('query', ({ query }) => void sent.push(query));
careful.$on('query', ({ query }) => void sent.push(query));

await plain.auditEntry.deleteMany();
await plain.user.deleteMany();
const ann = await plain.user.create({
  data: {
    name: 'Ann',
    email: 'ann@example.com',
    passwordHash: 'the hash',
    sessions: {
      create: { tokenHash: 'hers', expiresAt: new Date('2999-01-01') },
    },
  },
});

const yes = (is: boolean) => (is ? 'yes' : 'no');
const leaks: string[] = [];
console.log('query'.padEnd(22), 'sent by the database', ' in the result');
for (const [what, read] of Object.entries(reads)) {
  sent.length = 0;
  const leaked = JSON.stringify(await read(ann.id)).includes('the hash');
  if (leaked) leaks.push(what);
  const named = sent.some((sql) => /password_hash|SELECT \*/.test(sql));
  console.log(what.padEnd(22), yes(named).padEnd(21), yes(leaked));
  assert.equal(named, leaked);
}
assert.deepEqual(leaks, [
  'plain findUnique',
  'plain nested include',
  'plain update',
  'omit, and asked for',
  'omit $queryRaw',
]);

const id = 9007199254740993n; // 2 ** 53 + 1
const entry = await careful.auditEntry.create({
  data: { id, action: 'login', entity: 'User', entityId: ann.id },
});
assert.throws(() => JSON.stringify(entry), {
  name: 'TypeError',
  message: 'Do not know how to serialize a BigInt',
});
const server = app.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const answer = await fetch(`http://localhost:${port}/audit-entries/${id}`);
const text = await answer.text();
const [, asText] = /"id":("?\d+"?)/.exec(text) ?? [];
console.log();
console.log('the id'.padEnd(22), id);
console.log('as a Number'.padEnd(22), Number(entry.id));
console.log('in the answer'.padEnd(22), asText);
assert.equal(Number(entry.id), 9007199254740992);
assert.equal(asText, '"9007199254740993"');

server.close();
await once(server, 'close');
await plain.auditEntry.deleteMany();
await plain.user.deleteMany();
await plain.$disconnect();
await careful.$disconnect();
