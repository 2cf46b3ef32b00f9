import type { APIRoute } from 'astro';
import { projectArchives } from '../../catalog/projects.ts';

/** The finished project of the chapter's topic: `/start/one-request.zip`, `/start/one-request.tar.gz`. */
export const getStaticPaths = () =>
  [...projectArchives('one-request')].map(([archive, bytes]) => ({ params: { archive }, props: { bytes } }));

export const GET: APIRoute<{ bytes: Uint8Array<ArrayBuffer> }> = ({ props }) => new Response(props.bytes);
