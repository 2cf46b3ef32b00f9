/** A worker as a Node.js process: runs one program and says how it ended. */
import '../node/globals.ts';
import { inspect } from 'node-inspect-extracted';
import { holds } from '../node/lifetime.ts';
import process, { Exit, host } from '../node/process.ts';
import { plain } from '../node/timers.ts';
import type { Preparation, Program, ToWorker } from '../protocol.ts';
import { compiled } from './compile.ts';
import { consoleTo } from './console.ts';
import { failureOf } from './failure.ts';
import { outputTo } from './output.ts';
import { page } from './page.ts';

/** For how long nothing may keep the process alive before it has ended, in milliseconds. */
const QUIET = 15;
/** The same while the program's first pass waits for something that we do not count, such as WebCrypto. */
const UNSETTLED = 5_000;

let program: Program = { entry: '', sources: {} };
let ended = false;
const output = outputTo((chunks) => page.post({ type: 'output', chunks }));

host.write = output.write;
host.exit = (code) => end(code);
Object.assign(console, consoleTo(output.write));

function end(code: number, error?: { thrown: unknown }) {
  if (ended) return;
  ended = true;
  output.flush();
  page.post({ type: 'end', code, failure: error && failureOf(error.thrown, program) });
}

/** What `error` does to a Node.js process: nothing if somebody listens, otherwise it is the end. */
function uncaught(error: unknown, event: 'uncaughtException' | 'unhandledRejection') {
  if (error instanceof Exit || ended) return;
  if (process.listenerCount(event) > 0) {
    process.emit(event, error, Promise.resolve());
    return;
  }
  if (event === 'unhandledRejection' && !(error instanceof Error)) {
    const reason = `with the reason ${inspect(error)}`;
    const thrown = new Error(`A promise was rejected ${reason}, and nobody caught it.`);
    return uncaught(Object.assign(thrown, { code: 'ERR_UNHANDLED_REJECTION' }), 'uncaughtException');
  }
  if (event === 'unhandledRejection' && process.listenerCount('uncaughtException') > 0) {
    return uncaught(error, 'uncaughtException');
  }
  process.emit('uncaughtExceptionMonitor', error, event);
  end(1, { thrown: error });
}

addEventListener('error', (event) => {
  event.preventDefault();
  uncaught(event.error ?? new Error(event.message), 'uncaughtException');
});
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  uncaught(event.reason, 'unhandledRejection');
});

/** Starts the servers that a program expects. They live in modules of their own: not every program needs them. */
async function started({ services, map }: Preparation): Promise<void> {
  const starts = services.map(async (name) => {
    const module = map[`service:${name}`];
    if (!module) throw new Error(`The bundle has no service ${name}.`);
    const url = await page.load(module);
    const { start } = (await import(/* @vite-ignore */ url)) as {
      start: () => Promise<Record<string, string>>;
    };
    page.post({ type: 'phase', phase: name });
    Object.assign(process.env, await start());
  });
  await Promise.all(starts);
}

/** Loads packages while servers start. One that fails to load fails again, and is heard of, when the program imports it. */
async function loaded({ modules, map }: Preparation): Promise<void> {
  const imports = modules.map(async (name) => {
    const module = map[name];
    if (module) await import(/* @vite-ignore */ await page.load(module));
  });
  await Promise.allSettled(imports);
}

let ready: { services: Promise<void>; packages: Promise<void> } | undefined;

/** Once for a worker, whether it is warmed first or runs at once. */
function prepared(preparation: Preparation) {
  ready ??= { services: started(preparation), packages: loaded(preparation) };
  return ready;
}

async function run(message: Extract<ToWorker, { type: 'run' }>) {
  ({ program } = message);
  process.argv[1] = `/${program.entry}`;
  let settled = false;
  try {
    const { services } = prepared(message);
    const resolver = { url: (name: string) => (message.map[name] ? page.load(message.map[name]) : undefined) };
    const [url] = await Promise.all([compiled(program.entry, program.sources, resolver), services]);
    page.post({ type: 'phase', phase: 'running' });
    const main = import(/* @vite-ignore */ url).then(
      () => (settled = true),
      (error: unknown) => uncaught(error, 'uncaughtException'),
    );
    // Or until it waits for something that will never come.
    await Promise.race([main, quiet(UNSETTLED)]);
    if (settled) await quiet(QUIET);
    if (ended) return;
    if (settled) process.emit('beforeExit', process.exitCode ?? 0);
    if (settled && holds() > 0) await quiet(QUIET);
    process.emit('exit', process.exitCode ?? 0);
    if (!settled) host.write('stderr', 'Warning: Detected unsettled top-level await\n');
    end(settled ? (process.exitCode ?? 0) : 13);
  } catch (error) {
    end(1, { thrown: error });
  }
}

/** Resolves once nothing has kept the process alive for `time` milliseconds. */
async function quiet(time: number): Promise<void> {
  for (let since = performance.now(); !ended && performance.now() - since < time;) {
    await new Promise((resolve) => plain.setTimeout(resolve, Math.min(5, time)));
    if (holds() > 0) since = performance.now();
  }
}

page.listen((message) => {
  if (message.type === 'run') void run(message);
  if (message.type === 'warm') {
    const { services, packages } = prepared(message);
    Promise.all([services, packages]).then(
      () => page.post({ type: 'warm' }),
      (error: unknown) => page.post({ type: 'broken', message: String(error) }),
    );
  }
});
