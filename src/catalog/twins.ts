import { twinOf } from '../lib/markdown.ts';
import type { Topic } from '../lib/topic.ts';
import type { Site } from '../lib/url.ts';
import { figureWithName } from './figures.ts';
import { sampleWithName } from './samples.ts';

/** The Markdown twin of a topic, with links into `site`. */
export const twinFor = (topic: Topic, site: Site) =>
  twinOf(topic, { site, sample: sampleWithName, figure: figureWithName });
