import type { APIRoute } from 'astro';
import { site } from '../catalog/site.ts';
import { topics } from '../catalog/topics.ts';
import { dataOf, dataSchemas, type DataName } from '../lib/data.ts';

/** `/rules.json`, `/errors.json`, `/topics.json`. */
export const getStaticPaths = () => Object.keys(dataSchemas).map((data) => ({ params: { data } }));

export const GET: APIRoute = async ({ params }) =>
  Response.json(dataOf(params['data'] as DataName, await topics(), site));
