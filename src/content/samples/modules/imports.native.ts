import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'modules-'));

// #region imports
const files = {
  // Each imports the other; only one of them needs it while it loads.
  'order.mjs': `
    import { FACTOR } from './price.mjs';
    export const VAT = 19;
    export const total = (cents) => Math.round(cents * FACTOR);`,
  'price.mjs': `
    import { VAT } from './order.mjs';
    export const FACTOR = 1 + VAT / 100;`,

  // What both need lies in a third module, which imports neither.
  'vat.mjs': `export const VAT = 19;`,
  'order2.mjs': `
    import { FACTOR } from './price2.mjs';
    export const total = (cents) => Math.round(cents * FACTOR);`,
  'price2.mjs': `
    import { VAT } from './vat.mjs';
    export const FACTOR = 1 + VAT / 100;`,

  // One reads its environment while it loads, one when it is called.
  'settings.mjs': `
    export const currency = process.env.CURRENCY ?? 'USD';
    export const settingsFrom = (env) => ({ currency: env.CURRENCY });`,
  'main.mjs': `
    process.env.CURRENCY = 'EUR';
    import { currency, settingsFrom } from './settings.mjs';
    console.log(currency, settingsFrom(process.env).currency);`,
};

const entries = {
  'price first': `import './price.mjs'; import './order.mjs';`,
  'order first': `import './order.mjs'; import './price.mjs';`,
  'price first, no cycle': `import './price2.mjs'; import './order2.mjs';`,
  'order first, no cycle': `import './order2.mjs'; import './price2.mjs';`,
  'set above the import': `import './main.mjs';`,
};
// #endregion imports

for (const [name, source] of Object.entries(files)) {
  await writeFile(join(folder, name), source);
}

const expected: Record<keyof typeof entries, string> = {
  'price first': 'loads',
  'order first': "Cannot access 'VAT' before initialization",
  'price first, no cycle': 'loads',
  'order first, no cycle': 'loads',
  'set above the import': 'USD EUR',
};
try {
  for (const [name, source] of Object.entries(entries)) {
    const args = ['--input-type=module', '--eval', source];
    const options = {
      cwd: folder,
      env: { ...process.env, CURRENCY: undefined },
    };
    const outcome = await run(process.execPath, args, options).then(
      ({ stdout }) => stdout.trim() || 'loads',
      ({ stderr }: { stderr: string }) =>
        /^ReferenceError: (.*)$/m.exec(stderr)?.[1],
    );
    console.log(name.padEnd(21), outcome);
    assert.equal(outcome, expected[name as keyof typeof expected]);
  }
} finally {
  await rm(folder, { recursive: true });
}
