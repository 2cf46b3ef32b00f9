import { createServer } from 'node:http';
import { test } from 'node:test';

// #region leaks
// Neither test closes what it opened.
test('listens at once', () => {
  const server = createServer();
  server.listen(0);
});

test('listens after an await', async () => {
  await Promise.resolve();
  const server = createServer();
  server.listen(0);
});
// #endregion leaks
