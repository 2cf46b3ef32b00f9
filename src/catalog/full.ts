import { partsOf } from '../lib/parts.ts';
import { topics } from './topics.ts';
import { twinFor } from './twins.ts';

/** What an agent can read at once, in characters. */
const LIMIT = 50_000;

/** All topics' twins, in parts. */
export async function fullText() {
  const texts = (await topics()).map((topic) => ({ title: topic.title, text: twinFor(topic) }));
  return partsOf(texts, LIMIT);
}

/** Where a part is, below the site's root; `index` counts from 0. */
export const partPath = (index: number) => `llms-full/${index + 1}.txt`;
