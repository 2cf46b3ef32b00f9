import type { Grader } from '../kit.ts';

type Node = {
  'Node Type': string;
  'Index Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
};

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

export const grade: Grader = async function* (kit) {
  const [query, index] = [kit.text('query.sql'), kit.text('index.sql')];
  if (!query || !index) throw new Error('there is no query.sql or no index.sql');
  await kit.startTables();
  await kit.pool.query(`
    INSERT INTO ticket SELECT n, n % 40, CASE WHEN n % 25 < 2 THEN 'open' ELSE 'closed' END,
      timestamptz '2026-01-01Z' + (n * 7919 % 60000) * interval '1 minute', repeat('x', 80) FROM generate_series(1, 60000) AS n`);
  const inTransaction = await kit.pool.query(`BEGIN; ${index}; ROLLBACK`).then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
  yield [
    inTransaction === '25001',
    `inside a transaction: ${inTransaction}; outside it locks writes out if that is "done"`,
  ];
  await kit.pool.query('ROLLBACK');
  for (const statement of index.split(/;\s*$/m).filter((part) => part.trim())) await kit.pool.query(statement);
  await kit.pool.query('VACUUM (ANALYZE) ticket');

  const explained = await kit.pool.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${query.replace('$1', '7')}`,
  );
  const plan = explained.rows[0]!['QUERY PLAN'][0]!.Plan;
  const nodes = nodesOf(plan).map((node) => node['Node Type']);
  const buffers = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  yield [buffers <= 60, `${buffers} buffers: ${nodes.join(' <- ')}`];
  yield [!nodes.some((node) => /Sort/.test(node)), nodes.join(' <- ')];

  const name = nodesOf(plan).flatMap((node) => node['Index Name'] ?? [])[0];
  const entries = name ? await kit.value('SELECT reltuples::int FROM pg_class WHERE relname = $1', [name]) : -1;
  yield [entries > 0 && entries < 6000, `${name ?? 'no index'}: ${entries} of 60000 rows`];
  const added = await kit.value("SELECT count(*)::int FROM pg_index WHERE indrelid = 'ticket'::regclass");
  yield [added === 2, `${added - 1} indexes beside the primary key`];
};
