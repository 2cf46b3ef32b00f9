/**
 * The number of the page that each id of a printed document is on, from 1. Reads what Chromium writes: objects in the open,
 * one list of named destinations, and pages in the order of the lists that hold them.
 */
export function numbersIn(pdf: Uint8Array): Map<string, number> {
  const text = latin1(pdf);
  const isPage = new Set([...text.matchAll(/^(\d+) 0 obj\n<<\/Type \/Page$/gm)].map(([, id]) => id));
  const inOrder = [...text.matchAll(/^\/Kids \[([^\]]*)\]/gm)]
    .flatMap(([, kids = '']) => [...kids.matchAll(/(\d+) 0 R/g)].map(([, id]) => id))
    .filter((id) => isPage.has(id));
  const place = new Map(inOrder.map((id, index) => [id, index + 1]));
  const found = [...text.matchAll(/^(?:<<)?\/([\w.~-]+) \[(\d+) 0 R \/XYZ/gm)].flatMap(([, name = '', page = '']) => {
    const number = place.get(page);
    return number === undefined ? [] : [[name, number] as const];
  });
  return new Map(found);
}

/** The document as if it had been printed at the beginning of `day`: the same length, so that nothing in it moves. */
export function datedOn(pdf: Uint8Array, day: string): Uint8Array {
  const digits = day.replaceAll('-', '');
  const dated = latin1(pdf).replace(/(?<=\/(?:CreationDate|ModDate) \(D:)\d{14}/g, `${digits}000000`);
  return Uint8Array.from(dated, (character) => character.charCodeAt(0));
}

/** Bytes as characters, one for each. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return text;
}
