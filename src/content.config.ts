import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
import { glob } from 'astro/loaders';
import { defineCollection } from 'astro:content';
import { z } from 'zod';
import { topicFields } from './lib/topic.ts';

export const collections = {
  docs: defineCollection({ loader: docsLoader(), schema: docsSchema({ extend: topicFields }) }),
  /** The hand-written head of the skill, with the fields of the Agent Skills specification. */
  skill: defineCollection({
    loader: glob({ pattern: 'intro.md', base: 'src/content/skill' }),
    schema: z.strictObject({
      /** Also the folder that the skill is installed in, and the name of its archives. */
      name: z
        .string()
        .max(64)
        .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
      /** What it does and when to use it: all that an agent sees before it decides to load it. */
      description: z
        .string()
        .min(1)
        .max(1024)
        .regex(/^[^<>]*$/, 'may hold no < or >'),
      license: z.string(),
      metadata: z.record(z.string(), z.string()),
    }),
  }),
};
