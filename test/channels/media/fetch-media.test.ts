// Wanted media become files, once, whoever rings; what cannot be had says why and stops asking.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MediaFetcherDependencies, runMediaFetcher } from '../../../src/channels/media/fetch-media.ts';
import { createManualClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/database.ts';
import { createTestDatabase } from '../../test-database.ts';

const start = new Date('2026-11-21T05:00:00.000Z');
let db: Database;
let server: Server;
let origin: string;
let mediaDir: string;
let asked: string[];
let deps: MediaFetcherDependencies;
let clock = createManualClock(start);
let answer: (path: string, response: ServerResponse) => void;

beforeAll(async () => {
  db = await createTestDatabase();
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await db.close();
});
beforeEach(async () => {
  await db.pool.query('DELETE FROM media');
  if (mediaDir) await rm(mediaDir, { recursive: true, force: true });
  mediaDir = await mkdtemp(join(tmpdir(), 'ganbo-fetch-'));
  asked = [];
  clock = createManualClock(start);
  answer = (path, response) => response.setHeader('content-type', 'image/jpeg').end(`bytes of ${path}`);
  const limits = { maxBytes: 1000, timeoutMs: 5_000 };
  deps = { db, clock, mediaDir, log: { warn: () => undefined }, allowedOrigins: [origin], limits };
});

async function want(url: string, over: { nextAttemptAt?: Date; status?: string } = {}): Promise<string> {
  const id = randomUUID();
  await db.pool.query(
    `INSERT INTO media (id, inbound_event_id, kind, url, status, next_attempt_at, created_at) VALUES ($1, $2, 'image', $3, $4, $5, $6)`,
    [id, randomUUID(), url, over.status ?? 'wanted', over.nextAttemptAt ?? start, start],
  );
  return id;
}

async function read(id: string) {
  const { rows } = await db.pool.query('SELECT * FROM media WHERE id = $1', [id]);
  return rows[0];
}

describe('fetching media', () => {
  it('stores the bytes under a name of ours', async () => {
    const id = await want(`${origin}/../../evil.html?name=a.exe`);
    expect(await runMediaFetcher(deps)).toBe(1);
    const row = await read(id);
    expect(row).toMatchObject({
      status: 'stored',
      path: `2026-11/${id}.jpg`,
      content_type: 'image/jpeg',
      attempts: 1,
      reason: null,
      stored_at: start,
    });
    const bytes = await readFile(join(mediaDir, row.path), 'utf8');
    expect(bytes).toBe('bytes of /evil.html?name=a.exe');
    expect(row.byte_size).toBe(bytes.length);
    expect(await readdir(join(mediaDir, 'incoming'))).toEqual([]);
  });

  it.each([
    'text/html; charset=utf-8',
    'image/svg+xml',
    'application/xhtml+xml',
    '',
    'x',
    '__proto__',
    'constructor',
    'image/jpeg, text/html',
  ])('never believes a type of "%s"', async (type) => {
    answer = (_path, response) => {
      if (type) response.setHeader('content-type', type);
      response.end('<script>');
    };
    const id = await want(`${origin}/a.html`);
    await runMediaFetcher(deps);
    expect(await read(id)).toMatchObject({
      status: 'stored',
      path: `2026-11/${id}.bin`,
      content_type: 'application/octet-stream',
    });
  });

  it('leaves alone what is not due, stored or given up', async () => {
    await want(`${origin}/1`, { nextAttemptAt: new Date(start.getTime() + 1) });
    await want(`${origin}/2`, { status: 'stored' });
    await want(`${origin}/3`, { status: 'failed' });
    expect(await runMediaFetcher(deps)).toBe(0);
    expect(asked).toEqual([]);
  });

  it('several ringing at once fetch each file once', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => want(`${origin}/${i}`)));
    const stored = await Promise.all([runMediaFetcher(deps), runMediaFetcher(deps), runMediaFetcher(deps)]);
    expect(stored.reduce((sum, count) => sum + count)).toBe(30);
    expect(new Set(asked).size).toBe(30);
    expect(asked).toHaveLength(30);
  });

  it('tries again after 1, 5, 20 and 60 minutes, then gives up with a reason', async () => {
    answer = (_path, response) => void response.writeHead(503).end();
    const id = await want(`${origin}/a`);
    for (const minutes of [1, 5, 20, 60]) {
      await runMediaFetcher(deps);
      expect(await read(id)).toMatchObject({
        status: 'wanted',
        next_attempt_at: new Date(clock.now().getTime() + minutes * 60_000),
      });
      clock.advance(minutes * 60_000 - 1);
      await runMediaFetcher(deps);
      clock.advance(1);
    }
    await runMediaFetcher(deps);
    expect(await read(id)).toMatchObject({
      status: 'failed',
      attempts: 5,
      path: null,
      reason: expect.stringContaining('nhiều lần thử'),
    });
    clock.advance(24 * 3_600_000);
    await runMediaFetcher(deps);
    expect(asked).toHaveLength(5);
  });

  it('a retry that succeeds wipes the reason', async () => {
    answer = (_path, response) => void response.writeHead(503).end();
    const id = await want(`${origin}/a`);
    await runMediaFetcher(deps);
    answer = (_path, response) => void response.end('da');
    clock.advance(60_000);
    expect(await runMediaFetcher(deps)).toBe(1);
    expect(await read(id)).toMatchObject({ status: 'stored', reason: null, attempts: 2 });
  });

  it.each<[string, () => string, string]>([
    ['an expired link', () => `${origin}/gone`, 'hết hạn'],
    ['a neighbour', () => 'http://169.254.169.254/latest', 'mạng nội bộ'],
    ['nonsense', () => 'javascript:alert(1)', 'không hợp lệ'],
    ['too much', () => `${origin}/big`, 'quá giới hạn'],
  ])('%s fails at once', async (_name, url, reason) => {
    answer = (path, response) =>
      void (path === '/gone' ? response.writeHead(403).end() : response.end(Buffer.alloc(1001)));
    const id = await want(url());
    await runMediaFetcher(deps);
    expect(await read(id)).toMatchObject({ status: 'failed', attempts: 1, reason: expect.stringContaining(reason) });
    expect(await readdir(join(mediaDir, 'incoming'))).toEqual([]);
  });

  it('a process that died leaves the row to the next one after its lease', async () => {
    const id = await want(`${origin}/a`);
    await db.pool.query('UPDATE media SET attempts = 1, next_attempt_at = $2 WHERE id = $1', [
      id,
      new Date(start.getTime() + 180_000),
    ]);
    expect(await runMediaFetcher(deps)).toBe(0);
    clock.advance(180_000);
    expect(await runMediaFetcher(deps)).toBe(1);
  });

  it('a disk that cannot be written is not the end of the file', async () => {
    const blocked = join(mediaDir, 'blocked');
    await writeFile(blocked, 'a file, not a folder');
    const id = await want(`${origin}/a`);
    expect(await runMediaFetcher({ ...deps, mediaDir: blocked })).toBe(0);
    expect(await read(id)).toMatchObject({ status: 'wanted', reason: expect.stringContaining('ổ đĩa') });
    clock.advance(60_000);
    expect(await runMediaFetcher(deps)).toBe(1);
  });
});
