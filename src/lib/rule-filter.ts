import { LEVELS } from './levels.ts';
import { belongs, TASKS } from './tasks.ts';

/** What is known of a rule where it is filtered. */
export interface Filtered {
  topic: string;
  chapter: string;
  level: string;
  /** Ids of the standards that it cites: `asvs`. */
  standards: string[];
  ticked: boolean;
}

/** Which rules to show; what is empty does not narrow. */
export interface RuleFilter {
  show: '' | 'open' | 'ticked';
  task: string;
  chapter: string;
  standard: string;
  levels: string[];
}

/** What a filter may name. */
export interface Choices {
  chapters: string[];
  standards: string[];
}

/** The filter of an address, from its query. Words that it does not know are left out. */
export function filterFrom(query: URLSearchParams, { chapters, standards }: Choices): RuleFilter {
  const oneOf = (name: string, known: string[]) => known.find((word) => word === query.get(name)) ?? '';
  const named = query.getAll('level').flatMap((levels) => levels.split(','));
  return {
    show: oneOf('show', ['open', 'ticked']) as RuleFilter['show'],
    task: oneOf(
      'task',
      TASKS.map(({ id }) => id),
    ),
    chapter: oneOf('chapter', chapters),
    standard: oneOf('standard', standards),
    levels: LEVELS.filter((level) => named.includes(level)),
  };
}

/** The query of a filter, with its question mark; empty for one that shows everything. */
export function queryOf({ levels, ...words }: RuleFilter): string {
  const query = new URLSearchParams(Object.entries(words).filter(([, word]) => word !== ''));
  if (levels.length > 0) query.set('level', levels.join(','));
  const text = query.toString().replaceAll('%2C', ',');
  return text && `?${text}`;
}

/** Whether a filter shows a rule. */
export function fits(rule: Filtered, filter: RuleFilter): boolean {
  const task = TASKS.find(({ id }) => id === filter.task);
  return (
    (!task || belongs(task, rule)) &&
    (!filter.chapter || filter.chapter === rule.chapter) &&
    (!filter.standard || rule.standards.includes(filter.standard)) &&
    (filter.levels.length === 0 || filter.levels.includes(rule.level)) &&
    (!filter.show || (filter.show === 'ticked') === rule.ticked)
  );
}
