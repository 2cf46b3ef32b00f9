import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Client } from 'pg';
import { ownDatabase } from './database.ts';

// #region sales
const { DATABASE_URL, GATE = '', SHARED } = process.env;
let db: Client;
before(async () => {
  db = SHARED
    ? new Client({ connectionString: DATABASE_URL })
    : await ownDatabase();
  await db.connect();
});
beforeEach(() => db.query('TRUNCATE article RESTART IDENTITY'));
after(() => db.end());

/** Until the other file has come as far, as it may on any day. */
const meet = async () => assert.equal((await fetch(GATE)).status, 204);

test('an article is for sale', async () => {
  await meet();
  await db.query(`INSERT INTO article (name) VALUES ('Rope')`);
  await meet();
  const { rowCount } = await db.query('SELECT FROM article');
  assert.equal(rowCount, 1);
});
// #endregion sales
