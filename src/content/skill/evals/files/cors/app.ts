import express from 'express';

export function makeApp(_origins: string[]) {
  const notes: string[] = [];
  const app = express();
  // The cookie of the session is checked further up, by the gateway. Which origins may call us is not, yet.
  app.use(express.json(), express.urlencoded());
  app.get('/notes', (_request, response) => void response.json({ notes }));
  app.post('/notes', (request, response) => {
    notes.push(String((request.body as { text?: unknown }).text));
    response.status(201).json({ notes });
  });
  return app;
}
