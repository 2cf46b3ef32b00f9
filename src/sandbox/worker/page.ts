import type { Boot } from './boot.ts';

const scope = globalThis as unknown as { boot?: Boot };
if (!scope.boot) throw new Error('This module runs in a worker that boot.ts has started.');

/** The way to the page. It is taken out of the global scope, so that no program meets it there. */
export const page: Boot = scope.boot;
delete scope.boot;

/** A WebAssembly module of the bundle, compiled. */
export async function wasmModule(name: string): Promise<WebAssembly.Module> {
  const content = await page.need(name);
  if (content instanceof WebAssembly.Module) return content;
  throw new Error(`${name} is missing from the bundle.`);
}

/** Another file of the bundle. */
export async function blob(name: string): Promise<Blob> {
  const content = await page.need(name);
  if (content instanceof Blob) return content;
  throw new Error(`${name} is missing from the bundle.`);
}
