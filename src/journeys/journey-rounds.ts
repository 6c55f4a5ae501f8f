// The work of journeys in one process: planning whoever something happened to, starting what is due. Each ring does a
// bounded number of batches, so that a hundred thousand steps of one hour neither fill the memory nor hold up the second
// hand; the next ring goes on.
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { createRound, type Round } from '../round.ts';
import type { FactsDeps } from './care-facts.ts';
import { careFacts } from './catalogue-of-customer.ts';
import { type PlanDeps, planCustomers } from './plan-customers.ts';
import { type DueDeps, startDue } from './start-due.ts';
import { sweepCustomers } from './sweep-customers.ts';
import { createMonthWatch } from './turn-month.ts';

export type JourneyRoundsDeps = Omit<PlanDeps, 'facts'> &
  Omit<DueDeps, 'facts'> & {
    clock: Clock;
    log: Logger;
    facts: Omit<FactsDeps, 'enrich'>;
    /** Rings the worker: events were pushed. */
    onEventsPushed: () => void;
  };

/** Of so many customers each. */
const BATCHES_PER_RING = 10;
const BATCH = 200;

/** In the order in which they should be rung. */
export function createJourneyRounds(deps: JourneyRoundsDeps): Round[] {
  const { db, clock, log, scripts, onEventsPushed } = deps;
  const facts = careFacts(deps.facts, scripts);
  const journeys = () => [...scripts().journeys.values()].map(({ journey }) => journey);
  const watchMonth = createMonthWatch({ db, clock, timeZone: deps.facts.timeZone, journeys });
  const due = createRound(
    async () => {
      const started = await inBatches(() => startDue({ ...deps, facts }, clock.now(), BATCH));
      if (started > 0) onEventsPushed();
      // What was decided is planned on.
      if (started > 0) planning.ring();
      return false;
    },
    (error) => log.warn({ err: error }, 'a round of due steps failed'),
  );
  const planning: Round = createRound(
    async () => {
      await watchMonth();
      await sweepCustomers(db, clock.now());
      const planned = await inBatches(() => planCustomers({ ...deps, facts }, clock.now(), BATCH));
      if (planned > 0) due.ring();
      return false;
    },
    (error) => log.warn({ err: error }, 'a round of planning journeys failed'),
  );
  return [planning, due];
}

/** Until there is nothing more, or the share of this ring is done; answers how many customers there were. */
async function inBatches(work: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < BATCHES_PER_RING; batch += 1) {
    const count = await work();
    total += count;
    if (count === 0) break;
  }
  return total;
}
