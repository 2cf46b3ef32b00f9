import { tarGzOf, zipOf } from '../lib/archive.ts';
import { projectFiles } from '../lib/project.ts';
import { packages } from './samples.ts';

import config from '../../prisma.config.ts?raw';

// As text, like the samples: nothing in the site runs a project.
const own = import.meta.glob<string>('../content/projects/*/*', { query: '?raw', import: 'default', eager: true });
const sources = import.meta.glob<string>('../content/samples/*/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const prisma = import.meta.glob<string>(
  [
    '../content/samples/prisma/schema.prisma',
    '../content/samples/prisma/migrations/**/*',
    '../content/samples/prisma/client/**/*.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/** The texts below a folder, by their path within it. */
const below = (folder: string, texts: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(texts)
      .filter(([path]) => path.startsWith(folder))
      .map(([path, text]) => [path.slice(folder.length), text]),
  );

/** The project that grew out of a topic's programs, as archives by their file name: `one-request.zip`. */
export function projectArchives(name: string): Map<string, Uint8Array> {
  const files = projectFiles({
    name,
    own: below(`../content/projects/${name}/`, own),
    samples: below(`../content/samples/${name}/`, sources),
    prisma: below('../content/samples/prisma/', prisma),
    config,
    packages,
  });
  return new Map([
    [`${name}.zip`, zipOf(files)],
    [`${name}.tar.gz`, tarGzOf(files)],
  ]);
}
