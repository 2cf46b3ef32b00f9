/** What the programs of this skill have in common: how they are called, what they read and how they answer. */
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';

/** A call that cannot be answered: its message says what to do, and the exit code is 2. */
export class UsageError extends Error {}

const MEGABYTE = 1024 * 1024;

/**
 * Runs a program: prints its usage for `--help`, otherwise what `main` found. Ends with 0 if that is nothing, 1 for findings
 * and 2 if it could not look. `main` is given the options and arguments, and resolves to a report with `findings`; `print`
 * turns it into lines, and `--json` prints it as it is.
 */
export async function runCommand({ usage, options, main, print }) {
  try {
    const { values, positionals } = argumentsOf(options);
    if (values.help) {
      console.log(usage.trim());
      return;
    }
    const report = await main(values, positionals);
    console.log(values.json ? JSON.stringify(report, null, 2) : print(report).join('\n'));
    process.exitCode = report.findings.length > 0 ? 1 : 0;
  } catch (error) {
    // A fault of the program itself must not be taken for a finding either.
    console.error(error instanceof UsageError ? `${error.message}\nCall it with --help for its options.` : error);
    process.exitCode = 2;
  }
}

function argumentsOf(options) {
  const all = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, ...options };
  try {
    return parseArgs({ options: all, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** The text of a file, or of standard input for `-`. Refuses what is missing, is no text, or has over `limit` megabytes. */
export async function textOf(path, limit) {
  const decoder = new TextDecoder();
  const name = path === '-' ? 'standard input' : path;
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      bytes += chunk.length;
      if (bytes > limit * MEGABYTE) throw new UsageError(`${name} is over ${limit} MB. Pass the part that matters.`);
      if (chunk.includes(0))
        throw new UsageError(`${name} is not text: it holds NUL bytes. UTF-16 has to be converted.`);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reasons = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' };
    throw new UsageError(`${name}: ${reasons[error.code] ?? error.message}.`);
  }
  return text.replace(/^\uFEFF/, '') + decoder.decode();
}
