import { expect, test } from 'vitest';
import { datedOn, numbersIn } from '../../../src/lib/pdf.ts';

/** What Chromium writes of a document of three pages, in short; the second page has a number that is not the next. */
const PDF = `%PDF-1.4
2 0 obj
<</Type /Page
/Parent 5 0 R>>
endobj
14 0 obj
<</Type /Page
/Parent 5 0 R>>
endobj
9 0 obj
<</Type /Page
/Parent 6 0 R>>
endobj
4 0 obj
<</start [2 0 R /XYZ 0 841 0]
/api-pagination--rule-a [9 0 R /XYZ 0 20.5 0]
/api-pagination [14 0 R /XYZ 0 841 0]>>
endobj
5 0 obj
<</Type /Pages
/Kids [2 0 R 14 0 R]>>
endobj
6 0 obj
<</Type /Pages
/Kids [9 0 R]>>
endobj
7 0 obj
<</Type /Pages
/Kids [5 0 R 6 0 R]>>
endobj
<</CreationDate (D:20270203040506+00'00')
/ModDate (D:20270203040506+00'00')>>
`;
const bytes = new TextEncoder().encode(PDF);

test('the pages of ids are counted in the order of the lists that hold them', () => {
  expect(Object.fromEntries(numbersIn(bytes))).toEqual({ start: 1, 'api-pagination': 2, 'api-pagination--rule-a': 3 });
});

test('a date takes the place of the clock’s, and no byte moves', () => {
  const dated = datedOn(Uint8Array.of(...bytes, 0xe2, 0x00, 0xff), '2026-07-24');
  expect(new TextDecoder('latin1').decode(dated)).toContain("/CreationDate (D:20260724000000+00'00')");
  expect(dated).toHaveLength(bytes.length + 3);
  expect([...dated.slice(-3)]).toEqual([0xe2, 0x00, 0xff]);
});
