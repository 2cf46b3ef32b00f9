/** Reads a migration statement by statement, and remembers what the ones before it did. */
import { problemOfAction, problemOfStatement } from './migration-rules.mjs';
import { statementsOf } from './sql.mjs';

/** Takes a lock that stops writers or readers, if only for a moment once it is there. */
const STRONG =
  /^(?:alter table|alter index|drop (?:table|index|trigger|view|materialized|policy|rule)|create (?:or replace )?(?:constraint )?(?:trigger|rule|policy)|create (?:unique )?index|truncate|lock|reindex|cluster|vacuum)/;
const CONCURRENT =
  /^(?:create (?:unique )?index|drop index|reindex \S+) concurrently|^alter table .* detach .* concurrently/;
const CREATES = /^create (?:(?:unlogged|temp|temporary|global|local|foreign) )*(?:table|type|materialized view) /;
const SETTINGS = /^(?:set|reset|begin|start transaction|commit|end|rollback)(?: |$)/;

const NAME = String.raw`((?:"[^"]*"|[\p{L}_][\p{L}\p{N}_$]*)(?: \. (?:"[^"]*"|[\p{L}_][\p{L}\p{N}_$]*))*)`;
const ON = new RegExp(`^(?:create|drop) (?:\\S+ )*?(?:index|trigger|policy|rule) .*?(?<!\\w)on (?:only )?${NAME}`, 'u');
const DIRECT = new RegExp(
  '^(?:create|alter|drop|truncate|lock|update|delete from|insert into|reindex|refresh|cluster|vacuum)' +
    '(?: (?:or replace|unlogged|temp|temporary|foreign|materialized|full|table|type|view|index|concurrently|only|if not exists|if exists))* ' +
    NAME,
  'u',
);

/**
 * The findings of one file. `autocommit` sends each statement by itself, `roleTimeout` says that there is a lock_timeout
 * already, and `proven` remembers from file to file the constraints that rule out NULL.
 */
export function findingsIn(file, sql, how, proven) {
  const statements = statementsOf(sql).flatMap((tokens) => [tokens, ...blockOf(tokens)]);
  const phrases = statements.map(phraseOf);
  const alone = phrases.every((phrase) => CONCURRENT.test(phrase));
  const fresh = {
    open: false,
    created: new Set(),
    limit: how.roleTimeout,
    strong: false,
    unchecked: new Set(),
    values: [],
  };
  const state = { ...fresh, ...how, alone, proven };
  return statements.flatMap((tokens, index) => {
    const phrase = phrases[index];
    const shown = phrase.length > 100 ? `${phrase.slice(0, 99)}…` : phrase;
    const problems = SETTINGS.test(phrase) ? followed(tokens, phrase, state) : problemsOf(tokens, phrase, state);
    const line = tokens[0].line;
    return problems.map(([rule, problem, instead]) => ({ file, line, rule, statement: shown, problem, instead }));
  });
}

/** Follows BEGIN, COMMIT and the lock_timeout, whose LOCAL form ends with its transaction. */
function followed(tokens, phrase, state) {
  if (/^(?:begin|start transaction)(?: |$)/.test(phrase)) state.open = true;
  if (/^(?:commit|end|rollback)(?: work| transaction)?$/.test(phrase)) {
    Object.assign(state, { open: false, strong: false, values: [], unchecked: new Set() });
    if (state.limit === 'local') state.limit = state.roleTimeout;
  }
  const [, local] = /^set (local |session )?lock_timeout (?:=|to) /.exec(phrase) ?? [phrase, undefined];
  if (/^set (?:local |session )?lock_timeout /.test(phrase)) {
    const off = /^(?:0\w*|default)$/.test(tokens.at(-1).value);
    state.limit = off ? false : local === 'local ' ? 'local' : 'session';
  }
  return [];
}

function problemsOf(tokens, phrase, state) {
  const table = bare((ON.exec(phrase) ?? DIRECT.exec(phrase))?.[1]);
  const actions = /^alter (?:foreign )?table /.test(phrase) ? actionsOf(tokens, phrase) : [];
  const together = !state.autocommit || state.open;
  const isNew = state.created.has(table);
  if (CREATES.test(phrase)) {
    state.created.add(table);
    return [];
  }
  const own =
    actions.length > 0 ? actions.map((action) => actionProblem(action, table, state)) : [problemOfStatement(phrase)];
  return [
    ...(isNew ? [] : own),
    ...actions.map((action) => validation(action, table, state, together)),
    CONCURRENT.test(phrase) ? concurrently(state) : !isNew && isStrong(phrase, actions) && locked(state, together),
    !isNew && together && dataUnderLock(phrase, state),
    together && enumValue(tokens, phrase, state),
  ].filter(Boolean);
}

/** VALIDATE stops nobody, however long it reads. */
const isStrong = (phrase, actions) =>
  STRONG.test(phrase) && !(actions.length > 0 && actions.every((action) => action.startsWith('validate constraint')));

/** SET NOT NULL reads nothing where a validated constraint already says so. */
function actionProblem(action, table, state) {
  const problem = problemOfAction(action);
  const [, column] = /^alter (?:column )?(\S+) set not null/.exec(action) ?? [];
  return column && state.proven.get(`${table}.${bare(column)}`) ? undefined : problem;
}

/** Remembers constraints that are not valid yet. VALIDATE in the same transaction gains nothing. */
function validation(action, table, { unchecked, proven }, together) {
  const [, name] = /^(?:add|validate) constraint (?:if not exists )?(\S+)/.exec(action) ?? [];
  const constraint = `${table} ${bare(name)}`;
  if (/^add constraint .* not valid$/.test(action)) {
    unchecked.add(constraint);
    const [, column] = / check \( (\S+) is not null \)| not null (\S+)/.exec(action)?.filter(Boolean) ?? [];
    if (column) proven.set(constraint, bare(column));
  }
  if (!action.startsWith('validate constraint')) return undefined;
  const column = proven.get(constraint);
  if (column) proven.set(`${table}.${column}`, true);
  if (!together || !unchecked.has(constraint)) return undefined;
  return [
    'not-valid',
    'in one transaction with NOT VALID, the lock is kept while all rows are read',
    'VALIDATE it in the next migration',
  ];
}

function concurrently({ open, autocommit, alone, limit, roleTimeout }) {
  if (open || (!autocommit && !alone))
    return [
      'concurrently',
      'fails with 25001 in a transaction, which a file of several statements is',
      'put it alone into its file, without BEGIN',
    ];
  return (
    limit &&
    !roleTimeout && ['lock-timeout', 'a build that gives up leaves an INVALID index', 'SET lock_timeout = 0 for it']
  );
}

function locked(state, together) {
  const { limit } = state;
  state.strong ||= together;
  // Once is enough for a file.
  state.limit ||= 'reported';
  return (
    !limit && [
      'lock-timeout',
      'while it waits for one slow transaction, everybody else waits behind it',
      "SET lock_timeout = '1s' before it, and repeat it on 55P03",
    ]
  );
}

const dataUnderLock = (phrase, { strong }) =>
  strong &&
  /^(?:update |delete from |insert into .* select )/.test(phrase) && [
    'data-under-lock',
    'the lock of the schema change before it is kept until all rows are written',
    'put the backfill into a migration of its own',
  ];

function enumValue(tokens, phrase, { values, created }) {
  const texts = tokens.filter(({ kind }) => kind === 'text').map(({ value }) => value);
  const used = texts.find((text) => values.includes(text));
  const [, type] = new RegExp(`^alter type ${NAME} add value `, 'u').exec(phrase) ?? [];
  if (type && !created.has(bare(type))) values.push(texts[0]);
  return (
    used !== undefined && [
      'enum-value',
      `fails with 55P04: '${used}' was added by the same transaction`,
      'use the value in the next migration',
    ]
  );
}

/** A statement in one line, for patterns: words in lower case, names without what would confuse them, strings empty. */
const phraseOf = (tokens) =>
  tokens
    .map(({ kind, value }) =>
      kind === 'name' ? `"${value.replace(/[^\p{L}\p{N}]/gu, '_')}"` : kind === 'text' ? "''" : value,
    )
    .join(' ');

function actionsOf(tokens, phrase) {
  const rest = tokens.slice(DIRECT.exec(phrase)?.[0].split(' ').length);
  const parts = [[]];
  let depth = 0;
  for (const token of rest[0]?.value === '*' ? rest.slice(1) : rest) {
    if (token.kind === 'sign') depth += token.value === '(' ? 1 : token.value === ')' ? -1 : 0;
    if (token.kind === 'sign' && token.value === ',' && depth === 0) parts.push([]);
    else parts.at(-1).push(token);
  }
  return parts.map(phraseOf);
}

/** The statements of a DO block that could stand outside of it as well. */
function blockOf(tokens) {
  if (tokens[0].value !== 'do') return [];
  const body = tokens.find(({ kind }) => kind === 'text');
  const starts = ({ kind, value }, index, all) =>
    kind === 'word' &&
    /^(?:alter|create|drop|update|delete|truncate)$/.test(value) &&
    (index === 0 || /^(?:begin|then|else|loop)$/.test(all[index - 1].value));
  return statementsOf(body?.value ?? '', body?.line).flatMap((statement) => {
    const start = statement.findIndex(starts);
    return start < 0 ? [] : [statement.slice(start)];
  });
}

const bare = (name = '') => name.split(' . ').at(-1).replaceAll('"', '');
