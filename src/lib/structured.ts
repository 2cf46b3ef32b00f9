import type { Chapter } from '../chapters.ts';
import { pathOf, type Topic } from './topic.ts';
import { absolute, type Site } from './url.ts';

/** What search engines are told of a topic: the article and its place (schema.org, as JSON-LD). */
export function structuredDataOf(topic: Topic, chapter: Chapter, site: Site): object {
  const url = absolute(pathOf(topic), site);
  const crumbs = [
    { name: 'Handbook', item: absolute('', site) },
    { name: chapter.title, item: absolute(`${chapter.name}/`, site) },
    { name: topic.title, item: url },
  ];
  return {
    '@context': 'https://schema.org',
    '@graph': [
      {
        '@type': 'TechArticle',
        headline: topic.title,
        description: topic.description,
        url,
        mainEntityOfPage: url,
        inLanguage: 'en',
        isAccessibleForFree: true,
        keywords: topic.keywords,
        encoding: { '@type': 'MediaObject', encodingFormat: 'text/markdown', contentUrl: url.replace(/\/$/, '.md') },
      },
      {
        '@type': 'BreadcrumbList',
        itemListElement: crumbs.map((crumb, index) => ({ '@type': 'ListItem', position: index + 1, ...crumb })),
      },
    ],
  };
}

/** JSON that may stand in a `<script>`: nothing in it can end the element. */
export const scriptSafe = (value: object) => JSON.stringify(value).replaceAll('<', '\\u003c');
