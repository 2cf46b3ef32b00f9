import log from 'virtual:history';
import { changesIn, lastChange } from '../lib/history.ts';
import type { Topic } from '../lib/topic.ts';

const changes = changesIn(log);

/** The day on which a topic's page, programs or figures were last changed; undefined where there is no history. */
export function lastChangeOf({ chapter, name }: Topic): string | undefined {
  const folders = ['samples', 'figures', 'projects'].map((kind) => `src/content/${kind}/${name}/`);
  return lastChange(
    changes,
    (path) => path === `src/content/docs/${chapter}/${name}.mdx` || folders.some((folder) => path.startsWith(folder)),
  );
}
