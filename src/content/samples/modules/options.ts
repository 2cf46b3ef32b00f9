import assert from 'node:assert/strict';

// #region options
type Options = { dropTag?: boolean; dropDots?: boolean; ascii?: boolean };

/** Written for the sign-in. Newsletter and search brought the options. */
function normalised(email: string, defaults: Options, options: Options = {}) {
  const { dropTag, dropDots, ascii } = { ...defaults, ...options };
  const [start = '', host = ''] = email.trim().toLowerCase().split('@');
  let name = start;
  if (dropTag) name = name.replace(/\+.*$/, '');
  if (dropDots) name = name.replaceAll('.', '');
  if (ascii) name = name.normalize('NFD').replace(/\p{M}/gu, '');
  return `${name}@${host}`;
}

/** Two of three callers drop tags by now, so that became the default. */
const BEFORE: Options = {};
const AFTER: Options = { dropTag: true };

/** Which account is this? Changes when the rules for accounts do. */
const accountKey = (email: string) => email.trim().toLowerCase();

/** Which mailbox is this? Changes when a mail provider does. */
const mailboxOf = (email: string) => accountKey(email).replace(/\+.*@/, '@');
// #endregion options

const accounts = [
  { id: 1, email: 'orders+berlin@example.com' },
  { id: 2, email: 'orders+paris@example.com' },
];

function signIn(email: string, keyOf: (email: string) => string) {
  return accounts.find((account) => keyOf(account.email) === keyOf(email))?.id;
}

const ways: [string, (email: string) => string][] = [
  ['normalised, first default', (email) => normalised(email, BEFORE)],
  ['normalised, new default', (email) => normalised(email, AFTER)],
  ['accountKey', accountKey],
];
const seen: (number | undefined)[] = [];
console.log('orders+paris@example.com signs in; its account is 2');
for (const [name, keyOf] of ways) {
  const id = signIn('orders+paris@example.com', keyOf);
  seen.push(id);
  console.log(' ', name.padEnd(26), 'account', id);
}
assert.deepEqual(seen, [2, 1, 2]);

// Tests would have to cover what nobody asked for.
const flags = [false, true];
const outcomes = flags.flatMap((dropTag) =>
  flags.flatMap((dropDots) =>
    flags.map((ascii) =>
      normalised('Zoë.Li+a@example.com', { dropTag, dropDots, ascii }),
    ),
  ),
);
const behaviours = new Set(outcomes).size;
/** What sign-in, newsletter and search ask for. */
const asked: Options[] = [
  {},
  { dropTag: true },
  { dropTag: true, dropDots: true, ascii: true },
];
const used = new Set(
  asked.map((options) => normalised('Zoë.Li+a@example.com', BEFORE, options)),
).size;
console.log(
  `3 options are ${behaviours} behaviours; 3 callers use ${used} of them`,
);
assert.deepEqual([behaviours, used], [8, 3]);

const boxes = new Set(accounts.map(({ email }) => mailboxOf(email)));
console.log(`mailboxOf sends one newsletter to ${boxes.size} mailbox`);
assert.equal(boxes.size, 1);
