import { createServer } from 'node:http';
import { afterAll, test } from '@jest/globals';

const server = createServer();
afterAll(() => void server.close());

test('listens, and is closed', () => {
  server.listen(0);
});
