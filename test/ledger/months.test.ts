// The ledger in months: made ahead of their time by whoever comes first, filled with what was early or late, dropped when
// all of it is too old; and neither journeys nor the outside nor a reader notices any of it.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/clock.ts';
import { changesSince, currentPlace } from '../../src/inbox/follow-changes.ts';
import { dropMonths } from '../../src/ledger/drop-months.ts';
import { createMonthKeeper } from '../../src/ledger/keep-months.ts';
import { monthOf, readParts, wasBusy } from '../../src/ledger/ledger-months.ts';
import { makeMonths } from '../../src/ledger/make-months.ts';
import { readTouchpointsOf } from '../../src/ledger/read-touchpoints.ts';
import { writeTouchpoints } from '../../src/ledger/write-touchpoints.ts';
import { applyRetention, previewRetention, retentionWith } from '../../src/privacy/retention.ts';
import { createTestDatabase } from '../test-database.ts';

const NOW = new Date('2026-11-22T03:00:00Z');
const log = pino({ level: 'silent' });
const customerId = randomUUID();

let db: Awaited<ReturnType<typeof createTestDatabase>>;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.close());

const names = async () => (await readParts(db.pool)).map(({ name }) => name);
const rows = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;
const count = async (from: string) => Number((await rows(`SELECT count(*) AS n FROM ${from}`))[0].n);

/** Journeys, and the outside. */
const told = async () => [await count('journey_signals'), await count('outgoing_events')];

/** Where the lines of each month lie. */
async function places(): Promise<Record<string, number>> {
  const found = await rows(`SELECT tableoid::regclass::text AS name, count(*)::int AS n FROM touchpoints GROUP BY 1`);
  return Object.fromEntries(found.map(({ name, n }) => [name, n]));
}

async function write(at: string | Date, text = 'chào', kind: 'message_in' | 'case_opened' = 'message_in') {
  await writeTouchpoints(db.pool, [{ at: new Date(at), kind, customerId, conversationId: customerId, text }]);
}

test('the months to come are made once, however many processes look; lines of years ago and far ahead have a place too', async () => {
  const made = await Promise.all([makeMonths(db, NOW), makeMonths(db, NOW), makeMonths(db, NOW)]);
  const wanted = ['touchpoints_2026_11', 'touchpoints_2026_12', 'touchpoints_2027_01'];
  expect(made.flat().sort()).toEqual(wanted);
  expect(await names()).toEqual([...wanted, 'touchpoints_default']);
  for (const at of [
    '2026-11-01T00:00:00Z',
    '2026-12-31T23:59:59.999Z',
    '2027-01-01T00:00:00Z',
    '2019-02-03',
    '2031-01-01',
  ])
    await write(at);
  expect(await places()).toEqual({
    touchpoints_2026_11: 1,
    touchpoints_2026_12: 1,
    touchpoints_2027_01: 1,
    touchpoints_default: 2,
  });
});

test('what was written before its month was made moves into it: in its order, and nobody is told of it again', async () => {
  await rows(
    `INSERT INTO webhook_endpoints (id, url, events, secrets, created_at) VALUES (gen_random_uuid(), 'https://x', '{}', '{}', $1)`,
    [NOW],
  );
  for (const text of ['một', 'hai', 'ba']) await write(NOW, text, 'case_opened');
  await write('2026-10-31T23:59:59Z', 'tháng trước');
  const before = await readTouchpointsOf(db.pool, customerId, { limit: 10 });
  expect(await told()).toEqual([3, 3]);
  await makeMonths(db, NOW);
  expect(await places()).toEqual({ touchpoints_2026_11: 3, touchpoints_default: 1 });
  expect(await readTouchpointsOf(db.pool, customerId, { limit: 10 })).toEqual(before);
  expect(await told()).toEqual([3, 3]);
  // And in the month the triggers ring as they did.
  await write(NOW, 'bốn', 'case_opened');
  expect(await told()).toEqual([4, 4]);
  const page = await readTouchpointsOf(db.pool, customerId, { limit: 2 });
  const next = await readTouchpointsOf(db.pool, customerId, { limit: 9, cursor: page.nextCursor ?? '' });
  expect([...page.items, ...next.items].map(({ text }) => text)).toEqual(['bốn', 'tháng trước', 'ba', 'hai', 'một']);
});

test('the stream of changes reads across months', async () => {
  await makeMonths(db, NOW);
  const place = await currentPlace(db.pool);
  for (const at of ['2026-11-22', '2026-12-01', '2020-01-01']) {
    await writeTouchpoints(db.pool, [
      { at: new Date(at), kind: 'message_in', customerId, conversationId: randomUUID() },
    ]);
  }
  const { changes, place: later } = await changesSince(db.pool, place);
  expect(changes).toHaveLength(3);
  expect((await changesSince(db.pool, later)).changes).toEqual([]);
});

test('a line that is written while its month is made is refused by nobody and stands there once', async () => {
  let written = 0;
  for (let month = 0; month < 24; month += 3) {
    const at = monthOf(NOW, month).from;
    const writers = Array.from({ length: 4 }, async () => {
      for (let n = 0; n < 15; n += 1) await write(at);
      written += 15;
    });
    // One that gave up for this time tries again, as the keeper does.
    const make = async () => {
      while ((await makeMonths(db, at).catch((error) => (wasBusy(error) ? null : Promise.reject(error)))) === null);
    };
    await Promise.all([...writers, make()]);
  }
  expect(await count('touchpoints')).toBe(written);
  expect(await names()).toHaveLength(25);
});

test('while the ledger is in use for long nobody waits for new months: they are made later', async () => {
  let now = NOW;
  const keep = createMonthKeeper({ db, clock: { now: () => now }, log });
  const reader = await db.pool.connect();
  try {
    await reader.query('BEGIN; SELECT 1 FROM touchpoints');
    await keep();
    expect(await names()).toEqual(['touchpoints_default']);
    await write(NOW, 'meanwhile');
  } finally {
    await reader.query('COMMIT');
    reader.release();
  }
  await keep();
  expect(await places()).toEqual({ touchpoints_2026_11: 1 });
  // Nothing to do within the hour; a month later the next one is made.
  await keep();
  now = new Date(NOW.getTime() + 30 * DAY_MS + HOUR_MS);
  await keep();
  expect(await names()).toContain('touchpoints_2027_02');
});

test('over eight virtual years the ledger keeps five by dropping months; the audit and consents stay whole', {
  timeout: 60_000,
}, async () => {
  let now = new Date('2026-01-15T00:00:00Z');
  const keep = createMonthKeeper({ db, clock: { now: () => now }, log });
  const days = retentionWith({ audit: 9_999 });
  await write('2016-05-05', 'from an import');
  await rows('INSERT INTO customers (id, created_at, updated_at) VALUES ($1, $2, $2)', [customerId, now]);
  for (let month = 0; month < 96; month += 1) {
    now = monthOf(new Date('2026-01-15T00:00:00Z'), month).from;
    await keep();
    await write(new Date(now.getTime() + DAY_MS));
    await rows(`INSERT INTO audit_entries (at, actor, action) VALUES ($1, 'x', 'x')`, [now]);
    await rows(
      `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, at) VALUES ($1, $2, 'advertising', '*', true, 'x', $3)`,
      [randomUUID(), customerId, now],
    );
    if (month % 8 !== 7) continue;
    const before = new Date(now.getTime() - days.ledger_lines * DAY_MS);
    const { classes } = await previewRetention(db.pool, days, now);
    const foretold = classes.find((one) => one.class === 'ledger_lines')?.rows.touchpoints;
    const lines = await count('touchpoints');
    await dropMonths(db, before);
    while ((await applyRetention(db.pool, days, now)) > 0);
    expect(lines - (await count('touchpoints'))).toBe(foretold);
    const [oldest] = await rows('SELECT min(at) AS at FROM touchpoints');
    expect(oldest.at.getTime()).toBeGreaterThanOrEqual(monthOf(before).from.getTime());
  }
  // Sixty and the one that has begun to be too old, and two ahead.
  expect(await count('touchpoints')).toBe(61);
  expect(await names()).toHaveLength(61 + 2 + 1);
  expect([await count('audit_entries'), await count('consents')]).toEqual([96, 96]);
});

test('two processes that drop the same month, and one that finds the ledger in use, do no harm', async () => {
  await makeMonths(db, new Date('2020-01-01T00:00:00Z'));
  await write('2020-01-02');
  const reader = await db.pool.connect();
  await reader.query('BEGIN; SELECT 1 FROM touchpoints');
  const error: unknown = await dropMonths(db, NOW).catch((reason: unknown) => reason);
  await reader.query('COMMIT');
  reader.release();
  expect(wasBusy(error)).toBe(true);
  expect(await count('touchpoints')).toBe(1);
  await Promise.all([dropMonths(db, NOW), dropMonths(db, NOW)]);
  expect(await names()).toEqual(['touchpoints_default']);
});
