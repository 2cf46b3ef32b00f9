import { twinOf } from '../lib/markdown.ts';
import type { Topic } from '../lib/topic.ts';
import { figureWithName } from './figures.ts';
import { sampleWithName } from './samples.ts';
import { site } from './site.ts';

/** The Markdown twin of a topic. */
export const twinFor = (topic: Topic) => twinOf(topic, { site, sample: sampleWithName, figure: figureWithName });
