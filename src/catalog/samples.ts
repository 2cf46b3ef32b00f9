import packageJson from '../../package.json';
import versionsJson from '../content/samples/versions.json';
import { isModule, type Sample, type Versions } from '../lib/sample.ts';

// As text: nothing in the site runs a sample.
const sources = import.meta.glob<string>('../content/samples/*/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const outputs = import.meta.glob<string>('../content/samples/*/*.out', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const ROOT = '../content/samples/';

const all = Object.entries(sources)
  .map(([path, source]) => ({ file: path.slice(ROOT.length), source }))
  .filter(({ file }) => !file.startsWith('prisma/'));

/** What the recorded programs ran on. */
export const versions: Versions = versionsJson;

/** Every npm package that the project names, with its version. */
export const packages: Record<string, string> = { ...packageJson.devDependencies, ...packageJson.dependencies };

/** Every sample, sorted by file name. */
export const samples = (): Sample[] =>
  all
    .map(({ file }) => file)
    .sort()
    .map(sampleWithName);

/** The sample `pagination/keyset.ts`. Throws, saying what to do, when the file or its record is missing. */
export function sampleWithName(file: string): Sample {
  const source = sources[ROOT + file];
  if (source === undefined) {
    throw new Error(`There is no sample ${file}. Write src/content/samples/${file}, or correct the name in the topic.`);
  }
  const output = outputs[ROOT + file.replace(/\.ts$/, '.out')];
  if (output === undefined && !isModule(file, all)) {
    throw new Error(`The sample ${file} has no recorded output. Run \`npm run record ${file.replace(/\.ts$/, '')}\`.`);
  }
  return { file, source, output };
}
