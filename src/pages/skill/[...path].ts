import type { APIRoute } from 'astro';
import { skill } from '../../catalog/skill.ts';

/** The skill as files and as archives: `/skill/SKILL.md`, `/skill/scripts/*.mjs`, `/skill/backend-engineer.zip`. */
export const getStaticPaths = async () => {
  const { name, files, zip, tarGz } = await skill();
  const all = [...files, [`${name}.zip`, zip] as const, [`${name}.tar.gz`, tarGz] as const];
  return all.map(([path, bytes]) => ({ params: { path }, props: { bytes } }));
};

export const GET: APIRoute<{ bytes: Uint8Array<ArrayBuffer> }> = ({ props }) => new Response(props.bytes);
