import { expect, test } from 'vitest';
import { highlightedLines } from '../../../src/lib/highlight.ts';

test('colours comments, strings, constants and punctuation by class, and escapes the text', async () => {
  const [comment, code] = await highlightedLines("// a < b\nconst x = 'y' + 1;");
  expect(comment).toBe('<span class="c">// a &lt; b</span>');
  // A space takes the colour of what stands before it, so that neighbours share an element.
  expect(code).toContain('<span class="s">\'y\' </span>');
  expect(code).toContain('<span class="n">1</span>');
  expect(code).not.toContain('style=');
});

test('colours the SQL in a template string as a string, and what is put into it as code', async () => {
  const [line] = await highlightedLines('db.query(`SELECT ${COLUMNS} FROM post`);');
  expect(line).toMatch(/<span class="s">`SELECT <\/span>.*COLUMNS.*<span class="s"> FROM post`<\/span>/);
});

test('gives a line for each line, empty ones too', async () => {
  expect(await highlightedLines('a;\n\nb;')).toHaveLength(3);
});
