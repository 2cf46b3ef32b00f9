#!/usr/bin/env node
/** `node check-migration.mjs <file.sql>...`: finds what stops a table in use. */
import { runCommand, textOf, UsageError } from './command.mjs';
import { findingsIn } from './migration.mjs';

const USAGE = `
Usage: node check-migration.mjs [options] <file.sql>...

Finds statements that stop reads or writes of a table in use, fail on one with rows, or break the code that runs now, by
the rules of PostgreSQL 18. Pass the files in the order in which they run; - reads standard input. Tables that a file
creates itself may be changed freely in it. A file counts as one transaction, as migration tools send it.

  --autocommit     each statement is sent by itself, as psql does: only BEGIN opens a transaction
  --role-timeout   the role that runs the migration has a lock_timeout (ALTER ROLE ... SET lock_timeout)
  --json           prints {"findings": [{"file", "line", "rule", "statement", "problem", "instead"}]}
  --help           prints this

A finding is a question to answer, not always a mistake: DROP COLUMN is right in a release after the code has ceased to
use the column. It looks into DO blocks, but not into functions, and knows nothing of the types and rows that are there.
Exit code: 0 nothing found, 1 findings, 2 not checked.

Example: node check-migration.mjs prisma/migrations/20260101120000_add_total/migration.sql
`;

const LIMIT_MEGABYTES = 5;

await runCommand({
  usage: USAGE,
  options: { autocommit: { type: 'boolean', default: false }, 'role-timeout': { type: 'boolean', default: false } },
  async main({ autocommit, 'role-timeout': roleTimeout }, files) {
    if (files.length === 0) throw new UsageError('Which file? For example: node check-migration.mjs migration.sql');
    const findings = [];
    const proven = new Map();
    for (const file of files) {
      const sql = await textOf(file, LIMIT_MEGABYTES);
      try {
        findings.push(...findingsIn(file, sql, { autocommit, roleTimeout }, proven));
      } catch (error) {
        throw error instanceof UsageError ? new UsageError(`${file}, ${error.message}`) : error;
      }
    }
    return { findings };
  },
  print: ({ findings }) => [
    ...findings.flatMap(({ file, line, rule, statement, problem, instead }) => [
      `${file}:${line} ${rule}: ${statement}`,
      `  ${problem}`,
      `  instead: ${instead}`,
    ]),
    `${findings.length} findings`,
  ],
});
