import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { z } from 'zod';

type Schema = Parameters<typeof z.fromJSONSchema>[0];
type Content = Record<string, { schema?: unknown }>;
type Described = {
  parameters?: unknown;
  requestBody?: unknown;
  responses?: unknown;
};

/** As much of an OpenAPI document as is compared. */
export type OpenApi = {
  paths?: object | undefined;
  components?: { schemas?: object | undefined } | undefined;
};

/** A request to try; `{id}` in its path is filled from `id`. */
export type Trial = {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  id?: string;
  query?: Record<string, string>;
  body?: unknown;
};

/** `GET /orders/{id}`, for each route that Express would find. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) => {
    if (!route) return [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    return route.stack.map((layer) => `${layer.method.toUpperCase()} ${path}`);
  });
}

// #region differences
/** What a client that believes the document would run into. */
export async function differences(
  document: OpenApi,
  app: Express,
  trials: Trial[],
): Promise<string[]> {
  const found: string[] = [];
  const documented = new Map<string, Described>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const methods = Object.entries(item as Record<string, Described>);
    for (const [method, described] of methods) {
      documented.set(`${method.toUpperCase()} ${path}`, described);
    }
  }
  const served = new Set(routesOf(app));
  for (const name of served) {
    if (!documented.has(name)) found.push(`${name}: not documented`);
  }
  for (const name of documented.keys()) {
    if (!served.has(name)) found.push(`${name}: not served`);
  }

  const server = app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const trial of trials) {
    const name = `${trial.method.toUpperCase()} ${trial.path}`;
    const described = documented.get(name);
    if (!described || !served.has(name)) continue;
    const path = trial.path.replace('{id}', trial.id ?? '');
    const query = new URLSearchParams(trial.query).toString();
    const response = await fetch(`http://localhost:${port}${path}?${query}`, {
      method: trial.method,
      headers: { 'content-type': 'application/json' },
      ...('body' in trial && { body: JSON.stringify(trial.body) }),
    });
    const text = await response.text();

    const wrong = requestFault(document, described, trial);
    const refused = response.status === 400;
    if (refused && !wrong) found.push(`${name}: refuses ${shown(trial)}`);
    if (!refused && wrong) found.push(`${name}: takes ${shown(trial)}`);
    for (const fault of responseFaults(document, described, response, text)) {
      found.push(`${name}: answers ${response.status}, ${fault}`);
    }
  }
  server.close();
  await once(server, 'close');
  return [...new Set(found)];
}
// #endregion differences

const shown = ({ query, body, id }: Trial) =>
  JSON.stringify(body ?? query ?? id ?? {}).slice(0, 40);

/** A JSON Schema of the document as a Zod schema. */
function schemaIn(document: OpenApi, schema: unknown) {
  const whole = { ...(schema as object), $defs: document.components?.schemas };
  // z.fromJSONSchema follows references into $defs only.
  const text = JSON.stringify(whole);
  const local = text.replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(local) as Schema);
}

type Parameter = {
  in: string;
  name: string;
  required?: boolean;
  schema: { type?: string };
};

/** Why the document forbids a request; null: it allows it. */
function requestFault(document: OpenApi, described: Described, trial: Trial) {
  const parameters = (described.parameters ?? []) as Parameter[];
  const inPath = trial.id === undefined ? {} : { id: trial.id };
  const sent = new Map(Object.entries({ ...trial.query, ...inPath }));
  for (const { name, required, schema } of parameters) {
    const text = sent.get(name);
    sent.delete(name);
    if (text === undefined) {
      if (required) return `${name} is missing`;
      continue;
    }
    const numeric = schema.type === 'integer' || schema.type === 'number';
    const value = numeric ? Number(text) : text;
    if (!schemaIn(document, schema).safeParse(value).success) return name;
  }
  // A parameter that the document does not list.
  for (const name of sent.keys()) return name;
  const body = described.requestBody as { content: Content } | undefined;
  const schema = body?.content['application/json']?.schema;
  if (!schema) return null;
  return schemaIn(document, schema).safeParse(trial.body).success
    ? null
    : 'body';
}

/** How an answer departs from the document. */
function responseFaults(
  document: OpenApi,
  described: Described,
  response: Response,
  text: string,
): string[] {
  const all = described.responses as Record<string, { content?: Content }>;
  const expected = all[response.status];
  if (!expected) return ['a status not documented'];
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  if (!expected.content) return text === '' ? [] : ['a body not described'];
  const schema = expected.content[type]?.schema;
  if (!schema) return [`as ${type || 'nothing'}`];
  const { error } = schemaIn(document, schema).safeParse(JSON.parse(text));
  return (error?.issues ?? []).map(
    ({ path, code }) => `${path.join('/')}: ${code}`,
  );
}
