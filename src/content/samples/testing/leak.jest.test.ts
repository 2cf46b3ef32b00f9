import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from '@jest/globals';
import express from 'express';

const app = express();

// #region leaks
// Neither test closes what it opened.
test('listens at once', async () => {
  const server = app.listen(0);
  await once(server, 'listening');
});

test('listens after an await', async () => {
  await nextTurn();
  const server = app.listen(0);
  await once(server, 'listening');
});
// #endregion leaks
