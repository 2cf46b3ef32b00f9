import type { SampleRun } from './sample-run.ts';

/** Offers to run the programs of this page. What a run needs is loaded when a reader first asks for one. */
const opened = new Map<HTMLElement, Promise<SampleRun>>();

function open(figure: HTMLElement): Promise<SampleRun> {
  let run = opened.get(figure);
  if (!run) {
    run = import('./sample-run.ts').then(({ SampleRun }) => new SampleRun(figure));
    run.catch(() => {
      opened.delete(figure);
      const status = figure.querySelector('.status b');
      if (status) status.textContent = 'The runner did not load. Check your connection, then try again.';
    });
    opened.set(figure, run);
  }
  return run;
}

for (const figure of document.querySelectorAll<HTMLElement>('figure[data-sample]')) {
  const button = (act: string) => figure.querySelector<HTMLElement>(`[data-act="${act}"]`);
  const [run, edit] = [button('run'), button('edit')];
  if (!run || !edit) continue;
  run.hidden = edit.hidden = false;
  run.addEventListener('click', () => void open(figure).then((one) => one.run()));
  edit.addEventListener('click', () => void open(figure).then((one) => one.edit()));
  // Once one program has run, the next is made ready as soon as a reader turns to it.
  for (const hint of ['pointerenter', 'focus']) {
    run.addEventListener(hint, () => {
      if (opened.size > 0) void open(figure).then((one) => one.warm());
    });
  }
  const file = figure.dataset['sample'] ?? '';
  if (location.hash.startsWith(`#code=${file}:`)) void open(figure).then((one) => one.openLink(location.hash));
  else if (kept(file)) void open(figure).then((one) => one.edit());
}

/** Whether this tab holds an edit of the program. */
function kept(file: string): boolean {
  try {
    return sessionStorage.getItem(`handbook:edit:${file}`) !== null;
  } catch {
    return false;
  }
}
