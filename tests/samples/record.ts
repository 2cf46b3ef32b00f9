/**
 * `npm run record` writes the `.out` of every program, `npm run record pagination` or `pagination/keyset` of some, and
 * `versions.json`, which says what they ran on. A program that fails, or prints to stderr, is not recorded.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { programsAmong, recordOf, runSample, sampleFiles, startServices } from './run.ts';

const VERSIONS = new URL('../../src/content/samples/versions.json', import.meta.url);

const wanted = process.argv.slice(2).map((name) => name.replace(/(\.native)?(\.ts)?$/, ''));
const all = sampleFiles();
const chosen = all.filter((file) => {
  const name = file.replace(/(\.native)?\.ts$/, '');
  return wanted.length === 0 || wanted.some((want) => name === want || file.startsWith(`${want}/`));
});
if (chosen.length === 0) {
  console.error(`No sample is called ${wanted.join(' or ')}. There are: ${all.join(', ')}`);
  process.exit(2);
}

console.log('Starting PostgreSQL and Redis ...');
const services = await startServices();
const versions = {
  node: process.versions.node,
  postgresql: services.postgres.version,
  redis: services.redis.version,
};
try {
  await checkVersions();
  const programs = programsAmong(all);
  for (const file of chosen.filter((one) => programs.includes(one))) {
    const { stdout, stderr, end } = await runSample(file, services);
    if (end !== 'exit code 0' || stderr) {
      console.error(`${file} is not recorded: ${end}\n${stdout}${stderr}`);
      process.exitCode = 1;
      continue;
    }
    await writeFile(recordOf(file), stdout);
    console.log(`recorded ${file}`);
  }
} finally {
  await services.stop();
}

/** Records stand side by side under one line of versions: a new version means recording all of them anew. */
async function checkVersions() {
  const now = JSON.stringify(versions, null, 2) + '\n';
  const before = await readFile(VERSIONS, 'utf8').catch(() => now);
  if (before !== now && wanted.length > 0) {
    console.error(`The other records were made on ${before.trim()}, this one would be made on ${now.trim()}.`);
    console.error('Run `npm run record` without a name, to record all of them on the versions of today.');
    if (process.env.HANDBOOK_REDIS !== 'wasm') {
      console.error(
        'If it is only Redis that differs: `HANDBOOK_REDIS=wasm npm run record ...` uses the one from npm.',
      );
    }
    await services.stop();
    process.exit(1);
  }
  await writeFile(VERSIONS, now);
}
