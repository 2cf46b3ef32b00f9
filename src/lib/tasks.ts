import type { Rule } from './rule.ts';

/** Something that a reader is about to do, and the rules that are read for it: those of its topics, or of a level. */
export interface Task {
  /** Also its name in an address. */
  id: string;
  /** Completes "I am". */
  title: string;
  /** Chapters whose topics all belong, the ones that are yet to be written included. */
  chapters?: string[];
  topics?: string[];
  levels?: Rule['level'][];
}

/** Every task, in the order of the menu. */
export const TASKS: Task[] = [
  {
    id: 'route',
    title: 'adding a route',
    topics: [
      'resources',
      'validation',
      'status-codes',
      'problem-details',
      'pagination',
      'idempotency',
      'openapi',
      'error-handling',
      'middleware',
      'access-control',
      'injection',
      'rate-limiting',
    ],
  },
  {
    id: 'table',
    title: 'adding a table or a migration',
    topics: [
      'schema-design',
      'data-types',
      'constraints',
      'timestamps',
      'soft-deletes',
      'indexes',
      'migrations',
      'locks',
      'prisma-setup',
    ],
  },
  { id: 'login', title: 'adding a login', chapters: ['auth'], topics: ['csrf', 'rate-limiting', 'secrets'] },
  { id: 'release', title: 'reviewing a release', levels: ['must'] },
];

/** Whether a task has a rule of this level, topic and chapter. */
export const belongs = (task: Task, rule: { topic: string; chapter: string; level: string }) =>
  !!task.topics?.includes(rule.topic) ||
  !!task.chapters?.includes(rule.chapter) ||
  !!task.levels?.some((level) => level === rule.level);
