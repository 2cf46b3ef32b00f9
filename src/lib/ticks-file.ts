import { nameProblem, type List } from './lists.ts';
import { isDay, isId, MAIN, UNNAMED } from './ticks.ts';

/** A reader's lists as a file: what an export writes, and an import reads. */
export interface TicksFile {
  version: 2;
  /** The id of the list that was shown. */
  active: string;
  lists: List[];
}

/** The largest file that is read, in bytes: a hundred full lists are smaller. */
export const LARGEST = 4_000_000;

/** Why a file was refused, as a sentence for the reader. */
export class Refused extends Error {}

/** The text of a file with all lists, active one named. */
export const fileText = (lists: List[], active: string) =>
  `${JSON.stringify({ version: 2, active, lists } satisfies TicksFile, null, 2)}\n`;

/** Throws `Refused` for a file that is larger than `LARGEST`, so that it need not be read. */
export function checkSize(bytes: number) {
  const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
  if (bytes > LARGEST)
    throw new Refused(`The file has ${size}; a file of ticks has at most ${LARGEST / 1_000_000} MB.`);
}

/** Reads a file of version 2, or of version 1 as one list. Throws `Refused` for anything else: nothing is guessed. */
export function fileFrom(text: string): TicksFile {
  checkSize(text.length);
  const value = jsonFrom(text.replace(/^\uFEFF/, ''));
  if (!isObject(value)) throw new Refused('The file is JSON, but no file of ticks: it should hold an object.');
  if (value['version'] === 1) {
    only(value, ['version', 'ticked'], 'the file');
    return {
      version: 2,
      active: MAIN,
      lists: [{ id: MAIN, name: UNNAMED, ticked: tickedFrom(value['ticked'], 'the file') }],
    };
  }
  if (value['version'] !== 2) {
    const version = value['version'] === undefined ? 'no version' : `version ${shown(value['version'])}`;
    throw new Refused(
      `The file has ${version}; this page reads 1 and 2. Reload the page if the file is from a newer one.`,
    );
  }
  only(value, ['version', 'active', 'lists'], 'the file');
  const { active, lists } = value;
  if (!Array.isArray(lists) || lists.length === 0 || lists.length > 100)
    throw new Refused('The file should have 1 to 100 lists.');
  const read = lists.map((list: unknown, index) => listFrom(list, `list ${index + 1}`));
  if (new Set(read.map(({ id }) => id)).size < read.length)
    throw new Refused('Two lists of the file have the same id.');
  if (!isId(active)) throw new Refused(`The active list, ${shown(active)}, is no id.`);
  return { version: 2, active, lists: read };
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(
      `The file is not JSON: ${error instanceof Error ? shown(error.message, '') : 'it does not parse'}.`,
    );
  }
}

function listFrom(value: unknown, where: string): List {
  if (!isObject(value)) throw new Refused(`In the file, ${where} is no object.`);
  only(value, ['id', 'name', 'ticked'], where);
  const { id, name, ticked } = value;
  if (!isId(id)) throw new Refused(`In the file, ${where} has an id that is none: ${shown(id)}.`);
  const problem = typeof name === 'string' ? nameProblem(name) : 'A name is text.';
  if (typeof name !== 'string' || problem)
    throw new Refused(`In the file, ${where} is called ${shown(name)}. ${problem}`);
  return { id, name, ticked: tickedFrom(ticked, where) };
}

function tickedFrom(value: unknown, where: string): Record<string, string> {
  if (!isObject(value)) throw new Refused(`In the file, ${where} has no ticks: \`ticked\` should be an object.`);
  const entries = Object.entries(value);
  if (entries.length > 5000) throw new Refused(`In the file, ${where} has more than 5,000 ticks.`);
  return Object.fromEntries(
    entries.map(([rule, day]) => {
      if (!isId(rule) || rule in Object.prototype)
        throw new Refused(`In the file, ${where} ticks ${shown(rule)}, which is no rule’s id.`);
      if (!isDay(day)) throw new Refused(`In the file, ${where} ticks ${rule} on ${shown(day)}, which is no day.`);
      return [rule, day];
    }),
  );
}

/** Refuses keys that a file of ticks has not, `__proto__` among them. */
function only(value: Record<string, unknown>, keys: string[], where: string) {
  const strange = Object.keys(value).find((key) => !keys.includes(key));
  if (strange !== undefined)
    throw new Refused(`In the file, ${where} has the key ${shown(strange)}, which no file of ticks has.`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value of the file in a sentence, cut short. */
function shown(value: unknown, quote = '“'): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing');
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return quote ? `“${short}”` : short;
}
