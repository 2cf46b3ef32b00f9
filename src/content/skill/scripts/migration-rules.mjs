/** What is unsafe about one action of ALTER TABLE, or one other statement, while a table is in use. PostgreSQL 18. */

/** Functions that are evaluated once when a column is added, or are only the name of a type: no row has to be written. */
const STABLE = new Set(
  'now transaction_timestamp statement_timestamp current_setting current_database current_schema version date_trunc lower upper trim btrim concat length abs round floor ceil coalesce nullif greatest least cast array decode encode md5 numeric decimal varchar char interval timestamp timestamptz date time int4range daterange tstzrange make_date make_interval make_timestamptz to_date to_timestamp to_jsonb jsonb_build_object jsonb_build_array json_build_object json_build_array'.split(
    ' ',
  ),
);
const NAME = String.raw`(?:"[^"]*"|[\p{L}_][\p{L}\p{N}_$]*)`;
const CONSTRAINT = `^add (?:constraint (?:if not exists )?${NAME} )?`;
const SERIAL = / (?:small|big)?serial[248]?(?: |$)/;

const NOBODY = 'while nobody can read or write';
const IN_USE = 'code that runs now still uses it, and fails until the deployment is over';
const REWRITES = 'every row is written again';
const LATER = 'add it by itself as NOT VALID, and VALIDATE it in the next migration';
const BATCHES = 'fill a new column in batches, kept in step by a trigger';
const BUILT_BEFORE = 'CREATE UNIQUE INDEX CONCURRENTLY, then ADD ... USING INDEX';

/** Each has the action's words, and what it says: the rule, the problem and what to do instead. */
const ACTIONS = [
  [`^alter (?:column )?${NAME} (?:set data )?type (?:text|varchar|character varying)$`],
  [
    `^alter (?:column )?${NAME} (?:set data )?type `,
    'rewrite',
    `${REWRITES} unless it widens a varchar or numeric`,
    BATCHES,
  ],
  [`${CONSTRAINT}foreign key(?!.* not valid$)`, 'not-valid', 'reads every row while nobody can write', LATER],
  [`${CONSTRAINT}(?:check|not null)(?!.* not valid$)`, 'not-valid', `reads every row ${NOBODY}`, LATER],
  [`${CONSTRAINT}(?:unique|primary key)(?!.* using index )`, 'unique', `builds an index ${NOBODY}`, BUILT_BEFORE],
  [`${CONSTRAINT}exclude`, 'unique', `builds an index ${NOBODY}`, 'add it while the table is small, or not in use'],
  [
    `^alter (?:column )?${NAME} set not null`,
    'set-not-null',
    `reads every row ${NOBODY}`,
    'ADD CONSTRAINT ... NOT NULL ... NOT VALID, and VALIDATE it in the next migration',
  ],
  [`^alter (?:column )?${NAME} set expression`, 'rewrite', `${REWRITES} if the column is stored`, BATCHES],
  ['^drop (?!constraint )', 'drop-column', IN_USE, 'drop it in a later release than the one that stops using it'],
  [
    '^rename (?!constraint )',
    'rename',
    IN_USE,
    'add the new name, keep both in step, and drop the old one in a later release',
  ],
  ['^set schema ', 'rename', IN_USE, 'leave a view of the old name behind'],
  ['^set (?:tablespace|logged|unlogged|access method)', 'rewrite', REWRITES, 'do it while the table is not in use'],
].map(([source, ...says]) => [new RegExp(source, 'u'), says]);

const STATEMENTS = [
  [
    /^create (?:unique )?index (?!concurrently)/,
    'index',
    'nobody can write to the table until it is built',
    'CREATE INDEX CONCURRENTLY, alone in its file',
  ],
  [
    /^create (?:unique )?index concurrently if not exists/,
    'invalid-index',
    'an INVALID index that an earlier try left counts as existing',
    'leave out IF NOT EXISTS, and REINDEX what a failed build leaves',
  ],
  [
    /^reindex (?!.*concurrently)/,
    'index',
    'nobody can write to the table until it is built',
    'REINDEX ... CONCURRENTLY',
  ],
  [/^(?:vacuum (?:\( )?full|cluster)/, 'rewrite', `${REWRITES} ${NOBODY}`, 'do it while the table is not in use'],
  [
    /^refresh materialized view (?!concurrently)/,
    'rewrite',
    'nobody can read the view until it is filled',
    'REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index',
  ],
  [
    /^alter type .* rename (?:value|attribute|to) /,
    'rename',
    IN_USE,
    'add the new value, move the rows, and leave the old one',
  ],
  [/^drop table /, 'drop-table', IN_USE, 'drop it in a later release than the one that stops using it'],
  [
    /^truncate /,
    'data',
    `all rows are gone, ${NOBODY} until the transaction ends`,
    'delete in batches what nobody needs',
  ],
  [
    /^(?:update|delete from) (?!.* where )/,
    'data',
    'all rows stay locked until the transaction ends',
    'go by ranges of the key, a transaction for each',
  ],
];

/** What is unsafe about one action of ALTER TABLE, such as `add column c int`; undefined for nothing. */
export function problemOfAction(action) {
  const [, says] = ACTIONS.find(([pattern]) => pattern.test(action)) ?? [];
  const adds = /^add (?!constraint |check |foreign key|unique |primary key|exclude |not null )/.test(action);
  const problem = says ?? (adds ? problemOfColumn(action) : []);
  return problem.length > 0 ? problem : undefined;
}

/** What is unsafe about a statement other than ALTER TABLE; undefined for nothing. */
export const problemOfStatement = (phrase) => STATEMENTS.find(([pattern]) => pattern.test(phrase))?.slice(1);

function problemOfColumn(action) {
  const outside = outsideParentheses(action);
  const says = (pattern) => pattern.test(outside);
  const identity = says(/ as identity/) || says(SERIAL);
  if (identity)
    return ['rewrite', `${REWRITES} to be numbered`, 'fill a plain column in batches, then attach the sequence'];
  if (says(/ generated always as .*stored/))
    return ['rewrite', REWRITES, 'make it VIRTUAL, or fill a plain column in batches'];

  const filled = says(/ default (?!null)/);
  const [, after = ''] = / default (.*)$/.exec(action) ?? [];
  const [expression] = after.split(/ (?:constraint|check|unique|primary key|references|not null)(?= |$)/);
  const called = [...expression.matchAll(new RegExp(`(${NAME}) \\(`, 'gu'))].map(([, name]) => name);
  const unknown = called.find((name) => !STABLE.has(name));
  if (unknown)
    return [
      'volatile-default',
      `${REWRITES} if ${unknown}() is volatile`,
      'add the column, then SET DEFAULT, and fill old rows in batches',
    ];

  const required = says(/ not null| primary key/) && !says(/ generated /);
  if (required && !filled)
    return [
      'not-null',
      'fails with 23502 if the table has a row',
      'give it a DEFAULT, or add it nullable and fill it first',
    ];
  if (says(/ unique| primary key/)) return ['unique', `builds an index ${NOBODY}`, BUILT_BEFORE];
  if (says(/ check/)) return ['not-valid', `reads every row ${NOBODY}`, LATER];
  // Any default brings the scan, NULL as well.
  if (says(/ references /) && says(/ default /)) return ['not-valid', 'reads every row while nobody can write', LATER];
  return [];
}

function outsideParentheses(phrase) {
  let depth = 0;
  const isOutside = (word) => {
    if (word === ')') depth--;
    return depth === 0 && word !== ')' && word !== '(' ? true : ((depth += word === '(' ? 1 : 0), false);
  };
  return phrase.split(' ').filter(isOutside).join(' ');
}
