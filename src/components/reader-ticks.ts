import { Kept } from '../lib/kept.ts';

/** What this browser keeps of the reader's ticks: one for all elements of a page. */
export const ticks = new Kept(() => localStorage);

/** Fired at the document by whoever has changed `ticks`: boxes are to show it. */
export const CHANGED = 'hb-ticks';

/** Fired at the document when the boxes show what is kept. */
export const SHOWN = 'hb-ticks-shown';

/** Tells the page that `ticks` has changed. */
export const showTicks = () => document.dispatchEvent(new Event(CHANGED));
