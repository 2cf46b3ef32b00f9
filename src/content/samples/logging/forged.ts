import assert from 'node:assert/strict';
import { pino } from 'pino';
import { z } from 'zod';

let output = '';
const log = pino(
  {
    base: null,
    timestamp: false,
    formatters: { level: (level) => ({ level }) },
  },
  { write: (line) => (output += line) },
).child({ request: 'r2' });

type Input = Record<string, unknown>;

// #region forged
/** Four ways to log a failed login, with what the client sent. */
const ways: Record<string, (input: Input) => void> = {
  text: (input) => {
    output += `warn r2 login failed for ${String(input.user)}\n`;
  },
  'in the message': (input) => {
    log.warn(`login failed for ${String(input.user)}`);
  },
  'the object itself': (input) => {
    log.warn(input, 'login failed');
  },
  'by name, parsed': (input) => {
    const user = Login.safeParse(input).data?.user ?? 'not a name';
    log.warn({ user }, 'login failed');
  },
};

const Login = z.object({ user: z.string().regex(/^[^\p{C}\p{Z}]{1,64}$/u) });

const attacks: Record<string, Input> = {
  none: { user: 'eve' },
  'a line more': { user: 'eve\ninfo r1 login ok for admin' },
  'members of the log': { user: 'eve', level: 'debug', request: 'r1' },
  'a screen cleared': { user: 'eve\u001b[2J\u009b2J' },
  'lines elsewhere': { user: 'eve\u2028info r1 login ok\u0085' },
};
// #endregion forged

/** What a collector of lines understands: level, request, and the rest. */
function collected(text: string) {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      if (!line.startsWith('{')) return line.split(' ').slice(0, 2).join(' ');
      const { level, request } = z
        .object({ level: z.string(), request: z.string() })
        .parse(JSON.parse(line));
      return `${level} ${request}`;
    });
}

for (const [way, write] of Object.entries(ways)) {
  console.log(way);
  for (const [attack, input] of Object.entries(attacks)) {
    output = '';
    write(input);
    const seen = collected(output).join(', then ');
    const raw = output.match(/(?!\n)[\p{Cc}\u2028\u2029]/gu)?.length ?? 0;
    console.log(`  ${attack.padEnd(20)}${seen.padEnd(24)}${raw} raw`);
    if (way === 'by name, parsed') assert.equal(`${seen} ${raw}`, 'warn r2 0');
  }
}

output = '';
ways['text']?.(attacks['a line more'] ?? {});
assert.deepEqual(collected(output), ['warn r2', 'info r1']);
output = '';
ways['the object itself']?.(attacks['members of the log'] ?? {});
assert.deepEqual(collected(output), ['debug r1']);
assert.match(output, /"level":"warn".*"level":"debug"/);
