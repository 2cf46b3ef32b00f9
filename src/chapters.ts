/** One chapter of the handbook: a folder of topics below `src/content/docs`. */
export interface Chapter {
  /** The folder's name, and the first part of its pages' addresses. */
  name: string;
  title: string;
  /** What the chapter gives its reader, in a line: shown on the home page. */
  promise: string;
  /**
   * Addresses below the root of pages that are no topics and belong to this chapter. They stand after the topics; those
   * that are `first` before them, in a chapter whose landing page says `sidebar.hidden`.
   */
  pages?: { title: string; path: string; first?: true }[];
}

/** Every chapter, in the order of the handbook. The only list in the repository. */
export const chapters: Chapter[] = [
  {
    name: 'start',
    title: 'Start',
    promise: 'Where to begin, and what to keep at hand',
    pages: [
      { title: 'The skill', path: 'skill/' },
      { title: 'Checklist', path: 'checklist/' },
      { title: 'Error codes', path: 'error-codes/' },
      { title: 'Versions today', path: 'versions/' },
    ],
  },
  { name: 'api', title: 'HTTP API', promise: 'Contracts that a client can retry, page and trust' },
  { name: 'code', title: 'Node.js and code', promise: 'No lost promises, no blocked loop, no guessed types' },
  { name: 'postgres', title: 'PostgreSQL', promise: 'The database refuses what your code forgot' },
  { name: 'prisma', title: 'Prisma', promise: 'Count the statements, name the errors' },
  { name: 'auth', title: 'Authentication and authorization', promise: 'Who is asking, and may they have this row' },
  {
    name: 'security',
    title: 'Security',
    promise: 'Each attack run, each fix run',
    pages: [{ title: 'Threat map', path: 'security/threat-map/', first: true }],
  },
  { name: 'run', title: 'Test and run', promise: 'From the first test to a clean shutdown' },
];
