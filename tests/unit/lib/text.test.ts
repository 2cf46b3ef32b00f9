import { describe, expect, test } from 'vitest';
import { minutesToRead } from '../../../src/lib/text.ts';

describe('the time to read', () => {
  const words = (count: number) => 'word '.repeat(count);

  test('counts words of prose and of code, and rounds', () => {
    expect(minutesToRead(words(660))).toBe(3);
    expect(minutesToRead(`${words(330)}\n\`\`\`ts\n${words(330)}\n\`\`\``)).toBe(3);
    expect(minutesToRead(words(800))).toBe(4);
  });

  test('is at least a minute', () => expect(minutesToRead('')).toBe(1));

  test('leaves out frontmatter, addresses and signs', () => {
    const signs = '=> { } '.repeat(660);
    const head = `---\ntitle: ${words(660)}\n---\n`;
    const link = '[word](https://handbook.example/a-b-c-d) '.repeat(220);
    expect(minutesToRead(head + link + signs)).toBe(1);
  });
});
