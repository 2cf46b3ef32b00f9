import { listsIn } from '../lib/lists.ts';
import { counted } from '../lib/text.ts';
import { checkSize, fileFrom, Refused } from '../lib/ticks-file.ts';
import { applyChanges, changesAnything, changesOf, changeText, type Change } from '../lib/ticks-import.ts';
import { newListId } from './new-list-id.ts';
import { showTicks, ticks } from './reader-ticks.ts';

/** Lets the file input of `panel` import lists: first what would change, then, on Import, the change. `say` announces. */
export function connectImport(panel: HTMLElement, say: (text: string) => void) {
  const input = panel.querySelector<HTMLInputElement>('input[type=file]')!;
  const refused = panel.querySelector('.refused')!;
  const preview = panel.querySelector<HTMLElement>('[data-preview]')!;
  let changes: Change[] = [];

  const close = (said: string) => {
    preview.hidden = true;
    input.value = '';
    input.focus();
    say(said);
  };
  panel.querySelector('[data-cancel]')?.addEventListener('click', () => close('Nothing was imported.'));
  panel.querySelector('[data-apply]')?.addEventListener('click', () => {
    applyChanges(ticks, changes);
    showTicks();
    const added = changes.reduce((sum, change) => sum + change.added.length, 0);
    close(`Imported ${counted(added, 'tick')} into ${counted(changes.length, 'list')}.`);
  });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    preview.hidden = true;
    refused.textContent = '';
    say('');
    if (!file) return;
    readChanges(file).then(
      (read) => {
        changes = read;
        panel.querySelector('[data-changes]')!.replaceChildren(...read.map(rowOf));
        panel.querySelector<HTMLButtonElement>('[data-apply]')!.disabled = !changesAnything(read);
        preview.hidden = false;
        preview.focus();
      },
      (error: unknown) => {
        const reason = error instanceof Refused ? error.message : 'The file could not be read.';
        refused.textContent = `${reason} Nothing was imported, and your lists are as they were.`;
        // The same file can be chosen again once it is mended.
        input.value = '';
      },
    );
  });
}

async function readChanges(file: File): Promise<Change[]> {
  checkSize(file.size);
  const rules = new Set(
    [...document.querySelectorAll<HTMLElement>('[data-rule]')].map(({ dataset }) => dataset['rule'] ?? ''),
  );
  return changesOf(fileFrom(await file.text()), listsIn(ticks), rules, ticks, newListId);
}

function rowOf(change: Change): HTMLElement {
  const row = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = change.name;
  row.append(name, changeText(change));
  return row;
}
