import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';

const db = new Client({ connectionString: process.env.DATABASE_URL });
await db.connect();
await db.query(`
  DROP SCHEMA IF EXISTS schema_design_anomalies CASCADE;
  CREATE SCHEMA schema_design_anomalies;
  SET search_path TO schema_design_anomalies;
`);

// #region designs
/** One shop in two designs: the same requests, and what then is known. */
interface Design {
  tables: string;
  /** Ann has moved, and says so on the page of her order 3. */
  move: string;
  /** Order 4 is entered by hand, with the product's name spelt anew. */
  enterOrder4: string;
  listProduct: string;
  cancelOrder2: string;
  cityOfAnn: string;
  soldByName: string;
  products: string;
}

/** A row holds all that a line of an order shows. */
const oneTable: Design = {
  tables: `
    CREATE TABLE sale (
      order_id int, login text NOT NULL, city text NOT NULL,
      sku text, product text NOT NULL, quantity int NOT NULL,
      PRIMARY KEY (order_id, sku)
    );
    INSERT INTO sale VALUES
      (1, 'ann', 'Berlin', 'pot', 'Teapot', 2),
      (2, 'ben', 'Bremen', 'cup', 'Cup', 6),
      (3, 'ann', 'Berlin', 'pot', 'Teapot', 1)`,
  move: `UPDATE sale SET city = 'Bonn' WHERE order_id = 3`,
  enterOrder4: `INSERT INTO sale VALUES
    (4, 'ann', 'Bonn', 'pot', 'Tea pot', 4)`,
  listProduct: `INSERT INTO sale (sku, product) VALUES ('jug', 'Jug')`,
  cancelOrder2: `DELETE FROM sale WHERE order_id = 2`,
  cityOfAnn: `SELECT DISTINCT city AS answer FROM sale
    WHERE login = 'ann' ORDER BY 1`,
  soldByName: `SELECT product || ' ' || sum(quantity) AS answer
    FROM sale WHERE sku = 'pot' GROUP BY product ORDER BY 1`,
  products: `SELECT DISTINCT sku AS answer FROM sale ORDER BY 1`,
};

/** Third normal form: every column is a fact about its table's whole key. */
const fourTables: Design = {
  tables: `
    CREATE TABLE customer (login text PRIMARY KEY, city text NOT NULL);
    CREATE TABLE product (sku text PRIMARY KEY, name text NOT NULL);
    CREATE TABLE purchase (
      id int PRIMARY KEY, login text NOT NULL REFERENCES customer
    );
    CREATE TABLE purchase_line (
      purchase_id int REFERENCES purchase ON DELETE CASCADE,
      sku text REFERENCES product, quantity int NOT NULL,
      PRIMARY KEY (purchase_id, sku)
    );
    INSERT INTO customer VALUES
      ('ann', 'Berlin'), ('ben', 'Bremen');
    INSERT INTO product VALUES ('pot', 'Teapot'), ('cup', 'Cup');
    INSERT INTO purchase VALUES (1, 'ann'),
      (2, 'ben'), (3, 'ann');
    INSERT INTO purchase_line VALUES
      (1, 'pot', 2), (2, 'cup', 6), (3, 'pot', 1)`,
  move: `UPDATE customer SET city = 'Bonn'
    WHERE login = (SELECT login FROM purchase WHERE id = 3)`,
  enterOrder4: `WITH placed AS (
      INSERT INTO purchase VALUES (4, 'ann') RETURNING id
    ) INSERT INTO purchase_line SELECT id, 'pot', 4 FROM placed`,
  listProduct: `INSERT INTO product VALUES ('jug', 'Jug')`,
  cancelOrder2: `DELETE FROM purchase WHERE id = 2`,
  cityOfAnn: `SELECT city AS answer FROM customer
    WHERE login = 'ann'`,
  soldByName: `SELECT name || ' ' || sum(quantity) AS answer
    FROM purchase_line JOIN product USING (sku)
    WHERE sku = 'pot' GROUP BY name ORDER BY 1`,
  products: `SELECT sku AS answer FROM product ORDER BY 1`,
};
// #endregion designs

/** All answers to a question that should have one. */
async function answers(question: string): Promise<string> {
  const { rows } = await db.query<{ answer: string }>(question);
  return rows.map(({ answer }) => answer).join(', ');
}

/** `stored`, or the SQLSTATE with which the database refused. */
async function outcomeOf(statement: string): Promise<string> {
  try {
    await db.query(statement);
    return 'stored';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

async function storyOf(design: Design) {
  await db.query(design.tables);
  await db.query(design.move);
  const city = await answers(design.cityOfAnn);
  await db.query(design.enterOrder4);
  const sold = await answers(design.soldByName);
  const listed = await outcomeOf(design.listProduct);
  await db.query(design.cancelOrder2);
  const products = await answers(design.products);
  return { city, sold, listed, products };
}

const wide = await storyOf(oneTable);
const normal = await storyOf(fourTables);
const print = (what: string, ...cells: string[]) =>
  console.log(
    [what.padEnd(31), ...cells.map((cell) => cell.padEnd(19))]
      .join(' ')
      .trimEnd(),
  );
print('', 'one table', 'four tables');
print("Ann's city, changed once", wide.city, normal.city);
print('pots sold', wide.sold, normal.sold);
print('a product before its first sale', wide.listed, normal.listed);
print('products after order 2 is gone', wide.products, normal.products);
assert.deepEqual(wide, {
  city: 'Berlin, Bonn',
  sold: 'Tea pot 4, Teapot 3',
  listed: '23502',
  products: 'pot',
});
assert.deepEqual(normal, {
  city: 'Bonn',
  sold: 'Teapot 7',
  listed: 'stored',
  products: 'cup, jug, pot',
});

await db.query('DROP SCHEMA schema_design_anomalies CASCADE');
await db.end();
