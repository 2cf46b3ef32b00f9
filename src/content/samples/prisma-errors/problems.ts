import { Prisma } from '../prisma/client/client.ts';

/** RFC 9457, with the members of the body that have to change. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  errors?: { pointer: string }[];
};

type Known = Prisma.PrismaClientKnownRequestError;

// #region problems
const problem = (name: string, title: string, status: number): Problem => ({
  type: `https://api.example.com/problems/${name}`,
  title,
  status,
});

const NOT_FOUND = problem('not-found', 'There is no such thing', 404);
const TAKEN = problem('taken', 'The value is already in use', 409);
const IN_USE = problem('in-use', 'Other things still refer to it', 409);
const REFUSED = problem('refused', 'Its present state forbids this', 409);
const DANGLING = problem('dangling', 'It refers to what is not there', 422);
const BAD_VALUE = problem('bad-value', 'A value cannot be stored', 400);
const BUSY = problem('busy', 'Try again later', 503);

/** P-codes, and SQLSTATEs for what Prisma calls P2010 or P2039. */
const CODES: [Problem, ...string[]][] = [
  [NOT_FOUND, 'P2025'],
  [TAKEN, 'P2002', '23505'],
  [REFUSED, '23514'],
  [DANGLING, 'P2003', '23503'],
  [IN_USE, '23001'],
  [BAD_VALUE, 'P2000', 'P2007', 'P2020', '22001', '22003', '22021', '22P02'],
  [BUSY, 'P1001', 'P2028', 'P2034', 'P2037', '40001', '40P01', '53300'],
];
const PROBLEM_OF = new Map(
  CODES.flatMap(([found, ...codes]) =>
    codes.map((code) => [code, found] as const),
  ),
);

/** From pg's pool, and all that there is to know them by. */
const POOL_TIMEOUTS = [
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
];

/** Our own names of constraints, and which member of a body meets them. */
export const MEMBER_OF = new Map([
  ['user_account_email_key', 'email'],
  ['product_organisation_id_sku_key', 'sku'],
  ['product_organisation_id_fkey', 'organisationId'],
  ['product_stock_check', 'quantity'],
]);

/** What a client may hear of an error; undefined for what is our fault. */
export function problemOf(error: unknown, method: string) {
  if (!(error instanceof Error)) return undefined;
  if (POOL_TIMEOUTS.includes(error.message)) return BUSY;
  // P2028 as well, but a second try would write everything again.
  if (error.message.includes('on a committed transaction')) return undefined;
  if (isCommitConflict(error)) return BUSY;
  if (!isKnown(error)) return undefined;

  const found = PROBLEM_OF.get(sqlStateOf(error) ?? error.code);
  const isDeletion = found === DANGLING && method === 'DELETE';
  // No member of the body is at fault.
  if (isDeletion || found === IN_USE) return IN_USE;
  const member = found && memberOf(error);
  return member ? { ...found, errors: [{ pointer: `#/${member}` }] } : found;
}

/** 40001 that comes only with COMMIT, to which Prisma 7.10 gives no code. */
const isCommitConflict = ({ name, message }: Error) =>
  name === 'DriverAdapterError' && message === 'TransactionWriteConflict';

/** By name as well: another copy of Prisma has a class of its own. */
const isKnown = (error: Error): error is Known =>
  error instanceof Prisma.PrismaClientKnownRequestError ||
  error.name === 'PrismaClientKnownRequestError';

/** The SQLSTATE that P2010 and P2039 quote. */
const sqlStateOf = ({ message }: Known) =>
  /(?:Raw query failed|Database error)\. Code: `(\w{5})`/.exec(message)?.[1];

/** A name of ours in the message, in whichever quotes. */
const memberOf = ({ message }: Known) =>
  [...message.matchAll(/[`"](\w+)[`"]/g)]
    .map(([, name = '']) => MEMBER_OF.get(name))
    .find((member) => member !== undefined);
// #endregion problems
