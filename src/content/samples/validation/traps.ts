import assert from 'node:assert/strict';
import { z } from 'zod';

/** Notes whether it was asked at all. */
class Watched extends RegExp {
  asked = 0;
  override test(text: string): boolean {
    this.asked += 1;
    return super.test(text);
  }
}
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const late = new Watched(SLUG);
const guarded = new Watched(SLUG);

const Settings = z.strictObject({
  theme: z.enum(['light', 'dark']).default('light'),
  size: z.int().min(1).max(100).default(9),
});

// #region schemas
/** A query string has nothing but strings: say which ones are numbers. */
const digits = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

/** As people write them, and as they hold. */
const pairs: Record<string, [careless: z.ZodType, careful: z.ZodType]> = {
  // Boolean('false') is true, and so is Boolean('0').
  flag: [z.coerce.boolean(), z.stringbool()],
  // Number('') and Number(null) are 0, Number(['7']) is 7.
  amount: [z.coerce.number().min(0), digits],
  // new Date(null) is 1970, and 30 February is 2 March.
  day: [z.coerce.date(), z.iso.date()],
  // String(undefined) is a word of nine letters.
  name: [
    z.coerce.string().min(1).max(100),
    z.string().regex(/^\P{Cc}{1,100}$/u),
  ],
  // An int4 column ends far below the last safe integer.
  stock: [z.int(), z.int32()],
  // javascript: is the scheme of a URL, too.
  link: [z.url(), z.url({ protocol: /^https$/ })],
  // What a schema does not know is dropped, inside a strict one as well.
  address: [
    z.strictObject({ to: z.object({ city: z.string() }) }),
    z.strictObject({ to: z.strictObject({ city: z.string() }) }),
  ],
  // A default survives .partial(): an empty PATCH resets the settings.
  patch: [
    Settings.partial(),
    z
      .strictObject({
        theme: Settings.shape.theme.unwrap(),
        size: Settings.shape.size.unwrap(),
      })
      .partial(),
  ],
  // Every check runs, even after one has failed, unless it says `abort`.
  slug: [
    z.string().max(60).regex(late),
    z.string().max(60, { abort: true }).regex(guarded),
  ],
};
// #endregion schemas

const inputs: [name: string, input: unknown, careful: string][] = [
  ['flag', 'false', 'false'],
  ['flag', 'maybe', '400'],
  ['amount', '', '400'],
  ['amount', null, '400'],
  ['amount', ['7'], '400'],
  ['amount', '0x10', '400'],
  ['day', null, '400'],
  ['day', '2026-02-30', '400'],
  ['name', undefined, '400'],
  ['name', { first: 'Ann' }, '400'],
  ['name', 'A\0', '400'],
  ['stock', 3_000_000_000, '400'],
  ['link', 'javascript:alert(1)', '400'],
  ['address', { to: { city: 'Ulm', zip: 1 } }, '400'],
  ['patch', {}, '{}'],
  ['slug', 'x'.repeat(100_000), '400'],
];

/** What a schema makes of an input; 400 is what the client would get. */
function madeOf(schema: z.ZodType | undefined, input: unknown): string {
  assert(schema);
  const { success, data } = schema.safeParse(input);
  if (!success) return '400';
  if (data instanceof Date) return data.toISOString().slice(0, 10);
  return JSON.stringify(data);
}

const line = (cells: string[]) => {
  const [name = '', input = '', careless = '', careful = ''] = cells;
  console.log(
    name.padEnd(8) + input.padEnd(30) + careless.padEnd(27) + careful,
  );
};
line(['schema', 'input', 'careless', 'careful']);
for (const [name, input, expected] of inputs) {
  const careless = madeOf(pairs[name]?.[0], input);
  const careful = madeOf(pairs[name]?.[1], input);
  const text = JSON.stringify(input) ?? 'undefined';
  const shown = text.length > 99 ? `${text.length - 2} letters` : text;
  line([name, shown, careless, careful]);
  assert.equal(careful, expected, name);
  assert(careless !== careful || name === 'slug', name);
}
console.log(`the careless slug asked its regex ${late.asked} time`);
console.log(`the careful slug asked its regex ${guarded.asked} times`);
assert.deepEqual([late.asked, guarded.asked], [1, 0]);

// What is right has to pass, too.
for (const [name, input] of [
  ['flag', 'true'],
  ['amount', '120'],
  ['day', '2028-02-29'],
  ['name', "Siobhán O'Brian 王"],
  ['stock', 2_147_483_647],
  ['link', 'https://example.com/a?b=c'],
  ['patch', { theme: 'dark' }],
  ['slug', 'my-first-post'],
] as const) {
  assert(pairs[name]?.[1].safeParse(input).success, name);
}
