import { activeList, tickKey } from '../lib/ticks.ts';
import { nameOf } from '../lib/lists.ts';
import type { Filtered } from '../lib/rule-filter.ts';
import type { TakenRule } from '../lib/checklist-text.ts';
import { ticks } from './reader-ticks.ts';

const boxOf = (row: Element) => row.querySelector<HTMLInputElement>('input[data-rule]');

/** The id of a row's rule. */
export const ruleOf = (row: Element) => boxOf(row)?.dataset['rule'] ?? '';

const wordsOf = (text: string | undefined) => text?.split(' ') ?? [];

/** The rows of the page's rules, in their order. */
export const ruleRows = () => [...document.querySelectorAll<HTMLElement>('li.rule')];

/** What is known of a row for filtering. */
export const filteredOf = (row: HTMLElement): Filtered => ({
  topic: row.closest<HTMLElement>('[data-topic]')?.dataset['topic'] ?? '',
  chapter: row.closest<HTMLElement>('[data-chapter]')?.dataset['chapter'] ?? '',
  level: row.dataset['level'] ?? '',
  standards: wordsOf(row.dataset['standards']),
  ticked: boxOf(row)?.checked ?? false,
});

/** What the list is called that the boxes show. */
export const shownName = () => nameOf(ticks, activeList(ticks));

/** A row as it is taken away: the page has every fact, so none is sent a second time. */
export function takenOf(row: HTMLElement): TakenRule {
  const id = ruleOf(row);
  const topic = row.closest('[data-topic]')?.querySelector<HTMLAnchorElement>('h3 a');
  return {
    id,
    text: markdownIn(row.querySelector('.sentence')),
    why: markdownIn(row.querySelector('.why')),
    level: row.dataset['level'] ?? '',
    standards: [...row.querySelectorAll('.standard')].map(({ textContent }) => textContent.trim()),
    chapter: row.closest('[data-chapter]')?.querySelector('h2')?.textContent.trim() ?? '',
    topic: topic?.textContent.trim() ?? '',
    url: `${topic?.href ?? ''}#rule-${id}`,
    day: ticks.read(tickKey(activeList(ticks), id)) ?? '',
  };
}

/** The inline Markdown that an element was made from: text and code spans. */
const markdownIn = (element: Element | null) =>
  [...(element?.childNodes ?? [])]
    .map(({ nodeName, textContent }) => (nodeName === 'CODE' ? `\`${textContent}\`` : textContent))
    .join('')
    .trim();
