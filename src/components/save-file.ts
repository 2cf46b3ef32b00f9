/** Offers a text to the reader as a file. */
export function saveFile(name: string, type: string, text: string) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  // The browser reads the text after this returns.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
