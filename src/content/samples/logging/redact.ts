import assert from 'node:assert/strict';
import { pino, type LoggerOptions } from 'pino';
import { z } from 'zod';

const PASSWORD = 'correct horse';

/** A model that writes itself, as those of an ORM do. */
class Account {
  readonly #secret = PASSWORD;
  toJSON() {
    return { id: 7, password: this.#secret };
  }
}

// #region redact
const password = PASSWORD;
/** One secret, in thirteen entries that code really logs. */
const entries: [
  name: string,
  entry: object,
  message?: string,
  bindings?: object,
][] = [
  ['password', { password }],
  ['user.password', { user: { id: 7, password } }],
  ['body.user.password', { body: { user: { id: 7, password } } }],
  ['users[0].password', { users: [{ id: 7, password }] }],
  ['body.users[0].password', { body: { users: [{ id: 7, password }] } }],
  ['user.Password', { user: { id: 7, Password: password } }],
  ['user.newPassword', { user: { id: 7, newPassword: password } }],
  ['JSON in a string', { body: JSON.stringify({ password }) }],
  ['in a URL', { url: `/login?password=${encodeURI(password)}` }],
  ['in the message', {}, `login failed: ${JSON.stringify({ password })}`],
  ['behind a toJSON', { user: new Account() }],
  ['on an error', { err: Object.assign(new Error('400'), { password }) }],
  ['bound to a child', {}, 'failed', { user: { id: 7, password } }],
];

const top = ['password'];
const second = [...top, '*.password'];
const third = [...second, '*.*.password'];
const arrays = [...third, '*[*].password', '*.*[*].password'];

/** Keeps two members and drops the rest, whatever they are called. */
const User = z.object({ id: z.int(), role: z.string().optional() });
const kept = ({ user }: Record<string, unknown>) => ({
  user: User.safeParse(user).data,
});
const known: LoggerOptions['formatters'] = { log: kept, bindings: kept };
const ways: Record<string, LoggerOptions> = {
  top: { redact: top },
  second: { redact: second },
  third: { redact: third },
  arrays: { redact: arrays },
  'allow-list': { formatters: known },
};
// #endregion redact

const leaks = (
  options: LoggerOptions,
  entry: object,
  message?: string,
  bindings: object = {},
) => {
  let line = '';
  const log = pino(options, { write: (text) => (line += text) });
  log.child(bindings).info(entry, message);
  assert(JSON.parse(line));
  return [PASSWORD, encodeURI(PASSWORD)].some((text) => line.includes(text));
};

const totals = new Map<string, number>();
console.log(
  ''.padEnd(24) +
    Object.keys(ways)
      .map((way) => way.padEnd(7))
      .join(''),
);
for (const [name, entry, message, bindings] of entries) {
  const cells = Object.entries(ways).map(([way, options]) => {
    const leaked = leaks(options, entry, message, bindings);
    totals.set(way, (totals.get(way) ?? 0) + (leaked ? 1 : 0));
    return (leaked ? 'leaks' : '-').padEnd(7);
  });
  console.log((name.padEnd(24) + cells.join('')).trimEnd());
}
const sums = [...totals.values()].map((count) => String(count).padEnd(7));
console.log(('leaks'.padEnd(24) + sums.join('')).trimEnd());
assert.deepEqual([...totals.values()], [12, 8, 6, 5, 2]);
assert.equal(leaks({ redact: ['**.password'] }, { user: { password } }), true);
