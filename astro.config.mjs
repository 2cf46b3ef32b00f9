import starlight from '@astrojs/starlight';
import { satteri } from '@astrojs/markdown-satteri';
import { defineConfig } from 'astro/config';
import { chapters } from './src/chapters.ts';
import { withoutKnownNoise } from './src/integrations/build-log.ts';
import { linksUnder } from './src/integrations/base-links.ts';
import { history } from './src/integrations/history.ts';
import { sandbox } from './src/integrations/sandbox.ts';
import { wholeSearchIndex } from './src/integrations/search-index.ts';
import { takeAway } from './src/integrations/take-away.ts';
import { asClasses, theme } from './src/lib/highlight.ts';
import { linkTo } from './src/lib/url.ts';

const base = process.env.BASE_PATH || '/';
const repository = process.env.REPOSITORY_URL?.replace(/\/+$/, '');

export default defineConfig({
  site: process.env.SITE_URL || 'http://localhost:4321',
  base,
  trailingSlash: 'always',
  markdown: {
    processor: satteri({ hastPlugins: [linksUnder(base)] }),
    shikiConfig: { theme, transformers: [asClasses] },
  },
  vite: { build: { rolldownOptions: { onwarn: withoutKnownNoise } } },
  integrations: [
    history(),
    sandbox(),
    starlight({
      title: 'Backend Engineer’s Handbook',
      description: 'A handbook for Node.js backend engineers in which every claim is a program that ran.',
      favicon: '/favicon.svg',
      customCss: ['./src/styles/tokens.css', './src/styles/starlight.css', './src/styles/code.css'],
      // Programs are shown by Sample, the few other fences by Astro's own highlighting: one look, no second engine.
      expressiveCode: false,
      credits: false,
      editLink: { baseUrl: repository && `${repository}/blob/HEAD/` },
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 2 },
      routeMiddleware: './src/route-data.ts',
      head: [
        {
          tag: 'link',
          attrs: {
            rel: 'preload',
            href: linkTo('fonts/handbook-serif.woff2', base),
            as: 'font',
            type: 'font/woff2',
            crossorigin: true,
          },
        },
        {
          tag: 'link',
          attrs: {
            rel: 'search',
            type: 'application/opensearchdescription+xml',
            href: linkTo('opensearch.xml', base),
            title: 'Backend Engineer’s Handbook',
          },
        },
      ],
      sidebar: chapters.map(({ name, title, pages = [] }) => ({
        label: title,
        collapsed: true,
        items: [
          // The landing page is named here if something stands between it and the topics.
          ...(pages.some(({ first }) => first) ? [{ slug: name }] : []),
          ...pages.filter(({ first }) => first).map((page) => ({ label: page.title, link: page.path })),
          { autogenerate: { directory: name } },
          ...pages.filter(({ first }) => !first).map((page) => ({ label: page.title, link: page.path })),
        ],
      })),
      components: Object.fromEntries(
        ['Footer', 'Header', 'MarkdownContent', 'PageTitle', 'Search', 'SiteTitle', 'ThemeSelect'].map((name) => [
          name,
          `./src/components/starlight/${name}.astro`,
        ]),
      ),
    }),
    wholeSearchIndex(),
    takeAway(),
  ],
});
