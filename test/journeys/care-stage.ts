// A stage for journeys alone: the engine's rounds on a real database, time by hand, journeys written in the test itself.

import { pino } from 'pino';
import { createManualClock } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { emptyCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import { createGuideLibrary } from '../../src/flows/guides/guide-library.ts';
import { usualCaps } from '../../src/flows/journeys/arbitrate.ts';
import { compileJourneySource } from '../../src/flows/journeys/compile-journey.ts';
import type { PublishedJourney } from '../../src/flows/published-flow.ts';
import { createIdMaker } from '../../src/ids.ts';
import type { FactsDeps } from '../../src/journeys/care-facts.ts';
import { planCustomers } from '../../src/journeys/plan-customers.ts';
import type { ConsiderOffer } from '../../src/journeys/prepare-starts.ts';
import { startDue } from '../../src/journeys/start-due.ts';
import { sweepCustomers } from '../../src/journeys/sweep-customers.ts';
import type { TouchpointKind } from '../../src/ledger/touchpoint-schema.ts';
import { writeTouchpoints } from '../../src/ledger/write-touchpoints.ts';

/** Monday, 10:00 in Vietnam. */
export const START = new Date('2026-11-23T03:00:00Z');
export const DAY = 86_400_000;
export const HOUR = 3_600_000;

/** A renewal ladder of three steps, the last of them a call. */
export const LADDER = `
id: ladder
title: Gia hạn
stage: renewal
for: subscription
trigger: { on: date, of: subscription.expires_at }
audience: subscription.status in ["active", "trial"]
goal: since.subscription_renewed > 0
late: 2 days
steps:
  - { id: truoc_30, offset: -30 days, flow: nhac }
  - { id: truoc_7, offset: -7 days, flow: nhac }
  - { id: goi, offset: -1 day, task: "Gọi {customer.name} về việc gia hạn", kind: renewal_call }
`;

export type CareStage = ReturnType<typeof createCareStage>;

export function createCareStage(db: Database, ...sources: string[]) {
  const clock = createManualClock(START);
  const newId = createIdMaker(clock);
  const journeys = new Map<string, PublishedJourney>();
  const publish = (source: string, number = 1) => {
    const id = /^id: (\S+)/m.exec(source)?.[1] ?? '';
    const journey = compileJourneySource(`${id}.journey.yaml`, source);
    if (!journey) throw new Error(`the journey ${id} cannot be read`);
    journeys.set(id, { versionId: newId(), number, journey });
  };
  for (const source of sources) publish(source);
  const guides = createGuideLibrary([]);
  const scripts = () => ({ active: new Map(), versions: new Map(), guides, journeys, catalogue: emptyCatalogue });
  const facts: FactsDeps = {
    timeZone: 'Asia/Ho_Chi_Minh',
    business: { name: 'Gắn Bó', hotline: null, website: null },
  };
  const considerOffer: ConsiderOffer = async () => ({ skip: 'Không có ưu đãi.' });
  const deps = { db, newId, log: pino({ level: 'silent' }), facts, scripts, caps: usualCaps, considerOffer };
  const rows = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;
  const stage = {
    db,
    clock,
    newId,
    deps,
    publish,
    rows,
    pass: (ms: number) => clock.advance(ms),
    plan: (limit?: number) => planCustomers(deps, clock.now(), limit),
    start: (limit?: number) => startDue(deps, clock.now(), limit),
    /** Plans and starts until nothing is left to do at this moment. */
    settle: async () => {
      for (let done = 1; done > 0; ) {
        const swept = await sweepCustomers(db, clock.now());
        done = (swept ? 1 : 0) + (await stage.plan()) + (await stage.start());
      }
    },
    /** The conversation's part, played by hand: what was pushed has begun. */
    begin: async () => {
      await rows(
        `WITH done AS (UPDATE enrolment_steps SET status = 'started' WHERE status = 'due' RETURNING customer_id)
         INSERT INTO journey_signals (customer_id, kind, at) SELECT DISTINCT customer_id, 'step_decided', $1::timestamptz FROM done`,
        [clock.now()],
      );
    },
    tell: async (customerId: string, kind: TouchpointKind, data: Record<string, unknown> = {}) =>
      await writeTouchpoints(db.pool, [{ at: clock.now(), kind, customerId, data }]),
    steps: async (...columns: string[]) =>
      await rows(
        `SELECT step, ${[...columns, 'status'].join(', ')} FROM enrolment_steps ORDER BY customer_id, due_at, step`,
      ),
    lines: async () =>
      (
        await rows(
          `SELECT kind, step, reason FROM touchpoints WHERE kind LIKE 'enrolment%' OR kind LIKE 'journey_step%' OR kind = 'task_opened' ORDER BY id`,
        )
      ).map(({ kind, step, reason }) => [kind, step, reason].filter((part) => part !== null).join(' ')),
    pushed: async () =>
      (await rows(`SELECT payload -> 'journey' ->> 'stepId' AS id FROM inbound_events WHERE kind = 'flow_due'`)).map(
        ({ id }) => id,
      ),
    addCustomer: async (options: { reachable?: boolean } = {}) => {
      const id = newId();
      await rows(
        `INSERT INTO customers (id, external_id, name, created_at, updated_at) VALUES ($1, $2, 'Nguyễn Thị Lan', $3, $3)`,
        [id, `kh-${id}`, clock.now()],
      );
      if (options.reachable !== false) {
        await rows(
          `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at) VALUES ($1, 'zalo', 'oa', $2, $3, $4)`,
          [newId(), `peer-${id}`, id, clock.now()],
        );
      }
      return id;
    },
    addSubscription: async (customerId: string, expiresIn: number) => {
      const id = newId();
      await rows(
        `INSERT INTO subscriptions (id, external_id, customer_id, product, status, started_at, expires_at, created_at, updated_at)
         VALUES ($1, $2, $3, 'spa', 'active', $4, $5, $4, $4)`,
        [id, `goi-${id}`, customerId, clock.now(), new Date(clock.now().getTime() + expiresIn)],
      );
      await stage.tell(customerId, 'subscription_saved', { subscription: `goi-${id}` });
      return id;
    },
    change: async (subscriptionId: string, change: { expiresAt?: Date; status?: string }) => {
      const [row] = await rows(
        `UPDATE subscriptions SET expires_at = coalesce($2, expires_at), status = coalesce($3, status) WHERE id = $1 RETURNING customer_id, external_id`,
        [subscriptionId, change.expiresAt ?? null, change.status ?? null],
      );
      await stage.tell(row.customer_id, 'subscription_saved', { subscription: row.external_id });
    },
  };
  return stage;
}
