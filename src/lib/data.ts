/** The handbook as data for programs: three files, each of a form that has a version and a published JSON Schema. */
import { z } from 'zod';
import { errorIndex } from './errors.ts';
import { LEVELS } from './levels.ts';
import { pathOf, type Topic } from './topic.ts';
import { absolute, type Site } from './url.ts';

/** Raised when a field goes away or changes its meaning; a new field does not raise it. */
export const DATA_VERSION = 1;

const file = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    $schema: z.url().describe('Where the JSON Schema of this file is.'),
    version: z.literal(DATA_VERSION).describe('Raised when a field goes away or changes its meaning.'),
    items: z.array(item),
  });

const rule = z.strictObject({
  id: z.string().describe('Permanent and unique in the handbook.'),
  topic: z.string().describe('The name of its topic, as in topics.json.'),
  text: z.string().describe('What to do: one imperative sentence, inline Markdown.'),
  why: z.string().describe('What goes wrong without it, inline Markdown.'),
  level: z.enum(LEVELS).describe('How much weight it has.'),
  standards: z.array(z.string()).describe('Requirements that it answers to: `ASVS 6.2.8`, `API3:2023`, `A01:2025`.'),
  url: z.url().describe('The rule on its page.'),
});

const error = z.strictObject({
  code: z
    .string()
    .describe('As a program prints it: `P2002`, `23505`, `ECONNREFUSED`. Codes on two topics stand twice.'),
  means: z.string().describe('What has happened, inline Markdown.'),
  status: z.int().min(400).max(599).describe('The HTTP status that an API answers it with.'),
  topic: z.string().describe('The name of the topic that explains it.'),
  url: z.url().describe('The code on that page.'),
});

const topic = z.strictObject({
  name: z.string().describe('Unique in the handbook.'),
  chapter: z.string(),
  title: z.string(),
  description: z.string().describe('What the page promises, in a sentence.'),
  when: z.string().describe('Completes "Read when ...".'),
  keywords: z.array(z.string()).describe('What readers type who look for it.'),
  url: z.url().describe('The page.'),
  markdown: z.url().describe('The same page as Markdown.'),
  sources: z.array(z.strictObject({ title: z.string(), url: z.url() })),
});

/** The form of each data file, by its name. */
export const dataSchemas = { rules: file(rule), errors: file(error), topics: file(topic) };

/** The name of a data file: `rules` for `/rules.json`. */
export type DataName = keyof typeof dataSchemas;

/** Where the schema of a data file is, below the site's root. */
export const schemaPath = (name: DataName) => `schemas/${name}.v${DATA_VERSION}.json`;

/** The JSON Schema of a data file (draft 2020-12). */
export function schemaOf(name: DataName, site: Site): object {
  return { ...z.toJSONSchema(dataSchemas[name]), $id: absolute(schemaPath(name), site), title: `${name}.json` };
}

/** A data file. Throws if it would not be of the form that its schema promises. */
export function dataOf(name: DataName, topics: Topic[], site: Site): object {
  const page = (one: Topic, part = '') => `${absolute(pathOf(one), site)}${part}`;
  const items = {
    rules: () =>
      topics.flatMap((one) =>
        one.rules.map((item) => ({ ...item, topic: one.name, url: page(one, `#rule-${item.id}`) })),
      ),
    errors: () =>
      errorIndex(topics).map(({ topic: one, ...item }) => ({
        ...item,
        topic: one.name,
        url: page(one, `#error-${item.code}`),
      })),
    topics: () =>
      topics.map((one) => {
        const { name: own, chapter, title, description, when, keywords, sources } = one;
        const markdown = absolute(pathOf(one).replace(/\/$/, '.md'), site);
        return { name: own, chapter, title, description, when, keywords, url: page(one), markdown, sources };
      }),
  };
  return dataSchemas[name].parse({
    $schema: absolute(schemaPath(name), site),
    version: DATA_VERSION,
    items: items[name](),
  });
}
