// Writes the typed database client from prisma/schema.prisma. Prisma's CLI would download a schema engine that
// `generate` never uses; pointing it at an existing file keeps the install free of downloads.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const prisma = fileURLToPath(import.meta.resolve('prisma/build/index.js'));
const result = spawnSync(process.execPath, [prisma, 'generate'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  encoding: 'utf8',
});
// Silent when all is well: it runs within every install.
if (result.status !== 0) console.error(result.stdout, result.stderr, result.error ?? '');
process.exitCode = result.status ?? 1;
