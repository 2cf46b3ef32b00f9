import cors from 'cors';
import express from 'express';

export function makeApp(origins: string[]) {
  const notes: string[] = [];
  const app = express();
  // Our pages live on several subdomains.
  const ours = new RegExp(origins.map((origin) => origin.replace('https://', '')).join('|'));
  app.use(cors({ origin: ours, credentials: true }));
  app.use(express.json(), express.urlencoded());
  app.get('/notes', (_request, response) => void response.json({ notes }));
  app.post('/notes', (request, response) => {
    notes.push(String((request.body as { text?: unknown }).text));
    response.status(201).json({ notes });
  });
  return app;
}
