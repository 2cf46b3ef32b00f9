import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a program of the skill did. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** One finding, with whatever its program says of it. */
export type Finding = Record<string, unknown> & { rule: string; line: number };

/** A folder that holds the skill's programs, as they are installed, with a table of error codes. */
export function installedSkill(errors: unknown = []): string {
  const root = mkdtempSync(join(tmpdir(), 'handbook-scripts-'));
  cpSync('src/content/skill/scripts', join(root, 'scripts'), { recursive: true });
  mkdirSync(join(root, 'references'));
  writeFileSync(join(root, 'references/errors.json'), JSON.stringify(errors));
  return root;
}

/** Runs `scripts/<name>.mjs` of an installed skill. */
export function runScript(root: string, name: string, args: string[], input?: string | Buffer): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, 'scripts', `${name}.mjs`), ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A program may refuse its input before it has read all of it.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** The findings that a program prints as JSON. */
export const findingsOf = ({ stdout }: Ran) => (JSON.parse(stdout) as { findings: Finding[] }).findings;
