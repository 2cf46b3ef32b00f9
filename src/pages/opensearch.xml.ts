import type { APIRoute } from 'astro';
import { site } from '../catalog/site.ts';
import { escaped } from '../lib/text.ts';
import { absolute } from '../lib/url.ts';

/** What lets a browser's address bar search the handbook (OpenSearch 1.1). */
export const GET: APIRoute = () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>Backend Handbook</ShortName>
  <Description>Topics, rules, programs and error codes of the Backend Engineer’s Handbook</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image width="16" height="16" type="image/svg+xml">${escaped(absolute('favicon.svg', site))}</Image>
  <Url type="text/html" method="get" template="${escaped(absolute('', site))}?q={searchTerms}" />
  <Url type="application/opensearchdescription+xml" rel="self" template="${escaped(absolute('opensearch.xml', site))}" />
</OpenSearchDescription>
`;
  return new Response(text, { headers: { 'content-type': 'application/opensearchdescription+xml' } });
};
