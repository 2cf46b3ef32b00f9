import type { APIRoute } from 'astro';
import { fullText } from '../../catalog/full.ts';

/** A part of all topics: `/llms-full/1.txt`. */
export const getStaticPaths = async () =>
  (await fullText()).map(({ text }, index) => ({ params: { part: String(index + 1) }, props: { text } }));

export const GET: APIRoute<{ text: string }> = ({ props }) =>
  new Response(props.text, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
