import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js';
import { documentOf, operations } from './orders.ts';

type Tree = { [key: string]: Tree };

// #region mistakes
/** Each makes one mistake in a document that was right. */
const mistakes: Record<string, (document: Tree) => void> = {
  'none, as generated': () => {},
  'a response without description': ({ paths }) => {
    delete paths?.['/orders']?.get?.responses?.['200']?.description;
  },
  'a misspelt keyword': ({ paths }) => {
    const post = paths?.['/orders']?.post;
    Object.assign(post ?? {}, { requestbody: post?.requestBody });
  },
  'a reference to nothing': ({ components }) => {
    delete components?.schemas?.Problem;
  },
  'a path parameter not declared': ({ paths }) => {
    delete paths?.['/orders/{id}']?.get?.parameters;
  },
  'two operations of one id': ({ paths }) => {
    const { get, post } = paths?.['/orders'] ?? {};
    Object.assign(get ?? {}, { operationId: 'orders' });
    Object.assign(post ?? {}, { operationId: 'orders' });
  },
  'type: int': ({ components }) => {
    const { totalCents } = components?.schemas?.Order?.properties ?? {};
    Object.assign(totalCents ?? {}, { type: 'int' });
  },
  'nullable: true': ({ components }) => {
    const { note } = components?.schemas?.Order?.properties ?? {};
    Object.assign(note ?? {}, { type: 'string', nullable: true });
  },
  'a value left out of an enum': ({ components }) => {
    const { status } = components?.schemas?.Order?.properties ?? {};
    Object.assign(status ?? {}, { enum: ['PENDING', 'PAID'] });
  },
  'a route left out': ({ paths }) => {
    delete paths?.['/orders/{id}']?.delete;
  },
};

/** What the server answers, word for word. */
const answer = {
  id: 'a3bb189e-8bf9-4c3a-9c1e-1f2d3c4b5a69',
  status: 'REFUNDED',
  totalCents: 500,
  note: null,
};

/** What a test finds that validates the answer, with ajv. */
function tested(document: Tree): string {
  const ajv = new Ajv2020({ strict: true, validateFormats: false });
  const schema = document.components?.schemas?.Order as SchemaObject;
  try {
    return ajv.validate(schema, answer) ? '-' : 'answer does not fit';
  } catch {
    return 'schema does not compile';
  }
}
// #endregion mistakes

const report: Record<string, [found: boolean, tested: string]> = {};
for (const [name, make] of Object.entries(mistakes)) {
  const document = structuredClone(documentOf(operations)) as unknown as Tree;
  make(document);
  const { valid } = await new Validator().validate(structuredClone(document));
  report[name] = [!valid, tested(document)];
}

const line = (...cells: string[]) =>
  console.log(
    [31, 12, 0]
      .map((width, i) => cells[i]?.padEnd(width))
      .join('')
      .trimEnd(),
  );
line('mistake', 'validator', 'an answer, tested');
for (const [name, [found, test]] of Object.entries(report)) {
  line(name, found ? 'finds it' : '-', test);
}

assert.deepEqual(report['none, as generated'], [false, '-']);
const missed = Object.entries(report).filter(([, [found]]) => !found);
assert.equal(missed.length, 7);
assert.equal(report['type: int']?.[1], 'schema does not compile');
assert.equal(report['a value left out of an enum']?.[1], 'answer does not fit');
// ajv knows `nullable` from OpenAPI 3.0; JSON Schema 2020-12 does not.
assert.equal(report['nullable: true']?.[1], '-');
