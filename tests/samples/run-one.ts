/** `npm run sample pagination/keyset`: runs one program on real services and prints what it prints. */
import { runSample, sampleFiles, startServices } from './run.ts';

const [name] = process.argv.slice(2);
const file = sampleFiles().find(
  (path) => path.replace(/(\.native)?\.ts$/, '') === name?.replace(/(\.native)?(\.ts)?$/, ''),
);
if (!file) {
  console.error(
    `${name ? `There is no sample ${name}.` : 'Which sample?'} For example: npm run sample pagination/keyset`,
  );
  console.error(`There are: ${sampleFiles().join(', ')}`);
  process.exit(2);
}

console.error('Starting PostgreSQL and Redis ...');
const services = await startServices();
console.error(`Running ${file} on PostgreSQL ${services.postgres.version} and ${services.redis.version}\n`);
const { stdout, stderr, end } = await runSample(file, services).finally(() => services.stop());
process.stdout.write(stdout);
process.stderr.write(stderr);
if (end !== 'exit code 0') {
  console.error(`\n${file}: ${end}`);
  process.exitCode = 1;
}
