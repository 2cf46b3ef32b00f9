/** Reads SQL as PostgreSQL does, as far as it takes to tell words from text and one statement from the next. */
import { UsageError } from './command.mjs';

/**
 * @typedef {object} Token
 * @property {'word' | 'name' | 'text' | 'sign'} kind a bare word, a quoted name, a string, or anything else
 * @property {string} value a word in lower case; a name or string without its quotes
 * @property {number} line
 */

const rules = [
  ['space', /\s+|--[^\n]*/y],
  ['text', /[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'/y],
  ['text', /(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*'/y],
  ['name', /(?:[uU]&)?"[^"]*(?:""[^"]*)*"/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['sign', /\d[\w.]*|::|[^'"]/uy],
];

/** The statements of a text, each a list of tokens. Comments are left out. Throws where a quote or comment has no end. */
export function statementsOf(sql, firstLine = 1) {
  const statements = [];
  let statement = [];
  let parentheses = 0;
  let blocks = 0;
  for (const token of tokensOf(sql, firstLine)) {
    if (token.kind === 'sign' && token.value === '(') parentheses++;
    if (token.kind === 'sign' && token.value === ')') parentheses--;
    // The body of a function may be statements itself: BEGIN ATOMIC ...; ...; END.
    if (token.value === 'atomic' && statement.at(-1)?.value === 'begin') blocks++;
    if (blocks > 0 && token.kind === 'word' && token.value === 'case') blocks++;
    if (blocks > 0 && token.kind === 'word' && token.value === 'end') blocks--;
    if (token.kind !== 'sign' || token.value !== ';' || parentheses > 0 || blocks > 0) {
      statement.push(token);
      continue;
    }
    if (statement.length > 0) statements.push(statement);
    statement = [];
    parentheses = 0;
  }
  if (statement.length > 0) statements.push(statement);
  return statements;
}

/** @returns {Generator<Token>} */
function* tokensOf(sql, firstLine) {
  let at = 0;
  let line = firstLine;
  while (at < sql.length) {
    const { kind, text, value } = tokenAt(sql, at, line);
    if (kind !== 'space') yield { kind, value, line };
    line += text.split('\n').length - 1;
    at += text.length;
  }
}

function tokenAt(sql, at, line) {
  if (sql.startsWith('/*', at)) return { kind: 'space', text: commentAt(sql, at, line) };
  const dollar = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
  dollar.lastIndex = at;
  const [tag] = dollar.exec(sql) ?? [];
  if (tag) {
    const end = sql.indexOf(tag, at + tag.length);
    if (end < 0) throw new UsageError(`line ${line}: the text that begins with ${tag} has no end.`);
    return { kind: 'text', text: sql.slice(at, end + tag.length), value: sql.slice(at + tag.length, end) };
  }
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = at;
    const [text] = pattern.exec(sql) ?? [];
    if (text === undefined) continue;
    if (kind === 'word') return { kind, text, value: text.toLowerCase() };
    if (kind === 'text') return { kind, text, value: text.slice(text.indexOf("'") + 1, -1).replaceAll("''", "'") };
    if (kind === 'name') return { kind, text, value: text.slice(text.indexOf('"') + 1, -1).replaceAll('""', '"') };
    return { kind, text, value: text };
  }
  throw new UsageError(`line ${line}: a quote has no end: ${sql.slice(at, at + 20).split('\n')[0]}`);
}

/** A comment of slashes and stars, with those inside of it: in PostgreSQL they nest. */
function commentAt(sql, at, line) {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at;
  let depth = 0;
  for (let mark; (mark = marks.exec(sql));) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return sql.slice(at, marks.lastIndex);
  }
  throw new UsageError(`line ${line}: a comment has no end.`);
}
