// The SQL that makes prisma/schema.prisma from nothing, by Prisma's own engine in WebAssembly: no download.
// Print it with `node scripts/schema-diff.ts` when writing a migration; a test holds schema and migrations together.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

/** `url` is any PostgreSQL that answers; nothing in it is read or changed. */
export async function schemaAsSql(url: string): Promise<string> {
  const path = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));
  const content = await readFile(path, 'utf8');
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  const engine = await SchemaEngine.new({ datamodels: [[path, content]] }, () => undefined, adapter);
  const result = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path, content }] },
    script: true,
    exitCode: false,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout ?? '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(await schemaAsSql(process.env.DATABASE_URL ?? 'postgresql://localhost/postgres'));
}
