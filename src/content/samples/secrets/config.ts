import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { z } from 'zod';
import { Secret } from './secret.ts';

type Env = Record<string, string | undefined>;

// #region config
/** What many programs do, each line where it is needed. */
const scattered = {
  port: (env: Env) => Number(env.PORT),
  timeout: (env: Env) => Number.parseInt(env.TIMEOUT_MS ?? '1000'),
  debug: (env: Env) => Boolean(env.DEBUG_SQL),
  key: (env: Env) => env.SIGNING_KEY ?? 'dev-secret',
};
/** The same by a schema that helps too much. */
const coerced = {
  port: z.coerce.number(),
  timeout: z.coerce.number(),
  debug: z.coerce.boolean(),
  key: z.string().default('dev-secret'),
};

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(most));

const Config = z.object({
  PORT: whole(65_535),
  TIMEOUT_MS: whole(60_000),
  DEBUG_SQL: z.stringbool(),
  // 32 random bytes: `openssl rand -base64 32 | tr '+/' '-_' | tr -d '='`
  SIGNING_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
    .transform((value) => new Secret(value)),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .transform((value) => new Secret(value)),
});

/** Read once, before anything listens. Names what is wrong, shows no value. */
function configFrom(env: Env) {
  const result = Config.safeParse(env);
  if (result.success) return Object.freeze(result.data);
  const faults = result.error.issues.map(
    ({ path, message }) => `  ${path.join('.')}: ${message}`,
  );
  throw new Error(`The configuration is not valid\n${faults.join('\n')}`);
}
// #endregion config

/** All right, and made up. */
const right = {
  PORT: '3000',
  TIMEOUT_MS: '5000',
  DEBUG_SQL: 'false',
  SIGNING_KEY: 'qDsw5T1SrbFFGIz3SNxA2sVWQ1LQzhUqVLXNSjh4h2U',
  DATABASE_URL: 'postgres://shop:hunter2@db.internal/shop',
};

const mistakes: [
  name: string,
  setting: keyof typeof scattered,
  variable: keyof typeof right,
  value: string | undefined,
][] = [
  ['PORT=', 'port', 'PORT', ''],
  ['TIMEOUT_MS=5s', 'timeout', 'TIMEOUT_MS', '5s'],
  ['DEBUG_SQL=false', 'debug', 'DEBUG_SQL', 'false'],
  ['SIGNING_KEY', 'key', 'SIGNING_KEY', undefined],
  ['SIGNING_KEY=changeme', 'key', 'SIGNING_KEY', 'changeme'],
];

const validated = (env: Env) => {
  try {
    return inspect(configFrom(env).DEBUG_SQL);
  } catch {
    return 'refused';
  }
};

const line = (...cells: string[]) => {
  const row = cells.map((cell) => cell.padEnd(20));
  console.log(row.join('').trimEnd());
};
line('set', 'scattered', 'coerced', 'configFrom');
const rows: string[][] = [];
for (const [name, setting, variable, value] of mistakes) {
  const env: Env = { ...right, [variable]: value };
  const loose = coerced[setting].safeParse(value);
  const row = [
    inspect(scattered[setting](env)),
    loose.success ? inspect(loose.data) : 'refused',
    validated(env),
  ];
  rows.push(row);
  line(value === undefined ? `no ${name}` : name, ...row);
}
assert.deepEqual(rows, [
  ['0', '0', 'refused'],
  ['5', 'refused', 'refused'],
  ['true', 'true', 'false'],
  ["'dev-secret'", "'dev-secret'", 'refused'],
  ["'changeme'", "'changeme'", 'refused'],
]);

const wrong = {
  ...right,
  PORT: '',
  SIGNING_KEY: `${right.SIGNING_KEY}\n`,
  DATABASE_URL: 'shop:hunter2@db.internal/shop',
};
assert.throws(
  () => configFrom(wrong),
  (error: unknown) => {
    assert(error instanceof Error);
    console.log(`\n${error.message}`);
    const text = inspect(error, { depth: Infinity });
    for (const value of ['hunter2', right.SIGNING_KEY, 'qDsw5T'])
      assert(!text.includes(value));
    return error.message.split('\n').length === 4;
  },
);
const config = configFrom(right);
assert.equal(config.SIGNING_KEY.reveal(), right.SIGNING_KEY);
console.log(`\n${inspect(config)}`);
