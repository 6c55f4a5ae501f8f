// One step of a journey due in the same hour for 1,000, 10,000 and 100,000 customers: how many are decided and queued for
// their conversations per second, and what that costs in memory. The engine's own rounds, on the bench's own server.
import { pino } from 'pino';
import { type Database, openDatabase } from '../../src/database.ts';
import { emptyCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { usualCaps } from '../../src/flows/journeys/arbitrate.ts';
import { compileJourneySource } from '../../src/flows/journeys/compile-journey.ts';
import { createIdMaker } from '../../src/ids.ts';
import { planCustomers } from '../../src/journeys/plan-customers.ts';
import { startDue } from '../../src/journeys/start-due.ts';
import { type Bench, type Figure, mb, ms, perSecond, plain, whole } from './figure.ts';

export type DueFigures = {
  customers: number;
  perSecond: number;
  seconds: number;
  longestBatchMs: number;
  /** Over what the process had before the first batch. */
  memoryGrowthMb: number;
  planPerSecond: number;
};

const JOURNEY = `
id: renewal
title: Gia hạn
stage: renewal
for: subscription
trigger: { on: date, of: subscription.expires_at }
audience: subscription.status in ["active", "trial"]
goal: since.subscription_renewed > 0
steps:
  - { id: truoc_7_ngay, offset: -7 days, flow: renewal-offer }
  - { id: truoc_1_ngay, offset: -1 day, flow: renewal-offer }
`;

const NOW = new Date('2026-11-23T03:00:00Z');

export async function measureDueSteps(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const customers of [1_000, 10_000, 100_000]) {
    const db = openDatabase({ url: await bench.newDatabase(`due_${customers}`), poolSize: 4 });
    try {
      await fill(db, customers);
      const due = await run(db, customers);
      figures.push(
        plain(`steps due in one hour, ${whole(customers)} customers: decided and queued`, perSecond(due.perSecond)),
        plain('  memory grew by; longest batch', `${mb(due.memoryGrowthMb)}; ${ms(due.longestBatchMs)}`),
        plain('  planned anew', `${whole(due.planPerSecond)} customers/s`),
      );
    } finally {
      await db.close();
    }
  }
  return figures;
}

async function run(db: Database, customers: number): Promise<DueFigures> {
  const deps = engineOf(db);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let [decided, peak, longestBatchMs] = [0, before, 0];
  const startedAt = performance.now();
  for (let count = 1; count > 0; decided += count) {
    const batchAt = performance.now();
    count = await startDue(deps, NOW);
    longestBatchMs = Math.max(longestBatchMs, performance.now() - batchAt);
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { rows } = await db.pool.query<{ queued: number }>('SELECT count(*)::int AS queued FROM inbound_queue');
  if (decided !== customers || rows[0]?.queued !== customers)
    throw new Error(`${rows[0]?.queued} of ${customers} queued`);
  return {
    customers,
    perSecond: customers / seconds,
    seconds,
    longestBatchMs,
    memoryGrowthMb: (peak - before) / 1024 / 1024,
    planPerSecond: await planRate(deps, db, Math.min(customers, 5_000)),
  };
}

/** What a signal costs: everything about a customer is read, and nothing changes. */
async function planRate(deps: ReturnType<typeof engineOf>, db: Database, customers: number): Promise<number> {
  await db.pool.query(
    `INSERT INTO journey_signals (customer_id, kind, at) SELECT id, 'usage_recorded', $1 FROM customers ORDER BY id LIMIT $2`,
    [NOW, customers],
  );
  const startedAt = performance.now();
  while ((await planCustomers(deps, NOW)) > 0);
  return customers / ((performance.now() - startedAt) / 1000);
}

/** The engine of journeys with one journey, that of the due steps. */
export function engineOf(db: Database) {
  const journey = compileJourneySource('renewal.journey.yaml', JOURNEY);
  if (!journey) throw new Error('the journey of the bench cannot be read');
  const newId = createIdMaker({ now: () => NOW });
  const journeys = new Map([['renewal', { versionId: newId(), number: 1, journey }]]);
  const guides = createGuideLibrary([]);
  const scripts = () => ({ active: new Map(), versions: new Map(), guides, journeys, catalogue: emptyCatalogue });
  const facts = { timeZone: 'Asia/Ho_Chi_Minh', business: { name: 'Gắn Bó', hotline: null, website: null } };
  const log = pino({ level: 'error' });
  return { db, newId, log, facts, scripts, caps: usualCaps, considerOffer: async () => ({ skip: '' }) };
}

/** Everybody's subscription ends in seven days, within one hour; everybody wrote a few times before. */
const FILL = [
  `INSERT INTO customers (id, external_id, name, created_at, updated_at)
   SELECT md5('c' || n)::uuid, 'kh-' || n, 'Khách ' || n, $1, $1 FROM generate_series(1, $2::int) n`,
  `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, given_name, last_interaction_at, created_at)
   SELECT md5('i' || n)::uuid, 'zalo', 'oa', 'z-' || n, md5('c' || n)::uuid, 'Lan', $1, $1 FROM generate_series(1, $2::int) n`,
  `INSERT INTO subscriptions (id, external_id, customer_id, product, status, started_at, expires_at, created_at, updated_at)
   SELECT md5('s' || n)::uuid, 's-' || n, md5('c' || n)::uuid, 'spa', 'active', $1::timestamptz - interval '358 days',
     $1::timestamptz + interval '7 days' - n % 600 * interval '1 second', $1, $1 FROM generate_series(1, $2::int) n`,
  `INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status)
   SELECT md5('e' || n)::uuid, 'renewal', md5('c' || n)::uuid, 'subscription', md5('s' || n)::uuid,
     $1::timestamptz + interval '7 days' - n % 600 * interval '1 second', $1::timestamptz - interval '90 days', 'active' FROM generate_series(1, $2::int) n`,
  `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status)
   SELECT md5('t' || n || k)::uuid, md5('e' || n)::uuid, md5('c' || n)::uuid, 'renewal', CASE k WHEN 7 THEN 'truoc_7_ngay' ELSE 'truoc_1_ngay' END,
     $1::timestamptz + (7 - k) * interval '1 day' - n % 600 * interval '1 second', 'planned'
   FROM generate_series(1, $2::int) n, unnest(ARRAY[7, 1]) k`,
  `INSERT INTO touchpoints (at, kind, customer_id, text)
   SELECT $1::timestamptz - k * interval '10 days', 'message_in', md5('c' || n)::uuid, 'chào shop' FROM generate_series(1, $2::int) n, generate_series(1, 4) k`,
];

async function fill(db: Database, customers: number): Promise<void> {
  for (const statement of FILL) await db.pool.query(statement, [NOW, customers]);
  await db.pool.query('VACUUM ANALYZE');
}
