import assert from 'node:assert/strict';

/** A promise, and the function that fulfils it. */
const { promise: bobCame, resolve: bobComes } = Promise.withResolvers<void>();

// #region state
/** One for the process, as everything at the top of a module. */
const shared = {
  user: '',
  sku: /^[a-z]{2}\d{4}$/g,
  filters: ['status = open'],
};

type Wait = () => Promise<void>;

const atModuleLevel = {
  /** Set by middleware, read after the database has answered. */
  async caller(user: string, database: Wait) {
    shared.user = user;
    await database();
    return shared.user;
  },
  /** With the flag `g` an expression remembers where it stopped. */
  isSku: (text: string) => shared.sku.test(text),
  /** The copy is shallow: both objects hold the same list. */
  filtersFor(user: string) {
    const query = { ...shared };
    query.filters.push(`owner = ${user}`);
    return query.filters;
  },
};

const SKU = /^[a-z]{2}\d{4}$/;
const FILTERS: readonly string[] = Object.freeze(['status = open']);

const perCall: typeof atModuleLevel = {
  async caller(user, database) {
    await database();
    return user;
  },
  isSku: (text) => SKU.test(text),
  filtersFor: (user) => [...FILTERS, `owner = ${user}`],
};
// #endregion state

const expected = {
  atModuleLevel: ['bob, bob', 'true, false, true', '3'],
  perCall: ['ann, bob', 'true, true, true', '2'],
};
for (const [name, code] of Object.entries({ atModuleLevel, perCall })) {
  // Ann's database answers when Bob's request has begun.
  const ann = code.caller('ann', () => bobCame);
  const bob = code.caller('bob', () => Promise.resolve(bobComes()));
  const callers = (await Promise.all([ann, bob])).join(', ');
  const skus = [1, 2, 3].map(() => code.isSku('ab1234')).join(', ');
  code.filtersFor('ann');
  const filters = code.filtersFor('bob');

  console.log(name);
  console.log('  ann and bob are taken for', callers);
  console.log('  the same article, 3 times', skus);
  console.log('  filters of bob           ', filters.join(', '));
  assert.deepEqual(
    [callers, skus, String(filters.length)],
    expected[name as keyof typeof expected],
  );
}
