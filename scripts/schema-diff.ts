// Prisma's own engine in WebAssembly, no download: the SQL that makes prisma/schema.prisma from nothing, and its deploy.
// Print it with `node scripts/schema-diff.ts` when writing a migration; a test holds schema and migrations together.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

const SCHEMA = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));
const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const filters = { externalTables: [], externalEnums: [] };

async function openEngine(url: string): Promise<SchemaEngine> {
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  return await SchemaEngine.new({ datamodels: [[SCHEMA, await readFile(SCHEMA, 'utf8')]] }, () => undefined, adapter);
}

/** `url` is any PostgreSQL that answers; nothing in it is read or changed. */
export async function schemaAsSql(url: string): Promise<string> {
  const engine = await openEngine(url);
  const to = { tag: 'schemaDatamodel' as const, files: [{ path: SCHEMA, content: await readFile(SCHEMA, 'utf8') }] };
  const result = await engine.diff({ from: { tag: 'empty' }, to, script: true, exitCode: false, filters });
  return result.stdout ?? '';
}

/** What `prisma migrate deploy` does; the names it applied. */
export async function deployWithPrisma(url: string): Promise<string[]> {
  const engine = await openEngine(url);
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (path) => {
      const value = await readFile(join(MIGRATIONS, path, 'migration.sql'), 'utf8');
      return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
    }),
  );
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
  };
  const migrationsList = { baseDir: MIGRATIONS, lockfile, shadowDbInitScript: '', migrationDirectories };
  return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(await schemaAsSql(process.env.DATABASE_URL ?? 'postgresql://localhost/postgres'));
}
