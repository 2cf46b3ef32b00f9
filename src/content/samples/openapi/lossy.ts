import assert from 'node:assert/strict';
import { z } from 'zod';

// #region constructs
const digits = z.string().regex(/^\d{1,3}$/);

/** A schema, which side of it a client sees, and a value to try. */
const constructs: [string, z.ZodType, 'input' | 'output', unknown][] = [
  // A body documented as what the server has after parsing.
  ['default, as output', z.object({ n: z.int().default(1) }), 'output', {}],
  ['default, as input', z.object({ n: z.int().default(1) }), 'input', {}],
  // Rules that JSON Schema has no words for.
  [
    'refine over two fields',
    z
      .object({ from: z.int(), to: z.int() })
      .refine(({ from, to }) => from <= to),
    'input',
    { from: 2, to: 1 },
  ],
  ['trim().min(1)', z.string().trim().min(1), 'input', '   '],
  [
    'digits, then max(100)',
    digits.transform(Number).pipe(z.int().max(100)),
    'input',
    '999',
  ],
  ['flag of a pattern', z.string().regex(/^[a-z]{3}$/i), 'input', 'EUR'],
  // A response to which a later release has added a field.
  ['object, as output', z.object({ id: z.int() }), 'output', { id: 1, n: 2 }],
  ['looseObject', z.looseObject({ id: z.int() }), 'output', { id: 1, n: 2 }],
];

/** What the document and the server each make of the value. */
function verdicts(schema: z.ZodType, io: 'input' | 'output', value: unknown) {
  const document = z.toJSONSchema(schema, {
    io,
    // z.fromJSONSchema would fill it in; for a client it is only a note.
    override: ({ jsonSchema }) => delete jsonSchema.default,
  });
  const documented = z.fromJSONSchema(document);
  return [documented, schema].map((side) => side.safeParse(value).success) as [
    boolean,
    boolean,
  ];
}
// #endregion constructs

const word = (taken: boolean) => (taken ? 'allows' : 'refuses');
const row = (...cells: string[]) =>
  console.log(
    [24, 18, 10, 0]
      .map((width, i) => cells[i]?.padEnd(width))
      .join('')
      .trimEnd(),
  );

row('schema', 'value', 'document', 'server');
const wrong: string[] = [];
for (const [name, schema, io, value] of constructs) {
  const [document, server] = verdicts(schema, io, value);
  row(name, JSON.stringify(value), word(document), word(server));
  if (document !== server) wrong.push(name);
}
assert.deepEqual(wrong, [
  'default, as output',
  'refine over two fields',
  'trim().min(1)',
  'digits, then max(100)',
  'flag of a pattern',
  'object, as output',
]);

// What has no JSON form stops the generator: better than a wrong document.
console.log();
for (const [name, schema] of Object.entries({
  'z.date()': z.date(),
  'z.bigint()': z.bigint(),
})) {
  assert.throws(() => z.toJSONSchema(schema), /cannot be represented/);
  console.log(`${name.padEnd(24)}throws`);
}
