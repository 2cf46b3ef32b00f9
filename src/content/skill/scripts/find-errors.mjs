#!/usr/bin/env node
/** `node find-errors.mjs <log>`: the error codes in a log, what they mean and where to read on. */
import { constants } from 'node:os';
import { readFileSync } from 'node:fs';
import { runCommand, textOf, UsageError } from './command.mjs';

const USAGE = `
Usage: node find-errors.mjs [options] <log>...

Counts the error codes in logs (- reads standard input): Prisma's P-codes, PostgreSQL's SQLSTATEs and those of Node.js, such
as ECONNREFUSED or ERR_HTTP_HEADERS_SENT. For each it says what has happened, the HTTP status that an API answers it with,
and the reference to read. A code that no reference explains is counted too, without these.

  --json   prints {"findings": [{"code", "count", "line", "explained": [{"means", "status", "reference"}]}]}
  --help   prints this

A SQLSTATE of digits alone counts where something names it: code: '23505', SQLSTATE 23505, ERROR: 23505.
Exit code: 0 no codes, 1 codes, 2 not read.

Example: docker logs api 2>&1 | node find-errors.mjs -
`;

const LIMIT_MEGABYTES = 100;

/** Which codes there are is known to the handbook: its build writes this file. */
const TABLE = new URL('../references/errors.json', import.meta.url);

/** Names that no errno of this machine has, but the name lookup of Node.js. */
const LOOKUP = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'];

// Colours end in a letter, which would stick to the code.
const COLOUR = /\x1b\[[\d;]*[A-Za-z]/g;
const SQLSTATE =
  /(?:\bcode["']?\s*[:=]\s*["'`]?|\bSQLSTATE[\s:=["'(]{0,4}|\b(?:ERROR|FATAL|PANIC):\s+)([0-9A-Z]{5})\b/g;

await runCommand({
  usage: USAGE,
  options: {},
  async main(_, files) {
    if (files.length === 0) throw new UsageError('Which log? For example: node find-errors.mjs app.log');
    const table = tableAt(TABLE);
    const found = new Map();
    for (const file of files) {
      const text = await textOf(file, LIMIT_MEGABYTES);
      text.split('\n').forEach((line, index) => {
        for (const code of codesIn(line.replace(COLOUR, ''), table)) {
          const seen = found.get(code) ?? { code, count: 0, file, line: index + 1, explained: table.get(code) ?? [] };
          found.set(code, { ...seen, count: seen.count + 1 });
        }
      });
    }
    return { findings: [...found.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)) };
  },
  print: ({ findings }) => [
    ...findings.flatMap(({ code, count, file, line, explained }) => [
      `${code} ${count}x, first in ${file}:${line}`,
      ...explained.map(({ means, status, reference }) => `  ${status} ${means} -> ${reference}`),
      ...(explained.length === 0 ? ['  in no reference'] : []),
    ]),
    `${findings.length} codes`,
  ],
});

/** The codes that a line names, each once: an error is often printed with its code in the message and as a field. */
function codesIn(line, table) {
  const named = [...line.matchAll(SQLSTATE)].map(([, code]) => code).filter((code) => /^(?:\d{2}|[FHPX]\w)/.test(code));
  // Some codes hold dots, `entity.too.large`; others stand at the end of a sentence or of a path.
  const words = [...line.matchAll(/[A-Za-z\d_]+(?:\.[A-Za-z\d_]+)*/g)].flatMap(([word]) =>
    table.has(word) ? word : word.split('.'),
  );
  return new Set([...named, ...words.filter((word) => isCode(word, table))]);
}

/** Whether a word is a code by itself. Five digits may be any number, so a SQLSTATE has to hold a letter and be known. */
function isCode(word, table) {
  if (/^\d/.test(word)) return /[A-Z]/.test(word) && table.has(word);
  if (/^P[1-6]\d{3}$|^ERR_[A-Z0-9_]+$/.test(word)) return true;
  return table.has(word) || word in constants.errno || LOOKUP.includes(word);
}

function tableAt(url) {
  try {
    const rows = JSON.parse(readFileSync(url, 'utf8'));
    return new Map(rows.map(({ code, explained }) => [code, explained]));
  } catch (error) {
    throw new UsageError(
      `references/errors.json beside scripts/ cannot be read: ${error.message}. Install the skill again.`,
    );
  }
}
