// Planning: whoever something happened to is looked at again. Many customers in one transaction, each locked; what
// happened is forgotten only when what it meant is saved.
import type pg from 'pg';
import type { Database } from '../database.ts';
import type { Scripts } from '../flow-library/published-flow.ts';
import type { Signal } from '../flows/journeys/care-state.ts';
import { planCustomer } from '../flows/journeys/plan-customer.ts';
import type { NewId } from '../ids.ts';
import type { FactsDeps } from './care-facts.ts';
import { readCareStates } from './read-care-states.ts';
import { savePlan } from './save-plan.ts';
import { EVERYBODY, SWEPT } from './sweep-customers.ts';

export type PlanDeps = { db: Database; newId: NewId; facts: FactsDeps; scripts: () => Scripts };

/** Signals of one busy customer must not hide everybody behind them. */
const SIGNALS_PER_CUSTOMER = 8;

const LOCK = `
SELECT c.id FROM customers c WHERE c.id IN (SELECT customer_id FROM journey_signals ORDER BY id LIMIT $2)
ORDER BY c.id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`;

const TAKE = `
DELETE FROM journey_signals WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id, kind, at, data`;

/** Of customers that are gone. A customer and their first signal come in one transaction, so nobody is taken for gone. */
const FORGET = `
DELETE FROM journey_signals s WHERE s.id IN (SELECT id FROM journey_signals WHERE customer_id <> $2 ORDER BY id LIMIT $1)
  AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = s.customer_id)`;

/** Plans up to `limit` customers; answers how many there were. */
export async function planCustomers(deps: PlanDeps, now: Date, limit = 200): Promise<number> {
  return await deps.db.queueTransaction('plan-customers', async (client) => {
    const { rows } = await client.query<{ id: string }>({
      name: 'lock-signalled',
      text: LOCK,
      values: [limit, limit * SIGNALS_PER_CUSTOMER],
    });
    if (rows.length === 0) {
      await client.query({ name: 'forget-signals', text: FORGET, values: [limit, EVERYBODY] });
      return 0;
    }
    await planLocked(client, deps, { now, customerIds: rows.map((row) => row.id) });
    return rows.length;
  });
}

type SignalRow = { customer_id: string; kind: string; at: Date; data: Record<string, unknown> | null };

async function planLocked(
  client: pg.ClientBase,
  deps: PlanDeps,
  { now, customerIds }: { now: Date; customerIds: string[] },
): Promise<void> {
  const taken = await client.query<SignalRow>({ name: 'take-signals', text: TAKE, values: [customerIds] });
  const byCustomer = Map.groupBy(taken.rows, (row) => row.customer_id);
  const signals = new Map([...byCustomer].map(([id, rows]) => [id, rows.map(signalOf)]));
  const cares = await readCareStates(client, customerIds, { now, facts: deps.facts, signals });
  const journeys = [...deps.scripts().journeys.values()].map(({ journey }) => journey);
  const at = { now, timeZone: deps.facts.timeZone };
  await savePlan(
    client,
    { now, newId: deps.newId },
    cares.map(({ state }) => ({
      customerId: state.customerId,
      changes: planCustomer(journeys, state, at),
      isSweep: state.signals.every(({ kind }) => kind === SWEPT),
    })),
  );
}

function signalOf({ kind, at, data }: SignalRow): Signal {
  return { kind, at, data: data ?? {} };
}
