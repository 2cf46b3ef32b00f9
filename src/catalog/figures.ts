const drawings = import.meta.glob<string>('../content/figures/*/*.svg', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** A drawing: its SVG, and what it says in words. */
export interface Drawing {
  svg: string;
  title: string;
  description: string;
}

/** The drawing `schema-design/facts.svg`. Throws, saying what to do, when it is missing or says nothing in words. */
export function figureWithName(file: string): Drawing {
  const svg = drawings[`../content/figures/${file}`];
  if (svg === undefined)
    throw new Error(`There is no figure ${file}. Draw src/content/figures/${file}, or correct the name.`);
  const title = /<title>([\s\S]*?)<\/title>/.exec(svg)?.[1]?.trim();
  const description = /<desc>([\s\S]*?)<\/desc>/.exec(svg)?.[1]?.replace(/\s+/g, ' ').trim();
  if (!title || !description) {
    throw new Error(`The figure ${file} needs a <title> and a <desc> that say in words all that it shows.`);
  }
  return { svg: svg.trim(), title, description };
}
