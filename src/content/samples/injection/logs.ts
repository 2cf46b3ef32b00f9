import assert from 'node:assert/strict';

const output: string[] = [];

// #region loggers
type Body = { email: string } & Record<string, unknown>;

const write = (text: string) => void output.push(...text.split('\n'));

/** One JSON object for each event. Time and process are left out here. */
const warn = (msg: string, fields: object) =>
  write(JSON.stringify({ level: 'warn', msg, ...fields }));

const loggers: Record<string, (body: Body) => void> = {
  /** A line break in the input begins a line of its own. */
  text: ({ email }) => write(`warn refused email=${email}`),

  /** One line, but whose keys are these? */
  wholeBody: (body) => warn('refused', body),

  /** Our keys, and below them strings, whatever they hold. */
  named: ({ email }) => warn('refused', { email }),
};

const attacks: Record<string, Body> = {
  'a line break': { email: 'eve\ninfo login ok email=ann' },
  'other keys': { email: 'eve', level: 'info', msg: 'login ok', user: 'ann' },
};
// #endregion loggers

const written: Record<string, string[]> = {};
for (const [what, body] of Object.entries(attacks)) {
  for (const [way, logger] of Object.entries(loggers)) {
    output.length = 0;
    logger(body);
    console.log(`${what}, ${way}:`);
    for (const line of output) console.log(line);
    written[`${what}, ${way}`] = [...output];
  }
}
assert.deepEqual(written['a line break, text'], [
  'warn refused email=eve',
  'info login ok email=ann',
]);
assert.deepEqual(written['other keys, wholeBody'], [
  '{"level":"info","msg":"login ok","email":"eve","user":"ann"}',
]);
for (const what of Object.keys(attacks)) {
  const [line = '', ...more] = written[`${what}, named`] ?? [];
  const email = attacks[what]?.email;
  assert.deepEqual(more, []);
  assert.deepEqual(JSON.parse(line), {
    level: 'warn',
    msg: 'refused',
    email,
  });
}
