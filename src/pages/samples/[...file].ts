import type { APIRoute } from 'astro';
import { samples } from '../../catalog/samples.ts';

/** Every sample byte for byte, and beside it what it printed: `/samples/pagination/keyset.ts` and `.out`. */
export const getStaticPaths = () =>
  samples().flatMap(({ file, source, output }) => [
    { params: { file }, props: { text: source } },
    ...(output === undefined ? [] : [{ params: { file: file.replace(/\.ts$/, '.out') }, props: { text: output } }]),
  ]);

export const GET: APIRoute<{ text: string }> = ({ props }) =>
  new Response(props.text, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
