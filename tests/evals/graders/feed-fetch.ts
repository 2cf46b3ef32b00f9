import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { thrownBy, type Grader } from '../kit.ts';

const CHUNK = 'x'.repeat(65_536);
const SIZE = 32e6;

export const grade: Grader = async function* (kit) {
  const { fetchFeed } = await kit.load<{ fetchFeed: (url: string, allowedHosts: string[]) => Promise<string> }>('feed');
  const listen = async (listener: RequestListener) => {
    const server = createServer(listener);
    kit.onClose(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  let secretsRead = 0;
  const inside = await listen((_request, response) => void response.end(`secret ${++secretsRead}`));
  let sent = 0;
  const partner = await listen((request, response) => {
    if (request.url === '/moved') return void response.writeHead(302, { location: `http://${inside}/` }).end();
    if (request.url !== '/endless') return void response.end('news');
    // Ends all the same, so that a solution which reads on can be graded.
    const more = () => {
      for (let room = true; room && !response.destroyed && sent < SIZE; sent += CHUNK.length)
        room = response.write(CHUNK);
      if (sent >= SIZE) response.end();
    };
    response.on('drain', more);
    more();
  });
  const fetched = (url: string) => fetchFeed(url, [partner]).catch((error: Error) => `refused: ${error.message}`);

  const news = await fetched(`http://${partner}/`);
  yield [news === 'news', news];
  const other = await fetched(`http://${inside}/`);
  yield [
    secretsRead === 0 && other.startsWith('refused'),
    `a host that is not listed: ${other}, reached ${secretsRead} times`,
  ];
  const moved = await fetched(`http://${partner}/moved`);
  yield [secretsRead === 0 && moved.startsWith('refused'), `a redirect to it: ${moved}, reached ${secretsRead} times`];

  secretsRead = 0;
  const tricks = await Promise.all(
    [
      `http://${partner}@${inside}/`,
      `http://${inside}/?${partner}`,
      `http://${inside}/#@${partner}`,
      `http://${inside}\\@${partner}/`,
    ].map(fetched),
  );
  yield [
    secretsRead === 0,
    `addresses that only look like it: ${tricks.map((trick) => trick.slice(0, 40)).join(' | ')}`,
  ];
  const schemes = await Promise.all(
    ['file:///etc/hostname', 'data:text/plain,hi', 'feed'].map((url) => thrownBy(() => fetchFeed(url, [partner, '']))),
  );
  yield [schemes.every(Boolean), `other schemes refused: ${schemes.map(Boolean).join()}`];
  const much = await fetched(`http://${partner}/endless`);
  yield [much.startsWith('refused') && sent < SIZE / 2, `32 MB: ${much.slice(0, 60)}, cut off: ${sent < SIZE / 2}`];
};
