// What is due: many customers in one transaction, each locked, everything asked again at the moment itself. A flow becomes
// an event of the conversation, a call becomes a task, and whatever is decided against leaves its reason in the ledger.
import type pg from 'pg';
import type { CapRules } from '../flows/journeys/arbitrate.ts';
import type { PublishedJourney, Scripts } from '../flows/published-flow.ts';
import { earliestLoudTime, type QuietHours } from '../flows/quiet-hours.ts';
import type { FactsDeps } from './care-facts.ts';
import { chooseSteps } from './choose-steps.ts';
import { type ConsiderOffer, prepareStarts } from './prepare-starts.ts';
import { readCareStates } from './read-care-states.ts';
import { type Decided, saveDecisions } from './save-decisions.ts';
import { CROWD, OVERDUE_MS } from './spread.ts';
import { notNow, type WorkDeps, workCustomers } from './work-customers.ts';

export type DueDeps = WorkDeps & {
  facts: FactsDeps;
  scripts: () => Scripts;
  caps: CapRules;
  /** Absent = there are none. */
  quietHours?: () => QuietHours;
  /** Asked before a step that names an offer. */
  considerOffer: ConsiderOffer;
};

const PAUSED = 'SELECT journey FROM journey_pauses';

const LOCK = `
SELECT c.id FROM customers c WHERE c.id IN (
  SELECT customer_id FROM enrolment_steps WHERE status = 'planned' AND due_at <= $1 AND journey NOT IN (${PAUSED})
    AND customer_id NOT IN (${notNow('$1')})
  ORDER BY due_at LIMIT $3)
ORDER BY c.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;

/** Decides about the due steps of up to `limit` customers; answers how many customers there were. */
export async function startDue(deps: DueDeps, now: Date, limit = 200): Promise<number> {
  return await workCustomers(deps, {
    transaction: (work) => deps.db.queueTransaction('start-due-steps', work),
    now,
    limit,
    lock: async (client, most) => {
      // Wider than the limit: what another process is just deciding about stands in front.
      const values = [now, most, most * 4];
      const { rows } = await client.query<{ id: string }>({ name: 'lock-due', text: LOCK, values });
      return rows.map((row) => row.id);
    },
    work: (client, customerIds) => decideLocked(client, deps, now, customerIds),
  });
}

async function decideLocked(client: pg.ClientBase, deps: DueDeps, now: Date, customerIds: string[]): Promise<void> {
  // A second statement on purpose: it sees what the previous holder of the lock committed.
  const paused = await client.query<{ journey: string }>({ name: 'read-pauses', text: PAUSED });
  const cares = await readCareStates(client, customerIds, { now, facts: deps.facts });
  const journeys = withoutPaused(deps.scripts().journeys, new Set(paused.rows.map((row) => row.journey)));
  const isCrowd = await isCrowded(client, now);
  const at = { now, timeZone: deps.facts.timeZone };
  const quiet = deps.quietHours?.();
  const loudFrom = (moment: Date) => (quiet ? earliestLoudTime(moment, quiet) : moment);
  const choices = cares.map((care) => chooseSteps(care, { journeys, caps: deps.caps, isCrowd, loudFrom, ...at }));
  const decided: Decided[] = [];
  for (const { starts, others } of choices) {
    decided.push(...others, ...(await prepareStarts(client, deps.considerOffer, now, starts)));
  }
  await saveDecisions(client, now, decided);
}

const OVERDUE = `
SELECT 1 FROM enrolment_steps WHERE status = 'planned' AND due_at < $1 AND journey NOT IN (${PAUSED}) LIMIT $2`;

async function isCrowded(client: pg.ClientBase, now: Date): Promise<boolean> {
  const before = new Date(now.getTime() - OVERDUE_MS);
  const { rowCount } = await client.query({ name: 'count-overdue', text: OVERDUE, values: [before, CROWD + 1] });
  return (rowCount ?? 0) > CROWD;
}

/** null = paused: what waits goes on waiting. */
function withoutPaused(
  journeys: ReadonlyMap<string, PublishedJourney>,
  paused: ReadonlySet<string>,
): ReadonlyMap<string, PublishedJourney | null> {
  return new Map([...journeys].map(([id, journey]) => [id, paused.has(id) ? null : journey]));
}
