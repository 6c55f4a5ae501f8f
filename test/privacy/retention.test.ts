// Three years by hand: each class goes on its day, proof never early.
import { randomUUID } from 'node:crypto';
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

/** What is still there of each class: one row of each was seeded, or as many as said. */
const still: Record<RetentionClass, [rows: number, ...tables: string[]]> = {
  webhook_bodies: [1, `webhook_deliveries WHERE raw <> ''`],
  event_payloads: [1, `inbound_events WHERE payload <> '{}'`],
  media: [1, `media WHERE status <> 'erasing'`],
  ledger_texts: [1, 'touchpoints WHERE text IS NOT NULL'],
  ledger_lines: [2, 'touchpoints'],
  outbox_contents: [1, `outbound_messages WHERE content <> '{}'`],
  idempotent_requests: [1, 'idempotent_requests'],
  usage_events: [1, 'usage_events'],
  import_rows: [1, 'import_rows WHERE after IS NOT NULL'],
  import_files: [1, `imports WHERE path <> ''`],
  outgoing_events: [2, 'outgoing_events', 'outgoing_deliveries'],
  finished_steps: [1, `enrolment_steps WHERE status <> 'planned'`],
  oauth_states: [4, 'oauth_states', 'staff_sessions', 'staff_links', 'sign_in_attempts'],
  closed_requests: [1, `privacy_requests WHERE status = 'done'`],
  audit: [1, 'audit_entries'],
};

async function left([, ...tables]: readonly [number, ...string[]]): Promise<number> {
  let sum = 0;
  for (const sql of tables) sum += await count(sql);
  return sum;
}

/** What a person's rows do not have: ended work, visits, and what must never go. */
async function seedOthers(): Promise<void> {
  const run = (sql: string, ...values: unknown[]) => db.pool.query(sql, values);
  const [step, enrolment, request, staff] = Array.from({ length: 4 }, () => randomUUID());
  await run(`UPDATE outbound_messages SET status = 'sent'`);
  await run(`UPDATE outgoing_deliveries SET status = 'delivered', last_attempt_at = $1`, AT);
  await run(
    `INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status)
     SELECT $1, 'renewal', id, 'customer', id, $2, $2, 'active' FROM customers`,
    enrolment,
    AT,
  );
  for (const [id, name, status] of [
    [step, 'moi', 'said'],
    [randomUUID(), 'sau', 'planned'],
  ])
    await run(
      `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status, decided_at)
       SELECT $1, $2, id, 'renewal', $3, $4, $5, CASE WHEN $5 = 'planned' THEN NULL ELSE $4::timestamptz END FROM customers`,
      id,
      enrolment,
      name,
      AT,
      status,
    );
  await run(
    `INSERT INTO privacy_requests (id, customer_id, kind, source, status, received_at, answer_due_at, act_due_at, done_at)
     SELECT $1, id, 'copy', 'api', 'done', $2, $2, $2, $2 FROM customers`,
    request,
    AT,
  );
  await run(`INSERT INTO oauth_states (state, channel, created_at) VALUES ('s', 'zalo', $1)`, AT);
  await run(
    `INSERT INTO staff_sessions (id, token_hash, staff_id, created_at, last_seen_at, expires_at) VALUES ($1, 'x', $2, $3, $3, $3)`,
    randomUUID(),
    staff,
    AT,
  );
  await run(
    `INSERT INTO staff_links (hash, kind, staff_id, created_by, created_at, expires_at) VALUES ('x', 'invite', $1, 'x', $2, $2)`,
    staff,
    AT,
  );
  await run(`INSERT INTO sign_in_attempts (key, at, is_good) VALUES ('x', $1, false)`, AT);
}

/** Days on which something is due within the years that are played. */
const THREE_YEARS = 3 * 365;

test('each of the classes goes on its day and not before; proof, scores and open requests stay for three years', {
  timeout: 120_000,
}, async () => {
  await seedPerson(db, 'old');
  await db.pool.query(`DELETE FROM inbound_queue`);
  await seedOthers();
  const classes = classesOf(still);
  expect(classes.sort()).toEqual(classesOf(retentionDays).sort());
  const proof = async () => [await count('consents'), await count('audit_entries')];
  for (const name of classes) expect([name, await left(still[name])]).toEqual([name, still[name][0]]);
  const days = [...new Set(Object.values(retentionDays))].filter((day) => day < THREE_YEARS).sort((a, b) => a - b);
  for (const day of days) {
    await runOn(day - 1);
    for (const name of classes) {
      const wanted = retentionDays[name] <= day - 1 ? 0 : still[name][0];
      expect([name, day - 1, await left(still[name])]).toEqual([name, day - 1, wanted]);
    }
    await runOn(day + 1);
    for (const name of classes)
      if (retentionDays[name] === day) expect([name, day + 1, await left(still[name])]).toEqual([name, day + 1, 0]);
    expect(await proof()).toEqual([1, 1]);
  }
  await runOn(THREE_YEARS);
  expect(await proof()).toEqual([1, 1]);
  expect(await count('privacy_requests')).toBe(2);
  expect(await count('survey_answers WHERE score = 5')).toBe(1);
  expect(await count(`touchpoints WHERE kind = 'message_in'`)).toBe(1);
  expect(await count('customers')).toBe(1);
  expect(await count(`enrolment_steps WHERE status = 'planned'`)).toBe(1);
  // Closed requests after five years, the audit after ten; consents never, requests that are open neither.
  await runOn(retentionDays.closed_requests - 1);
  expect(await count('privacy_requests')).toBe(2);
  await runOn(retentionDays.closed_requests + 1);
  expect(await count('privacy_requests')).toBe(1);
  await runOn(retentionDays.audit - 1);
  expect(await proof()).toEqual([1, 1]);
  await runOn(retentionDays.audit + 1);
  expect(await proof()).toEqual([1, 0]);
});

/** Keys of an object literal are its type's names. */
function classesOf(of: Record<RetentionClass, unknown>): RetentionClass[] {
  return Object.keys(of).filter((name): name is RetentionClass => Object.hasOwn(retentionDays, name));
}

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
