import { z } from 'zod';

/**
 * What a reader has ticked, by rule id, with the day of the tick:
 * `{"version":1,"ticked":{"pagination-keyset":"2026-11-22"}}`
 */
export interface Ticks {
  version: 1;
  ticked: Record<string, string>;
}

/** Where browsers keep them. */
export const STORAGE_KEY = 'handbook:ticks';

const schema = z.object({
  version: z.literal(1),
  ticked: z.record(z.string(), z.string().regex(/^\d{4}-\d\d-\d\d$/)),
});

/** Where a store that cannot be read is put before it is written over. */
export const ASIDE_KEY = 'handbook:ticks:unread';

/** Nothing ticked. */
export const none = (): Ticks => ({ version: 1, ticked: {} });

/** Reads what was stored; undefined for what is damaged, or of a later version. */
export function ticksFrom(stored: string | null): Ticks | undefined {
  if (!stored) return none();
  try {
    return schema.safeParse(JSON.parse(stored)).data;
  } catch {
    return undefined;
  }
}

/** The ticks with rule `id` ticked on `day` (`2026-11-22`), or without it. Ids that no rule has any more are kept. */
export function withTick(ticks: Ticks, id: string, ticked: boolean, day: string): Ticks {
  const { [id]: _, ...others } = ticks.ticked;
  return { version: 1, ticked: ticked ? { ...others, [id]: day } : others };
}

/** How many of these rules are ticked. */
export const countOf = (ticks: Ticks, ids: string[]) => ids.filter((id) => id in ticks.ticked).length;
