import type { APIRoute } from 'astro';
import { topics } from '../catalog/topics.ts';
import { twinFor } from '../catalog/twins.ts';

/** Every topic's twin, one after the other. */
export const GET: APIRoute = async () => {
  const twins = (await topics()).map((topic) => twinFor(topic));
  return new Response(twins.join('\n---\n\n'), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
