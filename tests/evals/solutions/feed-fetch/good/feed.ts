const LIMIT = 1_000_000;

/** The text of a partner's feed. Throws for another host, a redirect, and an answer of over 1 MB. */
export async function fetchFeed(url: string, allowedHosts: string[]): Promise<string> {
  // What is compared is what is fetched: the parsed address, not the text.
  const address = new URL(url);
  const isPlain = address.username === '' && address.password === '';
  if (!/^https?:$/.test(address.protocol) || !isPlain || !allowedHosts.includes(address.host)) {
    throw new Error(`${address.host || url} is none of our partners.`);
  }
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
  if (!response.ok || !response.body) throw new Error(`The feed answered ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LIMIT) throw new Error('The feed is over 1 MB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
