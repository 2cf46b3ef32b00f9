import type { Row } from '../../lib/search.ts';
import { counted, escaped } from '../../lib/text.ts';
import type { Answer } from './search-engine.ts';

/** Where a reader can go on without the search. */
export interface Ways {
  codes: string;
  chapters: string;
}

const waysOn = ({ chapters, codes }: Ways) =>
  `<a href="${escaped(chapters)}">all chapters</a> or the <a href="${escaped(codes)}">error-code index</a>`;

/** A row as a link in the list. */
export function rowHtml({ kind, title, code, url, crumb, excerpt }: Row, index: number): string {
  return `<a role="option" id="hb-row-${index}" href="${escaped(url)}" tabindex="-1" aria-selected="false">
    <span class="kind">${kind}</span>
    <span><b${code ? ' class="code"' : ''}>${escaped(title)}</b><span class="crumb">${escaped(crumb)}</span>
    ${excerpt && `<span class="excerpt">${excerpt}</span>`}</span></a>`;
}

/** What is said about an answer in a line, for eyes and for screen readers. */
export function statusOf({ rows, state, corrected }: Answer): string {
  const count = state === 'outline' && rows.length === 0 ? '' : counted(rows.length, 'result');
  const instead = corrected ? ` for “${corrected}”` : '';
  return state === 'faulty' ? `${count}${instead}, without the full text` : count + instead;
}

/** What stands above the rows: the words that were searched for instead, or that the texts could not be searched. */
export function noteHtml({ rows, state, corrected }: Answer, ways: Ways): string {
  const instead = corrected && rows.length > 0 ? `<p>Showing results for <b>${escaped(corrected)}</b></p>` : '';
  if (state !== 'faulty' || rows.length === 0) return instead;
  return `${instead}<p class="fault"><span>The full text did not load: only titles, keywords, rules and codes were searched.
    <button type="button" class="btn line" data-retry>Retry</button> or go to ${waysOn(ways)}.</span></p>`;
}

/** What stands in place of rows when the index did not load. */
export const faultHtml = (ways: Ways) => `<h2>The search index did not load</h2>
  <p>Your words are kept. Without the search, go to ${waysOn(ways)}.</p>
  <button type="button" class="btn solid" data-retry>Retry</button>`;

/** What stands in place of rows when nothing was found: the nearest keywords, and how to widen the search. */
export function missHtml(words: string, near: string[], filtered: boolean, ways: Ways): string {
  const nearest = near.map((keyword) => `<li>${askButton(keyword)}</li>`).join('');
  return `<h2>Nothing for “${escaped(words)}”</h2>
    ${filtered ? '<p><button type="button" class="btn solid" data-unfilter>Search everything</button></p>' : ''}
    ${nearest && `<p>The nearest keywords:</p><ul>${nearest}</ul>`}
    <p>Try fewer words, or the code alone; or go to ${waysOn(ways)}.</p>`;
}

/** What stands in place of rows before anything is typed. */
export const recentHtml = (recent: string[]) =>
  recent.length === 0
    ? ''
    : `<h2>Recent searches</h2><ul>${recent.map((words) => `<li>${askButton(words)}</li>`).join('')}</ul>
      <button type="button" class="btn line" data-clear>Clear recent searches</button>`;

const askButton = (words: string) =>
  `<button type="button" class="ask-for" data-ask="${escaped(words)}">${escaped(words)}</button>`;
