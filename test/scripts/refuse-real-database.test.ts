// Scripts that invent or destroy data must never meet a database with real people in it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSandboxState, refuseRealDatabase, refuseRemoteDatabase } from '../../scripts/refuse-real-database.ts';
import { openDatabase } from '../../src/database.ts';
import { hashId } from '../../src/ids.ts';
import { createTestDatabase } from '../test-database.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-refuse-'));
});
afterAll(async () => {
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function meet(accountId: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO channel_identities (id, channel, account_id, external_id, created_at) VALUES ($1, 'zalo', $2, '1', now())`,
    [hashId(accountId), accountId],
  );
}

test.each([
  ['postgresql://u:p@db.example.com/x', /another machine/],
  ['postgresql://u:p@10.0.0.5:5432/x', /another machine/],
  ['postgresql://u:p@localhost.example.com/x', /another machine/],
  ['postgresql://u:p@127.0.0.1:5432/x', null],
  ['postgresql://u:p@[::1]:5432/x', null],
  [null, null],
])('%s', (databaseUrl, refusal) => {
  const ask = () => refuseRemoteDatabase({ databaseUrl });
  if (refusal) expect(ask).toThrow(refusal);
  else expect(ask).not.toThrow();
});

test('an empty database, and one that only met the sandbox, may be played with', async () => {
  await refuseRealDatabase(db.pool, dataDir);
  await meet(readSandboxState(dataDir).credentials.zaloOaId);
  await refuseRealDatabase(db.pool, dataDir);
});

test('not while a program works on it', async () => {
  const program = openDatabase({ url: db.url });
  await program.pool.query('SELECT 1');
  await expect(refuseRealDatabase(db.pool, dataDir)).rejects.toThrow(/is running/);
  await program.close();
});

test('not when a real account has been served', async () => {
  await meet('1234567890123456789');
  await expect(refuseRealDatabase(db.pool, dataDir)).rejects.toThrow(/real account \(zalo 1234567890123456789\)/);
});
