import { execFile } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a build is made of. */
const INPUTS = ['src', 'public', 'astro.config.mjs', 'prisma.config.ts', 'package.json', 'tsconfig.json', 'LICENSE'];

/** The environment for a build within a test: Vitest's own variables, such as `BASE_URL`, would change what is built. */
export function buildEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, SITE_URL, BASE_PATH, REPOSITORY_URL } = process.env;
  return { PATH, HOME, SITE_URL, BASE_PATH, REPOSITORY_URL, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
}

/** A copy of the project in a folder of its own within it, so that packages are found. */
export class Trial {
  readonly root: string;

  constructor(name: string) {
    this.root = join('.trial', name);
  }

  /** Copies the inputs anew. */
  async lay(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
    await mkdir(this.root, { recursive: true });
    for (const path of INPUTS) await cp(path, join(this.root, path), { recursive: true });
  }

  /** Writes one file of the copy. */
  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  /** Builds the copy. Resolves to what was printed, and whether the build succeeded. */
  async build(): Promise<{ succeeded: boolean; output: string }> {
    const astro = join(process.cwd(), 'node_modules/astro/bin/astro.mjs');
    try {
      const { stdout, stderr } = await run(process.execPath, [astro, 'build', '--root', this.root], {
        env: buildEnvironment(),
        maxBuffer: 64 * 1024 * 1024,
      });
      return { succeeded: true, output: stdout + stderr };
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return { succeeded: false, output: stdout + stderr };
    }
  }

  /** Takes the copy away. */
  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
