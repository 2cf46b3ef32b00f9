import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The commands that a program says it needs and that npm cannot bring, such as nginx: a line `// needs: nginx` in its
 * source. Several stand separated by commas.
 */
export function needsOf(source: string): string[] {
  const [, commands = ''] = /^\/\/ needs: (.+)$/m.exec(source) ?? [];
  return commands.split(',').flatMap((command) => command.trim() || []);
}

/** Those of the commands that a program needs which no folder of `path` has. */
export function missingFor(source: string, path = process.env.PATH ?? ''): string[] {
  const folders = path.split(delimiter).filter(Boolean);
  return needsOf(source).filter((command) => !folders.some((folder) => existsSync(join(folder, command))));
}
