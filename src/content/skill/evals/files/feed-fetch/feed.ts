/** The text of a partner's feed. `allowedHosts` are names or addresses with their ports, such as feeds.example.com:8080. */
export async function fetchFeed(url: string, _allowedHosts: string[]): Promise<string> {
  const response = await fetch(url);
  return response.text();
}
