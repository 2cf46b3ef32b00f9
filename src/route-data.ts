import { defineRouteMiddleware } from '@astrojs/starlight/route-data';
import { chapters } from './chapters.ts';
import { site } from './catalog/site.ts';
import { topics, topicWithId } from './catalog/topics.ts';
import { scriptSafe, structuredDataOf } from './lib/structured.ts';
import { pathOf } from './lib/topic.ts';
import { linkTo } from './lib/url.ts';

type Route = Parameters<Parameters<typeof defineRouteMiddleware>[0]>[0]['locals']['starlightRoute'];

/** Adds what its topic or chapter knows to a page's route: the sections after the prose to its contents, the twin to its head. */
export const onRequest = defineRouteMiddleware(async ({ locals }) => {
  const route = locals.starlightRoute;
  countTopics(route.sidebar);
  nameOverviews(route);
  const section = (slug: string, text: string) => ({ depth: 2, slug, text, children: [] });
  if ((await topics()).some((topic) => topic.chapter === route.id)) {
    route.toc?.items.push(section('topics', 'Topics'));
  }
  const topic = await topicWithId(route.id);
  if (!topic) return;

  route.toc?.items.push(section('rules', 'Rules'));
  if (topic.errors.length > 0) route.toc?.items.push(section('error-codes', 'Error codes'));
  route.toc?.items.push(section('sources', 'Sources'));

  route.head.push({
    tag: 'link',
    attrs: {
      rel: 'alternate',
      type: 'text/markdown',
      href: linkTo(pathOf(topic).replace(/\/$/, '.md'), import.meta.env.BASE_URL),
      title: `${topic.title}, as Markdown`,
    },
    content: '',
  });
  const chapter = chapters.find(({ name }) => name === topic.chapter);
  if (!chapter) return;
  const content = scriptSafe(structuredDataOf(topic, chapter, site));
  route.head.push({ tag: 'script', attrs: { type: 'application/ld+json' }, content });
});

/** A landing page is called "Overview" within its chapter; before and after other pages it goes by the chapter's name. */
function nameOverviews({ sidebar, pagination }: Route) {
  for (const link of [pagination.prev, pagination.next]) {
    const group = sidebar.find(
      (entry) => entry.type === 'group' && entry.entries[0]?.type === 'link' && entry.entries[0].href === link?.href,
    );
    if (link && group) link.label = group.label;
  }
}

/** Writes the number of its pages beside each chapter, without the landing page. */
function countTopics(sidebar: Route['sidebar']) {
  for (const group of sidebar) {
    if (group.type !== 'group') continue;
    const count = group.entries.filter((entry) => entry.label !== 'Overview').length;
    if (count > 0) group.badge = { text: String(count), variant: 'default', class: '' };
  }
}
