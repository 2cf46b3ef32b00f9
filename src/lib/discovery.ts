const json = (value: unknown) => JSON.stringify(value, null, 2) + '\n';

/**
 * The index of Agent Skills Discovery 0.2 for one skill in one archive. Its address is relative, so that the site may live
 * under a path; its digest is that of the archive's bytes.
 */
export async function agentSkillsIndex(name: string, description: string, tarGz: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(tarGz)));
  const digest = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return json({
    $schema: 'https://schemas.agentskills.io/discovery/0.2.0/schema.json',
    skills: [{ name, type: 'archive', description, url: `${name}.tar.gz`, digest: `sha256:${digest}` }],
  });
}

/** The index of discovery 0.1: the files are listed, and lie in a folder named for the skill. */
export const skillsIndex = (name: string, description: string, files: string[]) =>
  json({ skills: [{ name, description, files }] });
