import { zipOf, type Files } from './archive.ts';
import { TAKEAWAYS, withTakeaways } from './takeaway.ts';
import { absolute, type Site } from './url.ts';

const HOME = 'index.html';

/**
 * The files of the site as a zip that says how to serve them. What lies in the site to be taken away is left out, and not
 * offered on its home page.
 */
export function siteZipOf(files: Files, site: Site, name: string): Uint8Array {
  const away = new Set(TAKEAWAYS.map(({ file }) => file));
  const packed = new Map<string, Uint8Array>([[`${name}/READ-ME.txt`, new TextEncoder().encode(manualOf(site))]]);
  for (const [path, bytes] of files) if (!away.has(path)) packed.set(`${name}/site/${path}`, bytes);
  const home = files.get(HOME);
  if (!home) throw new Error('The site has no index.html. Build it first.');
  const withoutList = withTakeaways(new TextDecoder().decode(home), new Map(), { base: site.base, day: undefined });
  packed.set(`${name}/site/${HOME}`, new TextEncoder().encode(withoutList));
  return zipOf(packed);
}

const manualOf = (site: Site) => `The whole handbook, for a web server of your own. It needs no network.

Serve the folder "site" at the path ${site.base} of any static web server. For example:

${site.base === '/' ? '    python3 -m http.server --directory site 8080' : `    mkdir -p www${site.base.replace(/[^/]+\/$/, '')} && mv site www${site.base.replace(/\/$/, '')}\n    python3 -m http.server --directory www 8080`}

and open http://localhost:8080${site.base} in a browser. Programs run in pages from http://localhost and from https:// alone.
Files that are opened without a server do not find each other, because their links begin with ${site.base}.

It leaves out the EPUB and the PDF, which are at ${absolute('', site)}.
`;
