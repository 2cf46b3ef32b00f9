/**
 * The first code in a worker. It has no imports and no network: it asks the page for the modules of the bundle, links them to
 * each other by blob URLs, and starts the runtime. Messages that come before that wait.
 */
import type { FromWorker, ToWorker } from '../protocol.ts';

type Content = Extract<ToWorker, { type: 'file' }>['content'];

/** Written before this code by the frame. */
declare const config: { base: string; runtime: string; imports: Record<string, string[]> };

/** What the runtime finds in the worker's global scope, and takes away before a program runs. */
export interface Boot {
  need(name: string): Promise<Content>;
  /** The URL that a module of the bundle can be imported from. */
  load(name: string): Promise<string>;
  post(message: FromWorker): void;
  listen(listener: (message: ToWorker) => void): void;
}

const scope = globalThis as unknown as {
  boot?: Boot;
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
};
const post = scope.postMessage.bind(scope);
const files = new Map<string, PromiseWithResolvers<Content>>();
const urls = new Map<string, Promise<string>>();
const early: ToWorker[] = [];
let receive = (message: ToWorker): void => {
  early.push(message);
};

scope.addEventListener('message', ({ data }) => {
  if (data.type === 'file') fileOf(data.name).resolve(data.content);
  else receive(data);
});

function fileOf(name: string): PromiseWithResolvers<Content> {
  let file = files.get(name);
  if (!file) {
    file = Promise.withResolvers<Content>();
    files.set(name, file);
  }
  return file;
}

/** Most files come unasked. What does not is asked for. */
function need(name: string): Promise<Content> {
  if (!files.has(name)) post({ type: 'need', name });
  return fileOf(name).promise;
}

function load(name: string): Promise<string> {
  let url = urls.get(name);
  if (!url) {
    url = linked(name);
    urls.set(name, url);
  }
  return url;
}

async function linked(name: string): Promise<string> {
  const content = await need(name);
  if (typeof content !== 'string') throw new Error(`The module ${name} is missing from the bundle.`);
  const imports = config.imports[name] ?? [];
  const targets = await Promise.all(imports.map(load));
  let text = content;
  // The bundler quotes what it imports in this one way.
  imports.forEach((other, at) => (text = text.replaceAll(`"./${other}"`, `"${targets[at]}"`)));
  const source = `${text}\n//# sourceURL=${config.base}${name}`;
  return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
}

scope.boot = {
  need,
  load,
  post,
  listen(listener) {
    receive = listener;
    early.splice(0).forEach(listener);
  },
};

load(config.runtime)
  .then((url) => import(/* @vite-ignore */ url))
  .catch((error: unknown) => post({ type: 'broken', message: String(error) }));
