export async function fetchFeed(url: string, allowedHosts: string[]): Promise<string> {
  if (!allowedHosts.some((host) => url.includes(host))) throw new Error('This host is not allowed.');
  const response = await fetch(url);
  const text = await response.text();
  if (text.length > 1_000_000) throw new Error('The feed is too large.');
  return text;
}
