import express from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { PrismaClient, Role } from '../prisma/client/client.ts';
import { catalogueOf } from './catalogue.ts';
import { guardOn } from './guard.ts';
import { ordersIn } from './orders.ts';
import { answerWith, Problem } from './problems.ts';

export type Parts = {
  db: PrismaClient;
  redis?: Redis | undefined;
  /** Requests that one address may send in a minute. */
  perMinute: number;
  /** Hears of every answer from 500 on. */
  log: (error: unknown) => void;
};

const STAFF: readonly Role[] = ['OWNER', 'ADMIN'];
const EVERYONE: readonly Role[] = [...STAFF, 'MEMBER'];

// #region api
const Id = z.uuid().toLowerCase();
// At their largest these bounds give a total that the column can hold.
const Line = z.strictObject({
  sku: z.string().regex(/^[\w-]{1,40}$/),
  quantity: z.int().min(1).max(100),
});
const NewOrder = z.strictObject({
  lines: z
    .array(Line)
    .min(1)
    .max(20)
    .refine((all) => new Set(all.map(({ sku }) => sku)).size === all.length, {
      message: 'names a product twice',
    }),
});
const Price = z.strictObject({ priceCents: z.int().min(0).max(1_000_000) });
const Page = z.strictObject({ before: Id.optional() });

/** The whole API, on the parts that it is given. */
export function apiOn({ db, redis, perMinute, log }: Parts) {
  const app = express();
  const as = guardOn(db);
  const orders = ordersIn(db);
  const catalogue = catalogueOf(db, redis);

  app.use(helmet());
  app.use(
    rateLimit({
      limit: perMinute,
      windowMs: 60_000,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      handler: () => {
        throw new Problem(429);
      },
    }),
  );
  app.use(express.json({ limit: '8kb' }));

  app.get(
    '/:org/orders',
    as(EVERYONE, async (actor, req, res) => {
      const { before } = Page.parse(req.query);
      res.json(await orders.list(actor, before));
    }),
  );
  app.get(
    '/:org/orders/:id',
    as(EVERYONE, async (actor, req, res) => {
      const order = await orders.find(actor, Id.parse(req.params.id));
      if (!order) throw new Problem(404);
      res.json(order);
    }),
  );
  app.put(
    '/:org/orders/:id',
    as(EVERYONE, async (actor, req, res) => {
      const id = Id.parse(req.params.id);
      const { lines } = NewOrder.parse(req.body);
      const outcome = await orders.place(actor, id, lines);
      switch (outcome.is) {
        case 'placed':
          return res.status(201).json(outcome.order);
        case 'repeated':
          return res.json(outcome.order);
        case 'unavailable':
          throw new Problem(409, { unavailable: outcome.sku });
        case 'taken':
          throw new Problem(409, { detail: 'The id is in use' });
      }
    }),
  );
  // #endregion api

  const products = '/:org/products';
  app.get(
    products,
    as(EVERYONE, async (actor, _req, res) =>
      res.json(await catalogue.list(actor)),
    ),
  );
  app.patch(
    `${products}/:sku`,
    as(STAFF, async (actor, req, res) => {
      const { priceCents } = Price.parse(req.body);
      const sku = Line.shape.sku.parse(req.params.sku);
      if (!(await catalogue.price(actor, sku, priceCents))) {
        throw new Problem(404);
      }
      res.sendStatus(204);
    }),
  );
  app.use(() => {
    throw new Problem(404);
  });
  app.use(answerWith(log));
  return app;
}
