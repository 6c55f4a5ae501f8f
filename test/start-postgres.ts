// One server for the whole test run, with a migrated template database that each test file clones: the embedded one, or
// that of TEST_POSTGRES_URL (a superuser's), to try an older PostgreSQL. Files that start a server themselves do so anyway.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';
import { migrate } from '../src/postgres/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

export const TEMPLATE = 'ganbo_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer(process.env.TEST_POSTGRES_URL);
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  const template = new pg.Client({ connectionString: server.url.replace(/\/ganbo$/, `/${TEMPLATE}`) });
  await template.connect();
  await migrate(template, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  await template.end();
  project.provide('postgresUrl', server.url);
  return server.stop;
}

/** Its URL ends with the database "ganbo". */
async function startServer(given: string | undefined): Promise<{ url: string; stop: () => Promise<void> }> {
  if (given) return { url: given, stop: async () => undefined };
  const directory = await mkdtemp(join(tmpdir(), 'ganbo-test-'));
  const { url, stop } = await startEmbeddedPostgres(directory, ['max_connections=300']);
  return {
    url,
    stop: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
