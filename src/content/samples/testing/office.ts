import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import request from 'supertest';
import type { Case } from './cases.ts';
import { appOn } from './desks.ts';

const SCHEMA = `
  DROP SCHEMA IF EXISTS testing_desks CASCADE;
  CREATE SCHEMA testing_desks;
  CREATE TABLE testing_desks.desk (name text PRIMARY KEY);
  CREATE TABLE testing_desks.booking (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    desk  text NOT NULL CONSTRAINT booking_desk_fkey
            REFERENCES testing_desks.desk,
    day   date NOT NULL,
    owner text NOT NULL,
    CONSTRAINT booking_desk_day_key UNIQUE (desk, day)
  );
`;

async function listening(server: Server): Promise<number> {
  server.listen(0);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

// #region office
/** The API on a real database, beside a service that a test can stop. */
export async function openOffice(connectionString = '') {
  const pool = new Pool({ connectionString });
  await pool.query(SCHEMA);

  /** Somebody else's service: ours to imitate, at the network. */
  const asked: string[] = [];
  const service = createServer((req, res) => {
    asked.push(req.url ?? '');
    res.statusCode = req.url === '/ben' ? 404 : 204;
    res.end();
  });
  const gone = createServer();
  const [here, nowhere] = [await listening(service), await listening(gone)];
  await closed(gone);
  const nobody = new Pool({ host: '127.0.0.1', port: nowhere });

  const logged: unknown[] = [];
  const office = {
    asked,
    appWithout(down?: Case['request']['down']) {
      const port = down === 'badges' ? nowhere : here;
      return appOn({
        db: down === 'database' ? nobody : pool,
        users: new Map(
          ['ada', 'ben', 'eve'].map((name) => [`token-of-${name}`, name]),
        ),
        badges: `http://localhost:${port}`,
        log: (error) => void logged.push(error),
      });
    },
    /** One booking of Ada's: what each test begins with. */
    async reset() {
      asked.length = logged.length = 0;
      await pool.query(`
        TRUNCATE testing_desks.desk, testing_desks.booking RESTART IDENTITY;
        INSERT INTO testing_desks.desk VALUES ('A1'), ('A2');
        INSERT INTO testing_desks.booking (desk, day, owner)
        VALUES ('A1', '2026-05-04', 'ada');
      `);
    },
    send({ method, path, token, body, down }: Case['request']) {
      const call = request(office.appWithout(down))[method](path);
      if (token) call.auth(token, { type: 'bearer' });
      return call.send(body);
    },
    /** What the request may have left behind. */
    async after() {
      const text = 'SELECT FROM testing_desks.booking';
      const { rowCount: bookings } = await pool.query(text);
      return { bookings, logged: logged.length };
    },
    async close() {
      await closed(service);
      await Promise.all([pool.end(), nobody.end()]);
    },
  };
  return office;
}
// #endregion office
