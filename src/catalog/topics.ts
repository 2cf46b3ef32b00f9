import { getCollection } from 'astro:content';
import { chapters } from '../chapters.ts';
import { checkedTopics, type Draft, type Topic } from '../lib/topic.ts';

/**
 * Every topic, in the order of the chapters and of `sidebar.order` within them. Rejects, naming the file and what to do,
 * when a topic lacks something, a name or rule id is used twice, or a folder is no chapter.
 */
export async function topics(): Promise<Topic[]> {
  const drafts: (Draft & { order: number })[] = [];
  for (const entry of await getCollection('docs')) {
    const [folder = '', name, ...deeper] = entry.id.split('/');
    const file = entry.filePath ?? entry.id;
    if (!name) continue; // A chapter's landing page, or a page outside chapters.
    if (!chapters.some((chapter) => chapter.name === folder)) {
      throw new Error(`${file}: the folder ${folder} is no chapter. Add it to src/chapters.ts, or move the file.`);
    }
    if (deeper.length > 0) throw new Error(`${file}: topics lie directly in their chapter's folder. Move it up.`);
    if (!file.endsWith('.mdx')) throw new Error(`${file}: a topic is an .mdx file. Rename it.`);
    const { title, description, when, keywords, errors, rules, sources, sidebar } = entry.data;
    const facts = { title, description, when, keywords, errors, rules, sources };
    drafts.push({ ...facts, file, name, chapter: folder, body: entry.body ?? '', order: sidebar.order ?? Infinity });
  }
  const place = (draft: Draft) => chapters.findIndex((chapter) => chapter.name === draft.chapter);
  drafts.sort((a, b) => place(a) - place(b) || a.order - b.order || (a.title < b.title ? -1 : 1));
  return checkedTopics(drafts.map(({ order: _, ...draft }) => draft));
}

/** The topic of a page, from the id of its entry (`api/pagination`); undefined for a page that is no topic. */
export async function topicWithId(id: string): Promise<Topic | undefined> {
  return (await topics()).find((topic) => `${topic.chapter}/${topic.name}` === id);
}
