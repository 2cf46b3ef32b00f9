import { STATUS_CODES } from 'node:http';
import express, { type ErrorRequestHandler, type Response } from 'express';
import { DatabaseError } from 'pg';
import { z } from 'zod';

/** Says no more than the status does (RFC 9457). */
const problem = (res: Response, status: number) =>
  void res
    .status(status)
    .type('application/problem+json')
    .json({ type: 'about:blank', title: STATUS_CODES[status], status });

/** Something that a request cannot do without did not answer. */
class Unavailable extends Error {}

/** Whether the door opens for this user. */
async function mayEnter(badges: string, user: string): Promise<boolean> {
  const signal = AbortSignal.timeout(10_000);
  const { status } = await fetch(`${badges}/${user}`, { signal }).catch(
    (cause: unknown) => {
      throw new Unavailable('no answer from the badges', { cause });
    },
  );
  if (status === 204 || status === 404) return status === 204;
  throw new Unavailable(`the badges answered ${status}`);
}

type Fault = Error & { status?: number; code?: string };

/** Answers for what no route has answered for. */
const lastResort =
  (log: (error: unknown) => void): ErrorRequestHandler =>
  (error: Fault, _req, res, next) => {
    if (res.headersSent) return next(error);
    // What Express or `express.json` could not read: 400, 413 or 415.
    if (error.status && error.status < 500) return problem(res, error.status);
    log(error);
    const away = error instanceof Unavailable || error.code === 'ECONNREFUSED';
    problem(res, away ? 503 : 500);
  };

// #region api
interface Parts {
  /** A `Pool`, or whatever else can run a statement. */
  db: {
    query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
  };
  /** Who has which token. */
  users: Map<string, string>;
  /** Where the service is that knows whose badge opens the door. */
  badges: string;
  log: (error: unknown) => void;
}

const NewBooking = z.strictObject({ day: z.iso.date() });
const Desk = z.string().regex(/^[A-Z]\d{1,3}$/);
const Id = z.string().regex(/^[1-9]\d{0,8}$/);

const REFUSED: Record<string, number> = {
  booking_desk_fkey: 404,
  booking_desk_day_key: 409,
};

/** Takes from outside all that a test may want to choose. */
export function appOn({ db, users, badges, log }: Parts) {
  const app = express().use(express.json());

  app.use((req, res, next) => {
    const [, token = ''] =
      /^Bearer (\S+)$/.exec(req.get('authorization') ?? '') ?? [];
    const user = users.get(token);
    if (!user) return problem(res.set('WWW-Authenticate', 'Bearer'), 401);
    res.locals['user'] = user;
    next();
  });

  app.post('/desks/:desk/bookings', async (req, res) => {
    const body = NewBooking.safeParse(req.body);
    if (!body.success) return problem(res, 400);
    if (!Desk.safeParse(req.params.desk).success) return problem(res, 404);
    const user = res.locals['user'] as string;
    if (!(await mayEnter(badges, user))) return problem(res, 403);
    const values = [req.params.desk, body.data.day, user];
    try {
      const { rows } = await db.query(
        `INSERT INTO testing_desks.booking (desk, day, owner)
         VALUES ($1, $2, $3) RETURNING id, desk, day::text`,
        values,
      );
      res.status(201).json(rows[0]);
    } catch (error) {
      const known = error instanceof DatabaseError ? error.constraint : '';
      const status = REFUSED[known ?? ''];
      if (!status) throw error;
      problem(res, status);
    }
  });

  app.get('/bookings/:id', async (req, res) => {
    if (!Id.safeParse(req.params.id).success) return problem(res, 400);
    const { rows } = await db.query(
      `SELECT id, desk, day::text FROM testing_desks.booking
       WHERE id = $1 AND owner = $2`,
      [req.params.id, res.locals['user']],
    );
    // Somebody else's is answered as one that is not there.
    if (!rows[0]) return problem(res, 404);
    res.json(rows[0]);
  });

  return app.use(lastResort(log));
}
// #endregion api
