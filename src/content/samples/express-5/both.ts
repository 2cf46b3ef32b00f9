import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express5, { type ErrorRequestHandler, type Express } from 'express';
// @ts-expect-error An alias of express@4, which brings no types of its own.
import untyped from 'express4';

// What Express 4 calls deprecated is what this topic is about.
process.on('deprecation', () => {});

// #region both
/** "express4": "npm:express@4" in package.json installs it beside 5. */
export const express4 = untyped as typeof express5;

export type Routes = (app: Express, express: typeof express5) => void;

/** What one app answers to one request, on Express 4 and on Express 5. */
export async function both(
  routes: Routes,
  path: string,
  request: RequestInit = {},
  shown: (response: Response) => Promise<string> = statusAndBody,
): Promise<[four: string, five: string]> {
  const answer = async (express: typeof express5) => {
    const app = express();
    app.set('env', 'test'); // leaves stderr alone
    try {
      routes(app, express);
    } catch (error) {
      return `does not start: ${String(error)}`;
    }
    app.use(reply);
    const server = app.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://localhost:${port}${path}`;
    const response = await fetch(url, { redirect: 'manual', ...request });
    const seen = await shown(response);
    server.close();
    await once(server, 'close');
    return seen;
  };
  return [await answer(express4), await answer(express5)];
}
// #endregion both

const statusAndBody = async (response: Response) =>
  `${response.status} ${await response.text()}`.trim();

const reply: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(500).type('text').send(String(error));
};
