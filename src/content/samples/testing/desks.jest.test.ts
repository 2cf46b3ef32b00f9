import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { cases } from './cases.ts';
import { openOffice } from './office.ts';

// #region tests
let office: Awaited<ReturnType<typeof openOffice>>;
beforeAll(async () => {
  office = await openOffice(process.env.DATABASE_URL);
});
beforeEach(() => office.reset());
afterAll(() => office.close());

test.each(cases)('$name', async ({ request, status, after }) => {
  await office.send(request).expect(status);
  expect(await office.after()).toEqual(after);
});
// #endregion tests
