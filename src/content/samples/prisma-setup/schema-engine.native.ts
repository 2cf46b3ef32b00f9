/**
 * Answers Prisma's CLI as the native schema engine does, with the build of
 * that engine that is on npm. It knows what `migrate` needs on PostgreSQL.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool, type FieldDef } from 'pg';

const { values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
  },
});
const { url } = JSON.parse(String(values.datasource ?? '{}')) as {
  url: string;
};

function poolOn(suffix = ''): Pool {
  const address = new URL(url);
  address.pathname += suffix;
  return new Pool({ connectionString: address.href, max: 1 });
}

/** What adapter-pg 7.10 lacks for migrations. */
type Inside = SqlDriverAdapter & {
  performIO(query: SqlQuery): Promise<{ fields: FieldDef[] }>;
  onError(error: unknown): never;
};

async function adapterOn(pool: Pool) {
  const adapter = (await new PrismaPg(pool).connect()) as unknown as Inside;
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const chars = new WeakMap<SqlQuery, number[]>();
  const [CHAR, VARCHAR] = [18, 1043];
  return Object.assign(adapter, {
    // PostgreSQL's catalogue has columns of type "char".
    async performIO(query: SqlQuery) {
      const result = await performIO(query);
      const found = result.fields.filter((field) => field.dataTypeID === CHAR);
      chars.set(
        query,
        found.map((field) => result.fields.indexOf(field)),
      );
      for (const field of found) field.dataTypeID = VARCHAR;
      return result;
    },
    async queryRaw(query: SqlQuery) {
      const result = await queryRaw(query);
      for (const index of chars.get(query) ?? []) {
        result.columnTypes[index] = ColumnTypeEnum.Character;
      }
      return result;
    },
    // A script may have semicolons inside of a function.
    async executeScript(script: string) {
      await pool.query(script).catch((error) => adapter.onError(error));
    },
    dispose: () => pool.end(),
  });
}

const factory = Object.assign(new PrismaPg({}), {
  connect: () => adapterOn(poolOn()),
  // Emptied each time: that is quicker than to make it and to drop it.
  async connectToShadowDb() {
    const shadow = poolOn('_shadow');
    await shadow.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    return adapterOn(shadow);
  },
});

// #region engine
const panic = { message: '', set_message: (text: string) => text };
Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panic });
const wasm = new URL(
  'schema_engine_bg.wasm',
  import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'),
);
const { instance } = await WebAssembly.instantiate(
  readFileSync(fileURLToPath(wasm)),
  { './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports },
);
glue.__wbg_set_wasm(instance.exports);
(instance.exports['__wbindgen_start'] as () => void)();

type Call = { id: number; method: string; params: Record<string, unknown> };
type Method = (params: unknown) => Promise<{ stdout?: string | null } | null>;

const engine = (await glue.SchemaEngine.new(
  {
    datamodels: (values.datamodels as string[] | undefined)?.map((path) => [
      path,
      readFileSync(path, 'utf8'),
    ]),
  },
  () => {},
  bindMigrationAwareSqlAdapterFactory(factory),
)) as unknown as Record<string, Method>;

const send = (message: object) =>
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');

async function answer({ id, method, params }: Call) {
  try {
    // Without a shadow database of their own: it is in the engine's cache.
    if (['evaluateDataLoss', 'createMigration'].includes(method)) {
      const { migrationsList, filters } = params;
      await engine['devDiagnostic']?.({ migrationsList, filters });
    }
    const result = (await engine[method]?.(params)) ?? null;
    // The native engine has the CLI print the difference.
    if (method === 'diff' && result?.stdout) {
      const content = result.stdout;
      send({ id: 1_000_000 + id, method: 'print', params: { content } });
      result.stdout = null;
    }
    send({ id, result });
  } catch (error) {
    const { code, message, meta } = error as Error & Record<string, unknown>;
    const data = { is_panic: false, error_code: code, message, meta };
    send({ id, error: { code: 4466, message, data } });
  }
}
// #endregion engine

// One call after the other; answers of ours to `print` have no method.
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line) as Call;
  if (call.method) await answer(call);
}
process.exit(0);
