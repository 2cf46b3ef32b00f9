import { z } from 'zod';
import { LEVELS } from './levels.ts';
import { standardUrl } from './standards.ts';

/** One imperative sentence with its reason: the same object on a page, in a checklist and in the skill. */
export const ruleSchema = z.strictObject({
  /** Permanent and unique in the handbook: a reader's ticks are kept under it. Begins with its topic's name. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
  /** What to do: one sentence, imperative, inline Markdown. */
  text: z.string().min(1).max(160),
  /** What goes wrong without it: one sentence. */
  why: z.string().min(1).max(240),
  level: z.enum(LEVELS),
  /** Requirements that it answers to, such as `ASVS 6.2.8` or `API3:2023`. */
  standards: z
    .array(
      z.string().refine(standardUrl, {
        error: ({ input }) =>
          `${String(input)} is no requirement of ASVS 5.0.0 (\`ASVS 6.2.8\`), the API Security Top 10 of 2023 (\`API3:2023\`) or the Top 10 of 2025 (\`A01:2025\`): correct it`,
      }),
    )
    .default([]),
});

/** See `ruleSchema`, where each field says what it is for. */
export type Rule = z.infer<typeof ruleSchema>;
