import { z } from 'zod';
import { ruleSchema, type Rule } from './rule.ts';

/** What a page may say about itself besides Starlight's own fields. On a topic all are filled in. */
export const topicFields = z.object({
  /** One sentence: what the page promises. Search, `llms.txt` and link previews show it. */
  description: z.string().min(1).max(200),
  /** Completes "Read when ...": how an agent finds its way to this topic. Required on a topic. */
  when: z.string().min(1).optional(),
  /** What a reader types that the prose does not say: symptoms, acronyms, old names. */
  keywords: z.array(z.string()).default([]),
  /** Error codes that the page explains: they feed the index of error codes. */
  errors: z
    .array(
      z.strictObject({
        /** As a program prints it: `P2002`, `23505`, `ECONNREFUSED`. */
        code: z.string().regex(/^\S+$/, 'must be one word, as programs print it'),
        /** What has happened, in one sentence. */
        means: z.string().min(1),
        /** The HTTP status that an API answers it with. */
        status: z.number().int().min(400).max(599),
      }),
    )
    .default([]),
  /** At least one on a topic. */
  rules: z.array(ruleSchema).default([]),
  /** Primary sources, in the order of the text. At least one on a topic. */
  sources: z.array(z.strictObject({ title: z.string().min(1), url: z.url({ protocol: /^https$/ }) })).default([]),
});

/** One error code on one topic. */
export type ErrorCode = z.infer<typeof topicFields>['errors'][number];

/** A source that a topic cites. */
export type Source = z.infer<typeof topicFields>['sources'][number];

/** A page about one decision or practice, as plain data. */
export interface Topic {
  /** Unique across chapters: `pagination`. */
  name: string;
  /** The name of its chapter: `api`. */
  chapter: string;
  title: string;
  description: string;
  /** Completes "Read when ...". */
  when: string;
  keywords: string[];
  errors: ErrorCode[];
  rules: Rule[];
  sources: Source[];
  /** Its MDX, without the frontmatter. */
  body: string;
}

/** Where a topic's page is, below the site's root: `api/pagination/`. */
export const pathOf = (topic: Pick<Topic, 'chapter' | 'name'>) => `${topic.chapter}/${topic.name}/`;

/** Whether a topic's page shows a sample as one, rather than only what it measured. */
export const shows = (topic: Pick<Topic, 'body'>, file: string) => topic.body.includes(`<Sample file="${file}"`);

/** A page on its way to being a topic: what the frontmatter and the file's place say. */
export type Draft = Omit<Topic, 'when'> & { when?: string | undefined; file: string };

/**
 * The drafts as topics. Throws for a topic that lacks what every topic must have, a name or a rule id that is used twice,
 * and a rule whose id does not begin with its topic's name: always with the file and the remedy.
 */
export function checkedTopics(drafts: Draft[]): Topic[] {
  const names = new Map<string, string>();
  const ids = new Map<string, string>();
  return drafts.map(({ file, ...draft }) => {
    const fail = (problem: string, remedy: string): never => {
      throw new Error(`${file}: ${problem}. ${remedy}`);
    };
    if (!draft.when)
      return fail('a topic needs `when`', 'Add `when:` to its frontmatter; it completes "Read when ...".');
    if (draft.rules.length === 0) fail('a topic needs rules', 'Add at least one under `rules:` in its frontmatter.');
    if (draft.sources.length === 0) fail('a topic needs sources', 'Add at least one primary source under `sources:`.');

    const twin = names.get(draft.name);
    if (twin) fail(`${twin} has the same name`, 'Rename one: a topic’s name is unique across chapters.');
    names.set(draft.name, file);

    for (const { id } of draft.rules) {
      const owner = ids.get(id);
      if (owner) fail(`the rule id ${id} is taken by ${owner}`, 'Give one of the two rules another id.');
      if (!id.startsWith(`${draft.name}-`)) {
        fail(`the rule id ${id} is not of this topic`, `Begin it with ${draft.name}-.`);
      }
      ids.set(id, file);
    }
    return { ...draft, when: draft.when };
  });
}
