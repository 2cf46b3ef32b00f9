import express, { type RequestHandler } from 'express';

export function makeApp(staffToken: string) {
  const onlyStaff: RequestHandler = (request, response, next) => {
    if (request.headers.authorization === `Bearer ${staffToken}`) return next();
    response.status(401).set('WWW-Authenticate', 'Bearer').json({ error: 'Staff only.' });
  };

  const app = express();
  app.use('/admin', onlyStaff);
  app.get('/', (_request, response) => void response.json({ hello: 'world' }));
  app.get('/administrators', (_request, response) => void response.json({ names: ['ana'] }));
  app.get('/admin', (_request, response) => void response.json({ page: 'dashboard' }));
  app.get('/admin/users', (_request, response) => void response.json({ users: [] }));
  app.get('/admin/users/:id/orders', (_request, response) => void response.json({ orders: [] }));
  return app;
}
