import type { APIRoute } from 'astro';
import { site } from '../catalog/site.ts';
import { absolute } from '../lib/url.ts';

/** Everybody may read, index and learn from everything (contentsignals.org), and this is the list of it. */
export const GET: APIRoute = () =>
  new Response(
    [
      'User-agent: *',
      'Content-Signal: search=yes, ai-input=yes, ai-train=yes',
      'Allow: /',
      '',
      `Sitemap: ${absolute('sitemap-index.xml', site)}`,
      '',
    ].join('\n'),
    { headers: { 'content-type': 'text/plain; charset=utf-8' } },
  );
