import { OUTPUT_LIMIT, type Stream } from '../protocol.ts';

/** How many messages are sent one by one before lines are gathered, and how long they are gathered, in milliseconds. */
const [EAGER, PAUSE] = [200, 30];

/**
 * Collects what a program prints and hands it to `send`: at once as long as it is little, so that nothing is lost when the
 * program never yields again; then in batches. What is over the limit is dropped, and said to be.
 */
export function outputTo(send: (chunks: [Stream, string][]) => void, now: () => number = () => performance.now()) {
  let chunks: [Stream, string][] = [];
  let [characters, lines, sent, last] = [0, 0, 0, -Infinity];
  let full = false;

  function flush() {
    if (chunks.length === 0) return;
    send(chunks);
    chunks = [];
    sent += 1;
    last = now();
  }

  function write(stream: Stream, text: string) {
    if (full) return;
    const kept = within(text);
    characters += kept.length;
    chunks.push([stream, kept]);
    if (kept.length < text.length) {
      full = true;
      chunks.push(['stderr', `\n[The output is cut here: over ${OUTPUT_LIMIT.lines} lines or 64 KiB.]\n`]);
    }
    if (full || sent < EAGER || now() - last > PAUSE) flush();
    else if (chunks.length === 1) queueMicrotask(() => void Promise.resolve().then(flush));
  }

  function within(text: string): string {
    if (lines === OUTPUT_LIMIT.lines) return '';
    let end = Math.min(text.length, OUTPUT_LIMIT.characters - characters);
    for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
      lines += 1;
      if (lines === OUTPUT_LIMIT.lines) end = at + 1;
    }
    return end === text.length ? text : text.slice(0, end);
  }

  return { write, flush };
}
