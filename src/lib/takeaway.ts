import { dayInWords } from './history.ts';
import { escaped } from './text.ts';
import { linkTo } from './url.ts';

/** A form in which the handbook can be taken away. */
export interface Takeaway {
  file: string;
  title: string;
  /** What it is for; `{base}` is the path that the site was built for. */
  about: string;
  /** What it leaves out. */
  omits: string;
}

/** What files to take away are called, before the end that says what they are. */
export const NAME = 'backend-engineers-handbook';

const BOOK_OMITS =
  'It leaves out what needs a browser (running and editing programs, search, ticks), the lines of programs that no page shows, the checklist and the skill.';

/** The book for a reading device: every build makes it. */
export const EPUB: Takeaway = {
  file: `${NAME}.epub`,
  title: 'EPUB',
  about: 'Every topic, for a reading device or a phone.',
  omits: BOOK_OMITS,
};

/** The book for paper. */
export const PDF: Takeaway = {
  file: `${NAME}.pdf`,
  title: 'PDF',
  about: 'Every topic, set for A4 paper.',
  omits: BOOK_OMITS,
};

/** The site for another server. */
export const SITE_ZIP: Takeaway = {
  file: `${NAME}-site.zip`,
  title: 'The whole site',
  about:
    'Pages that run their programs, the search, every program and the skill, for the path {base} of any static server.',
  omits: 'It leaves out these files for taking away.',
};

/** All of them, in the order in which they are offered. */
export const TAKEAWAYS = [EPUB, PDF, SITE_ZIP];

/** A size as it is printed: `640 KB`, `2.1 MB`. */
export const sizeInWords = (bytes: number) =>
  bytes < 999_500 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/**
 * The home page with a list of what there is to take away, in place of the list that it had. `sizes` says how many bytes
 * each file has that exists. Throws when the page has no place for it.
 */
export function withTakeaways(
  html: string,
  sizes: ReadonlyMap<string, number>,
  { base, day }: { base: string; day: string | undefined },
): string {
  const items = TAKEAWAYS.filter(({ file }) => sizes.has(file)).map(({ file, title, about, omits }) => {
    const facts = [
      sizeInWords(sizes.get(file) ?? 0),
      ...(day ? [`<time datetime="${day}">${dayInWords(day)}</time>`] : []),
    ];
    return `<li><a href="${escaped(linkTo(file, base))}" download>${escaped(title)}</a> <span>${facts.join(', ')}</span><p>${escaped(about.replace('{base}', base))} ${escaped(omits)}</p></li>`;
  });
  const place = /(<ul[^>]*\sdata-takeaways[^>]*>)[\s\S]*?(<\/ul>)/;
  if (!place.test(html)) throw new Error('The home page has no <ul data-takeaways> for what there is to take away.');
  return html.replace(place, (_, start: string, end: string) => start + items.join('') + end);
}
