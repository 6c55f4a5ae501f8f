import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseUnsafeServer } from '../../src/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';

let directory: string;
const servers: EmbeddedPostgres[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ganbo-embedded-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(flags: string[] = []): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(directory, flags);
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(): Promise<number> {
  return Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

test('a server that outlived its program is adopted, with what it holds', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept (n int)');
  const second = await start();
  expect(first.wasAdopted).toBe(false);
  expect(second.wasAdopted).toBe(true);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
});

test('whoever leaves while others are connected leaves the server running; the last one stops it', async () => {
  const server = await start();
  const other = new pg.Client({ connectionString: server.url });
  await other.connect();
  await server.stop();
  expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await other.end();
  await server.stop();
  await expect(query(server.url, 'SELECT 1')).rejects.toThrow();
});

test('a server killed with everything around it starts again and has lost nothing', async () => {
  const server = await start();
  await query(server.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  process.kill(await postmasterPid(), 'SIGKILL');
  const again = await start();
  expect(again.wasAdopted).toBe(false);
  expect(await query(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});

test('data of another major version are refused with the cure', async () => {
  await mkdir(join(directory, 'data'), { recursive: true });
  await writeFile(join(directory, 'data', 'PG_VERSION'), '17\n');
  await expect(startEmbeddedPostgres(directory)).rejects.toMatchObject({
    message: expect.stringContaining('PostgreSQL 17'),
    cure: expect.stringContaining('pg_dump'),
  });
});

test.each(['fsync', 'full_page_writes'])('a server with %s off is refused', async (name) => {
  const server = await start([`${name}=off`]);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await expect(refuseUnsafeServer(client)).rejects.toMatchObject({ message: expect.stringContaining(name) });
  await client.end();
});

test('the embedded server is a safe one, and only this machine can reach it', async () => {
  const server = await start();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await expect(refuseUnsafeServer(client)).resolves.toBeUndefined();
  const { rows } = await client.query('SHOW listen_addresses');
  expect(rows).toEqual([{ listen_addresses: '127.0.0.1' }]);
  await client.end();
  await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password');
});

test('a server that was killed is started again where it was, with what was committed; a living one is left alone', async () => {
  const server = await start();
  await query(server.url, 'CREATE TABLE kept (n int)');
  await query(server.url, 'INSERT INTO kept VALUES (7)');
  expect(await server.revive()).toBe(false);
  process.kill(await postmasterPid(), 'SIGKILL');
  await expect(query(server.url, 'SELECT 1')).rejects.toThrow();
  expect(await server.revive()).toBe(true);
  expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  expect(await server.revive()).toBe(false);
});
