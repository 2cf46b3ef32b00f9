import type { APIRoute } from 'astro';
import { fullText, partPath } from '../catalog/full.ts';
import { site } from '../catalog/site.ts';
import { absolute } from '../lib/url.ts';

/** Where all topics are, in parts that an agent can read at once. */
export const GET: APIRoute = async () => {
  const lines = (await fullText()).map(
    ({ titles }, index) => `- [Part ${index + 1}](${absolute(partPath(index), site)}): ${titles.join(', ')}`,
  );
  const text = [
    '# Backend Engineer’s Handbook, all topics',
    '> Every topic with its programs, what they printed, its rules and sources, in parts of fewer than 50,000 characters.',
    lines.join('\n'),
  ].join('\n\n');
  return new Response(text + '\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
