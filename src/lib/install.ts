import { absolute, type Site } from './url.ts';

/** One way to install the skill. */
export interface Install {
  title: string;
  command: string;
}

/** One-line commands that install the skill from this site: for the agents that people use most, and without any tool. */
export function installCommands(name: string, site: Site): Install[] {
  const origin = absolute('', site).replace(/\/$/, '');
  const archive = absolute(`skill/${name}.tar.gz`, site);
  const unpack = (folder: string) =>
    `mkdir -p ${folder}/${name} && curl -fsSL ${archive} | tar xz -C ${folder}/${name}`;
  return [
    { title: 'Any agent', command: `npx skills add ${origin} -s ${name}` },
    { title: 'Claude Code', command: `npx skills add ${origin} -s ${name} -a claude-code -y` },
    { title: 'Cursor', command: `npx skills add ${origin} -s ${name} -a cursor -y` },
    { title: 'Codex', command: `npx skills add ${origin} -s ${name} -a codex -y` },
    { title: 'Without the tool', command: unpack('.claude/skills') },
  ];
}
