import type { HastPluginDefinition } from 'satteri';
import { linkTo } from '../lib/url.ts';

/** Puts the base path before links in Markdown that begin at the root, so that authors write `/auth/passwords/`. */
export function linksUnder(base: string): HastPluginDefinition {
  return {
    name: 'handbook-base-links',
    element: {
      filter: ['a'],
      visit(node, context) {
        const href = node.properties['href'];
        if (typeof href === 'string' && /^\/(?!\/)/.test(href)) context.setProperty(node, 'href', linkTo(href, base));
      },
    },
  };
}
