// Three years by hand: each class goes on its day, proof never early.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { applyRetention, previewRetention, retentionWith } from '../../src/privacy/retention.ts';
import { type RetentionClass, retentionDays } from '../../src/privacy/table-rule.ts';
import { createTestDatabase } from '../test-database.ts';
import { AT, seedPerson } from './person.ts';

let db: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'ganbo-retention-'));
});
afterAll(async () => {
  await db.close();
  await rm(dataDir, { recursive: true, force: true });
});

const after = (days: number) => new Date(AT.getTime() + days * DAY_MS);

async function runOn(day: number): Promise<void> {
  while ((await applyRetention(db.pool, retentionWith({}), after(day))) > 0);
}

const count = async (sql: string) =>
  Number((await db.pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.n);

/** What is still there of each class. */
const still: [RetentionClass, string][] = [
  ['webhook_bodies', `webhook_deliveries WHERE raw <> ''`],
  ['media', `media WHERE status <> 'erasing'`],
  ['ledger_texts', 'touchpoints WHERE text IS NOT NULL'],
  ['idempotent_requests', 'idempotent_requests'],
  ['usage_events', 'usage_events'],
  ['import_rows', 'import_rows WHERE after IS NOT NULL'],
  ['import_files', `imports WHERE path <> ''`],
];

test('each class goes on its day and not before; consent, audit, scores and open requests stay for three years', async () => {
  await seedPerson(db, 'old');
  await db.pool.query(`DELETE FROM inbound_queue`);
  const days = [...new Set(Object.values(retentionDays))].filter((day) => day < 3 * 365).sort((a, b) => a - b);
  for (const day of days) {
    await runOn(day - 1);
    for (const [name, sql] of still) {
      const due = retentionDays[name];
      expect(await count(sql), `${name} on day ${day - 1}`).toBe(due <= day - 1 ? 0 : 1);
    }
    await runOn(day + 1);
    for (const [name, sql] of still) {
      if (retentionDays[name] === day) expect(await count(sql), `${name} after day ${day}`).toBe(0);
    }
  }
  await runOn(3 * 365);
  expect(await count('consents')).toBe(1);
  expect(await count('audit_entries')).toBe(1);
  expect(await count('privacy_requests')).toBe(1);
  expect(await count('survey_answers WHERE score = 5')).toBe(1);
  expect(await count(`touchpoints WHERE kind = 'message_in'`)).toBe(1);
  expect(await count('customers')).toBe(1);
  await runOn(5 * 365);
  expect(await count('audit_entries')).toBe(1);
});

test('a preview counts what would go and changes nothing', async () => {
  await seedPerson(db, 'preview');
  const { classes } = await previewRetention(db.pool, retentionWith({ usage_events: 30 }), after(40));
  expect(classes.find((one) => one.class === 'usage_events')).toMatchObject({ days: 30, rows: { usage_events: 1 } });
  expect(classes.every(({ reason }) => reason.length > 10)).toBe(true);
  expect(await count('usage_events')).toBe(1);
});

test('what still waits to be worked or sent is left alone', async () => {
  await seedPerson(db, 'waiting');
  await runOn(4 * 365);
  expect(await count(`inbound_events WHERE payload <> '{}'`)).toBeGreaterThanOrEqual(1);
  expect(await count(`outbound_messages WHERE status = 'queued' AND content <> '{}'`)).toBeGreaterThanOrEqual(1);
});

test('settings may keep things shorter, proof never shorter than five years; unknown names are refused', () => {
  expect(retentionWith({ media: 30, audit: 1 })).toMatchObject({ media: 30, audit: 1826 });
  expect(() => retentionWith({ medias: 30 })).toThrow('medias');
});
