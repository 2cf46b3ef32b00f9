import type { APIRoute } from 'astro';
import { topics } from '../../catalog/topics.ts';
import { twinFor } from '../../catalog/twins.ts';
import type { Topic } from '../../lib/topic.ts';

/** The twin of each topic: `/api/pagination.md`. */
export const getStaticPaths = async () =>
  (await topics()).map((topic) => ({ params: { chapter: topic.chapter, topic: topic.name }, props: { topic } }));

export const GET: APIRoute<{ topic: Topic }> = ({ props }) =>
  new Response(twinFor(props.topic), { headers: { 'content-type': 'text/markdown; charset=utf-8' } });
