/** What can become of a request, whatever the endpoint. */
export const OUTCOMES = [
  'success',
  'invalid input',
  'not allowed',
  'missing or taken',
  'dependency down',
] as const;

interface Request {
  method: 'get' | 'post';
  path: string;
  token: string;
  body?: object;
  down?: 'badges' | 'database';
}

type Row = [
  outcome: (typeof OUTCOMES)[number],
  success: Request,
  difference: Partial<Request>,
  status: number,
];

// #region cases
// Ada booked A1 for 4 May. Eve has a badge as well, and Ben has none.
const day = '2026-05-04';
const token = 'token-of-ada';
const POST: Request = {
  method: 'post',
  path: '/desks/A2/bookings',
  token,
  body: { day },
};
const GET: Request = { method: 'get', path: '/bookings/1', token };

/** Each differs from the success in one thing, and fails for that alone. */
const rows: Row[] = [
  ['success', POST, {}, 201],
  ['invalid input', POST, { body: { day: '2026-02-30' } }, 400],
  ['invalid input', POST, { body: { day, owner: 'eve' } }, 400],
  ['not allowed', POST, { token: '' }, 401],
  ['not allowed', POST, { token: 'token-of-ben' }, 403],
  ['missing or taken', POST, { path: '/desks/Z9/bookings' }, 404],
  ['missing or taken', POST, { path: '/desks/A1/bookings' }, 409],
  ['dependency down', POST, { down: 'badges' }, 503],

  ['success', GET, {}, 200],
  ['invalid input', GET, { path: '/bookings/x' }, 400],
  ['not allowed', GET, { token: '' }, 401],
  ['not allowed', GET, { token: 'token-of-eve' }, 404],
  ['missing or taken', GET, { path: '/bookings/999' }, 404],
  ['dependency down', GET, { down: 'database' }, 503],
];

export const cases = rows.map(([outcome, success, difference, status]) => {
  const request = { ...success, ...difference };
  const name = `${request.method} ${request.path}: ${outcome}, ${status}`;
  // Nothing but a success may write, and nothing but a fault is logged.
  const after = { bookings: status === 201 ? 2 : 1, logged: +(status > 499) };
  return { outcome, name, request, status, after };
});
// #endregion cases

export type Case = (typeof cases)[number];
