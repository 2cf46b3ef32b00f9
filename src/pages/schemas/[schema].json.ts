import type { APIRoute } from 'astro';
import { site } from '../../catalog/site.ts';
import { dataSchemas, schemaOf, schemaPath, type DataName } from '../../lib/data.ts';

/** The JSON Schema of each data file: `/schemas/rules.v1.json`. */
export const getStaticPaths = () =>
  (Object.keys(dataSchemas) as DataName[]).map((name) => ({
    params: { schema: schemaPath(name).replace(/^schemas\/|\.json$/g, '') },
    props: { name },
  }));

export const GET: APIRoute<{ name: DataName }> = ({ props }) => Response.json(schemaOf(props.name, site));
