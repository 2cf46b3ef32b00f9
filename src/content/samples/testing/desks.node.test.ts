import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { cases } from './cases.ts';
import { openOffice } from './office.ts';

// #region tests
let office: Awaited<ReturnType<typeof openOffice>>;
before(async () => {
  office = await openOffice(process.env.DATABASE_URL);
});
beforeEach(() => office.reset());
after(() => office.close());

for (const one of cases) {
  test(one.name, async () => {
    await office.send(one.request).expect(one.status);
    assert.deepEqual(await office.after(), one.after);
  });
}
// #endregion tests
