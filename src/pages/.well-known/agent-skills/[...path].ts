import type { APIRoute } from 'astro';
import { skill } from '../../../catalog/skill.ts';
import { agentSkillsIndex } from '../../../lib/discovery.ts';

/** Discovery 0.2: an index, and beside it the archive that it names. */
export const getStaticPaths = async () => {
  const { name, description, tarGz } = await skill();
  const index = new TextEncoder().encode(await agentSkillsIndex(name, description, tarGz));
  return [
    { params: { path: 'index.json' }, props: { bytes: index } },
    { params: { path: `${name}.tar.gz` }, props: { bytes: tarGz } },
  ];
};

export const GET: APIRoute<{ bytes: Uint8Array<ArrayBuffer> }> = ({ props }) => new Response(props.bytes);
