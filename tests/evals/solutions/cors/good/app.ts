import cors from 'cors';
import express from 'express';

export function makeApp(origins: string[]) {
  const notes: string[] = [];
  const app = express();
  app.use(cors({ origin: origins, credentials: true, maxAge: 600 }));
  // CORS hides answers from a foreign page. That the request is not carried out is a check of its own.
  app.use((request, response, next) => {
    const { origin } = request.headers;
    const reads = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (reads || origin === undefined || origins.includes(origin)) return next();
    response.status(403).json({ error: 'Not from this origin.' });
  });
  app.use(express.json(), express.urlencoded());
  app.get('/notes', (_request, response) => void response.json({ notes }));
  app.post('/notes', (request, response) => {
    notes.push(String((request.body as { text?: unknown }).text));
    response.status(201).json({ notes });
  });
  return app;
}
