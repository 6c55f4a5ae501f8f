// A database of one's own: cloned from the migrated template in a few milliseconds.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../src/database.ts';

/** A fresh, migrated database; close it in afterAll. `url` lets a second process share it. */
export async function createTestDatabase(): Promise<Database & { url: string }> {
  const server = inject('postgresUrl');
  const name = `ganbo_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ganbo_template`);
  } finally {
    await admin.end();
  }
  const url = server.replace(/\/ganbo$/, `/${name}`);
  return { ...openDatabase({ url }), url };
}
