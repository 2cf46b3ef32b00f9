import { twinOf } from '../lib/markdown.ts';
import { referenceOf } from '../lib/reference.ts';
import type { Topic } from '../lib/topic.ts';
import { figureWithName } from './figures.ts';
import { sampleWithName } from './samples.ts';
import { site } from './site.ts';

const context = { site, sample: sampleWithName, figure: figureWithName };

/** The Markdown twin of a topic. */
export const twinFor = (topic: Topic) => twinOf(topic, context);

/** A topic in brief, as the skill carries it. */
export const referenceFor = (topic: Topic) => referenceOf(topic, context);
