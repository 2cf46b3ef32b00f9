import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

// A project in a folder, and a database, that end with this program.
const project = await mkdtemp(join(tmpdir(), 'prisma-setup-'));
const database = 'prisma_setup_migrate';
const admin = new Client({ connectionString: process.env.DATABASE_URL });
await admin.connect();
// Migrations are tried on the shadow. Prisma can make one each time, too.
const databases = [database, `${database}_shadow`];
for (const name of databases) {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${name}`);
}
const url = new URL(process.env.DATABASE_URL ?? '');
url.pathname = database;

const prisma = dirname(
  fileURLToPath(import.meta.resolve('prisma/package.json')),
);
await symlink(dirname(prisma), join(project, 'node_modules'), 'junction');
const engine = join(project, 'engine');
const script = fileURLToPath(
  new URL('./schema-engine.native.ts', import.meta.url),
);
// Each command asks beforehand whether there is a database. We made it.
await writeFile(
  engine,
  `#!/bin/sh
case "$*" in *can-connect*) echo >&2; exit 0;; esac
exec '${process.execPath}' '${script}' "$@"
`,
  { mode: 0o755 },
);

// #region story
const schema = (fields: string) => `
generator client {
  provider = "prisma-client"
  output   = "../generated"
}
datasource db {
  provider = "postgresql"
}
model Product {
  id   Int    @id @default(autoincrement())
  name String
  ${fields}
}
`;
await mkdir(join(project, 'prisma'));
await writeFile(
  join(project, 'prisma.config.ts'),
  `import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
`,
);

await write('schema.prisma', schema(''));
await run('migrate dev --name products', 0);

// There is a row now, and the new column has no value for it.
await query(`INSERT INTO "Product" (name) VALUES ('Anvil')`);
await write('schema.prisma', schema('stock Int'));
await run('migrate dev --name stock', 1);
await run(
  'migrate diff --from-config-datasource --to-schema prisma/schema.prisma' +
    ' --script',
  0,
);

// So write the migration, and give the column a value by hand.
await write('schema.prisma', schema('stock Int @default(0)'));
await run('migrate dev --name stock --create-only', 0);
await run('migrate status', 1);
await run('migrate deploy', 0);

// Somebody corrects a migration that has run already.
await edit('_stock', (sql) => sql.replace('DEFAULT 0', 'DEFAULT 1'));
await run('migrate deploy', 0);
await run('migrate dev', 130);
// #endregion story

async function write(path: string, text: string) {
  await writeFile(join(project, 'prisma', path), text);
}

async function edit(name: string, change: (sql: string) => string) {
  const folders = await readdir(join(project, 'prisma/migrations'));
  const folder = folders.find((path) => path.endsWith(name));
  assert(folder);
  const path = join('migrations', folder, 'migration.sql');
  const sql = await readFile(join(project, 'prisma', path), 'utf8');
  assert.notEqual(change(sql), sql);
  await write(path, change(sql));
}

async function query(text: string) {
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows as unknown[];
}

/** Runs the CLI, and prints what it prints but for names that change. */
async function run(command: string, expected: number) {
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = execFile(
    process.execPath,
    [join(prisma, 'build/index.js'), ...command.split(' ')],
    {
      cwd: project,
      env: {
        ...process.env,
        DATABASE_URL: url.href,
        PRISMA_SCHEMA_ENGINE_BINARY: engine,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        NO_COLOR: '1',
        // Eight commands load the same code: compile it once.
        NODE_COMPILE_CACHE: join(project, 'compiled'),
      },
    },
    (error, stdout, stderr) => {
      print(`$ prisma ${command}`, '    ');
      for (const line of (stdout + stderr).split('\n')) {
        if (!/\S/.test(line)) continue;
        if (/^(Datasource|Loaded|Prisma schema)/.test(line)) continue;
        const stable = line.replace(/\d{14}/g, '<time>');
        print('  ' + stable.replace(url.host, '<host>'), '    ');
      }
      const code = error ? Number(error.code) : 0;
      console.log(`  exit code ${code}`);
      resolve(code);
    },
  );
  child.stdin?.end();
  assert.equal(await promise, expected);
}

// Since 7 nothing of this has generated the client.
assert(!existsSync(join(project, 'generated')));

/** Breaks a line where a page would scroll. */
function print(line: string, indent: string): void {
  const end = line.length > 72 ? line.lastIndexOf(' ', 72) : line.length;
  console.log(line.slice(0, end).trimEnd());
  if (end < line.length) print(indent + line.slice(end + 1), indent);
}

assert.deepEqual(await query('SELECT name, stock FROM "Product"'), [
  { name: 'Anvil', stock: 0 },
]);
for (const name of databases) {
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
}
await admin.end();
await rm(project, { recursive: true });
