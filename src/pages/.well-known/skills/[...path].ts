import type { APIRoute } from 'astro';
import { skill } from '../../../catalog/skill.ts';
import { skillsIndex } from '../../../lib/discovery.ts';

/** Discovery 0.1, for older clients: an index, and the files that it lists in a folder named for the skill. */
export const getStaticPaths = async () => {
  const { name, description, files } = await skill();
  const index = new TextEncoder().encode(skillsIndex(name, description, [...files.keys()]));
  return [
    { params: { path: 'index.json' }, props: { bytes: index } },
    ...[...files].map(([path, bytes]) => ({ params: { path: `${name}/${path}` }, props: { bytes } })),
  ];
};

export const GET: APIRoute<{ bytes: Uint8Array<ArrayBuffer> }> = ({ props }) => new Response(props.bytes);
