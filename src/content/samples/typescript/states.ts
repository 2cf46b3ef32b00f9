import assert from 'node:assert/strict';
import { z } from 'zod';

/** What each account holds. */
const balances = new Map<string, number>();

// #region states
/** Checked once, where it enters; a plain text is none from then on. */
const AccountId = z
  .string()
  .regex(/^acc_\d+$/)
  .brand<'AccountId'>();
const OrderId = z
  .string()
  .regex(/^ord_\d+$/)
  .brand<'OrderId'>();
type AccountId = z.infer<typeof AccountId>;
type OrderId = z.infer<typeof OrderId>;

/** Any two texts fit, in any order. */
function creditText(account: string, order: string, cents: number) {
  balances.set(account, (balances.get(account) ?? 0) + cents);
  return `${order} paid`;
}

/** The same function, for those who say what they mean. */
function credit(account: AccountId, order: OrderId, cents: number) {
  return creditText(account, order, cents);
}

const STATUSES = ['PENDING', 'PAID', 'SHIPPED', 'REFUNDED'] as const;
type Status = (typeof STATUSES)[number];

/** Was complete until REFUNDED came. */
function labelByDefault(status: Status): string {
  switch (status) {
    case 'PENDING':
      return 'Waiting for payment';
    case 'PAID':
      return 'Packing';
    default:
      return 'On its way';
  }
}

/** Does not compile until it is complete; throws for what it never heard of. */
function label(status: Status): string {
  switch (status) {
    case 'PENDING':
      return 'Waiting for payment';
    case 'PAID':
      return 'Packing';
    case 'SHIPPED':
      return 'On its way';
    case 'REFUNDED':
      return 'Money returned';
    default:
      status satisfies never;
      throw new TypeError(`unknown status ${String(status)}`);
  }
}

/** The compiler's half of the proof: each line below must be an error. */
function refused(status: Status, account: AccountId, order: OrderId) {
  // @ts-expect-error The order of the arguments.
  credit(order, account, 100);
  // @ts-expect-error A text that nobody has checked.
  credit('acc_1', order, 100);
  if (status === 'PENDING' || status === 'PAID') return;
  if (status === 'SHIPPED') return;
  // @ts-expect-error REFUNDED is left over.
  status satisfies never;
}
// #endregion states
void refused; // read by the compiler, never called

creditText('ord_7', 'acc_1', 100); // compiles
console.log('texts swapped      acc_1', balances.get('acc_1') ?? 0);
assert.equal(balances.get('acc_1'), undefined);
balances.clear();
credit(AccountId.parse('acc_1'), OrderId.parse('ord_7'), 100);
console.log('ids in order       acc_1', balances.get('acc_1') ?? 0);
assert.equal(balances.get('acc_1'), 100);
const swapped = AccountId.safeParse('ord_7');
console.log('ord_7 as account  ', swapped.success ? 'accepted' : 'refused');
assert(!swapped.success);

/** As a row may hold it: written by a release that knows one state more. */
const fromRow = 'LOST' as Status;
for (const way of [labelByDefault, label]) {
  const seen = ['REFUNDED' as const, fromRow].map((status) => {
    try {
      return way(status);
    } catch (error) {
      return String(error);
    }
  });
  console.log(way.name.padEnd(18), seen.join(', '));
  const isBad = way === labelByDefault;
  assert.deepEqual(
    seen,
    isBad
      ? ['On its way', 'On its way']
      : ['Money returned', 'TypeError: unknown status LOST'],
  );
}
assert(!z.enum(STATUSES).safeParse(fromRow).success);
