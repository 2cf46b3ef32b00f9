import { inspect } from 'node-inspect-extracted';
import type { Failure, Program } from '../protocol.ts';
import { CompileError } from './compile.ts';

/** A frame as Chromium writes it, `    at f (a.ts:1:2)`, and as Firefox and Safari do, `f@a.ts:1:2`. */
const FRAME = /^(?:\s+at .*?\(?|.*@)(?:[^\s()]*\/)?([\w.-]+\.ts):(\d+):(\d+)\)?$/;
const ANY_FRAME = /^\s+at |@.*:\d+:\d+$/;

/** The frames of a stack that lie in the program; those of the bundle say nothing to its reader. */
function frames(stack: string, sources: Program['sources']): { file: string; line: number; text: string }[] {
  return stack.split('\n').flatMap((text) => {
    const [, file = '', line] = FRAME.exec(text) ?? [];
    return sources[file] === undefined ? [] : [{ file, line: Number(line), text }];
  });
}

/** Takes the bundle's frames out of an error and its causes. */
function cleaned(error: unknown, sources: Program['sources'], seen = new Set<unknown>()): void {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  const stack = String(error.stack ?? '');
  const said = stack.split('\n').filter((line) => line.trim() && !ANY_FRAME.test(line));
  // Only Chromium's stacks begin with what the error says.
  const head = said.length > 0 ? said : [`${error.name}: ${error.message}`];
  try {
    error.stack = [...head, ...frames(stack, sources).map(({ text }) => text)].join('\n');
  } catch {
    // A frozen error keeps its stack.
  }
  cleaned(error.cause, sources, seen);
}

function inContext(file: string, line: number | undefined, sources: Program['sources']): string {
  if (line === undefined) return '';
  const text = sources[file]?.split('\n')[line - 1];
  return text === undefined ? `${file}:${line}\n\n` : `${file}:${line}\n${text}\n\n`;
}

/** What Node.js would print about an error that ended a program, and the line of the entry that is to blame. */
export function failureOf(error: unknown, { entry, sources }: Program): Failure {
  if (error instanceof CompileError) {
    const { file, line, message } = error;
    return { text: `${inContext(file, line, sources)}${message}\n`, line: file === entry ? line : undefined };
  }
  if (!(error instanceof Error)) return { text: `Uncaught ${inspect(error)}\n` };
  const own = frames(String(error.stack ?? ''), sources);
  cleaned(error, sources);
  const [top] = own;
  const context = top ? inContext(top.file, top.line, sources) : '';
  return { text: `${context}${inspect(error)}\n`, line: own.find(({ file }) => file === entry)?.line };
}
