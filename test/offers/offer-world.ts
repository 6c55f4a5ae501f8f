// A database with customers, a catalogue with a few offers, and short ways to make rows.
import { createManualClock, DAY_MS } from '../../src/clock.ts';
import { makeCatalogue } from '../../src/flows/catalogue/catalogue.ts';
import type { OfferFields } from '../../src/flows/catalogue/catalogue-schema.ts';
import { sampleFacts } from '../../src/flows/sample-facts.ts';
import { createIdMaker } from '../../src/ids.ts';
import { attributeOrder } from '../../src/offers/attribute-orders.ts';
import { considerOffer, type OfferCandidate } from '../../src/offers/consider-offer.ts';
import { createTestDatabase } from '../test-database.ts';

export const NOW = new Date('2026-11-21T03:00:00.000Z');
export const SECRET = Buffer.alloc(32, 7);

export function offer(code: string, more: Partial<OfferFields> = {}): OfferFields {
  return {
    code,
    title: code,
    kind: 'upsell',
    benefit: 'Tiết kiệm 2 giờ mỗi ngày',
    deadline: { days: 14 },
    once: 'customer',
    personal_code: false,
    hold_out: 0,
    window: '14 days',
    ...more,
  };
}

export async function openWorld(offers: OfferFields[]) {
  const db = await createTestDatabase();
  const clock = createManualClock(NOW);
  const newId = createIdMaker(clock);
  const catalogue = makeCatalogue({ offers: { offers } });
  const deps = { offers: () => catalogue, newId, secretKey: SECRET };
  const rows = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await db.pool.query(sql, values)).rows;
  const insert = async (table: string, row: Record<string, unknown>): Promise<string> => {
    const id = newId();
    const all = { id, ...row };
    const names = Object.keys(all);
    const marks = names.map((_, n) => `$${n + 1}`).join(', ');
    await rows(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks})`, Object.values(all));
    return id;
  };
  const customer = () => insert('customers', { external_id: newId(), created_at: NOW, updated_at: NOW });
  return {
    db,
    clock,
    deps,
    newId,
    rows,
    insert,
    customer,
    /** Days after NOW. */
    day: (days: number) => new Date(NOW.getTime() + days * DAY_MS),
    consider: (customerId: string, code: string, more: Partial<OfferCandidate> = {}) =>
      db.transaction('answer-once', (client) =>
        considerOffer(deps, client, {
          customerId,
          subscriptionId: null,
          code,
          facts: sampleFacts('zalo', NOW.toISOString()),
          journey: 'mo-rong',
          enrolmentId: null,
          now: clock.now(),
          ...more,
        }),
      ),
    order: (customerId: string, row: Record<string, unknown> = {}) =>
      insert('orders', {
        external_id: newId(),
        customer_id: customerId,
        kind: 'order',
        amount: 100,
        at: NOW,
        created_at: NOW,
        ...row,
      }),
    attribute: (orderId: string) =>
      db.transaction('answer-once', (client) => attributeOrder(deps, client, { orderId, now: clock.now() })),
    statesOf: async (customerId: string) =>
      (await rows('SELECT state FROM offer_issues WHERE customer_id = $1 ORDER BY created_at, id', [customerId])).map(
        (row) => row.state,
      ),
    ledgerOf: async (customerId: string) =>
      (await rows('SELECT kind FROM touchpoints WHERE customer_id = $1 ORDER BY id', [customerId])).map(
        (row) => row.kind,
      ),
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;
