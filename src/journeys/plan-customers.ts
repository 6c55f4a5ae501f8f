// Planning: whoever something happened to is looked at again. Many customers in one transaction, each locked; what
// happened is forgotten only when what it meant is saved.
import type pg from 'pg';
import type { Signal } from '../flows/journeys/care-state.ts';
import { planCustomer } from '../flows/journeys/plan-customer.ts';
import type { Scripts } from '../flows/published-flow.ts';
import type { NewId } from '../ids.ts';
import type { FactsDeps } from './care-facts.ts';
import { readCareStates } from './read-care-states.ts';
import { savePlan } from './save-plan.ts';
import { EVERYBODY, SWEPT } from './sweep-customers.ts';
import { notNow, type WorkDeps, workCustomers } from './work-customers.ts';

export type PlanDeps = WorkDeps & { newId: NewId; facts: FactsDeps; scripts: () => Scripts };

/** Signals of one busy customer must not hide everybody behind them. */
const SIGNALS_PER_CUSTOMER = 8;

const LOCK = `
SELECT c.id FROM customers c WHERE c.id IN (
  SELECT customer_id FROM journey_signals WHERE customer_id NOT IN (${notNow('$3')}) ORDER BY id LIMIT $2)
ORDER BY c.id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`;

const TAKE = `
DELETE FROM journey_signals WHERE customer_id = ANY($1::uuid[]) RETURNING customer_id, kind, at, data`;

/** Of customers that are gone. A customer and their first signal come in one transaction, so nobody is taken for gone. */
const FORGET = `
DELETE FROM journey_signals s WHERE s.id IN (SELECT id FROM journey_signals WHERE customer_id <> $2 ORDER BY id LIMIT $1)
  AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = s.customer_id)`;

/** Plans up to `limit` customers; answers how many there were. */
export async function planCustomers(deps: PlanDeps, now: Date, limit = 200): Promise<number> {
  return await workCustomers(deps, {
    transaction: (work) => deps.db.queueTransaction('plan-customers', work),
    now,
    limit,
    lock: async (client, most) => {
      const values = [most, most * SIGNALS_PER_CUSTOMER, now];
      const { rows } = await client.query<{ id: string }>({ name: 'lock-signalled', text: LOCK, values });
      if (rows.length === 0) await client.query({ name: 'forget-signals', text: FORGET, values: [most, EVERYBODY] });
      return rows.map((row) => row.id);
    },
    work: (client, customerIds) => planLocked(client, deps, { now, customerIds }),
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
