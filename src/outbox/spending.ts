// The stop line: what charged messages and templates may cost in one calendar month of the business.
import type pg from 'pg';
import { localParts, momentOf } from '../flows/local-time.ts';
import type { Candidate } from './candidate.ts';
import { isUnasked } from './outbound-message.ts';

/** How much may still be spent; grows smaller with every message that is let go. */
export type Budget = { canSpend(amount: number): boolean; spend(amount: number): void };

export const noLimit: Budget = { canSpend: () => true, spend: () => undefined };

/** One claim at a time counts and spends, whatever the number of processes. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtext('ganbo:spending'))`;

// What is sent is in the ledger, what is under way only in the outbox: one statement, so that nothing is counted twice.
// The ledger is read from where the last look ended; the newest ids are looked at again, since they commit out of order.
const SPENT = `
WITH top AS (SELECT coalesce(max(id), 0) - 10000 AS id FROM touchpoints)
SELECT greatest((SELECT id FROM top), $2::bigint)::text AS upto,
  coalesce(sum(cost_amount) FILTER (WHERE id <= (SELECT id FROM top)), 0)::text AS settled,
  coalesce(sum(cost_amount) FILTER (WHERE id > (SELECT id FROM top)), 0)::text AS fresh,
  (SELECT coalesce(sum(cost_amount), 0) FROM outbound_messages
    WHERE status IN ('sending', 'uncertain', 'parked') AND sending_at >= $1)::text AS under_way
FROM touchpoints WHERE id > $2::bigint AND kind = 'message_out' AND at >= $1 AND cost_amount > 0`;

type SpentRow = { upto: string; settled: string; fresh: string; under_way: string };

export type Spending = {
  /** `candidates` are those that are due: where none of them may cost, nothing is asked and nothing is held up. */
  openBudget(
    client: pg.ClientBase,
    at: { limit: number | null; now: Date },
    candidates: readonly Candidate[],
  ): Promise<Budget>;
};

/** Remembers how far it has counted; one for all channels of a process. */
export function createSpending(timeZone: string): Spending {
  let counted = { since: 0, upto: '0', settled: 0 };
  return {
    openBudget: async (client, { limit, now }, candidates) => {
      if (limit === null || !candidates.some(mayCost)) return noLimit;
      await client.query(LOCK);
      const since = startOfMonth(now, timeZone);
      if (counted.since !== since.getTime()) counted = { since: since.getTime(), upto: '0', settled: 0 };
      const values = [since, counted.upto];
      const { rows } = await client.query<SpentRow>({ name: 'spent-this-month', text: SPENT, values });
      const [row] = rows;
      if (row === undefined) return noLimit;
      counted = { ...counted, upto: row.upto, settled: counted.settled + Number(row.settled) };
      return budgetOf(limit - counted.settled - Number(row.fresh) - Number(row.under_way));
    },
  };
}

function budgetOf(left: number): Budget {
  let rest = left;
  return {
    canSpend: (amount) => amount === 0 || amount <= rest,
    spend: (amount) => {
      rest -= amount;
    },
  };
}

function mayCost(one: Candidate): boolean {
  return isUnasked(one.purpose) && (one.channel === 'zalo' || one.fallback.some((rung) => rung.do === 'template'));
}

/** The first moment of the month, by the clock on the wall of the business. */
export function startOfMonth(now: Date, timeZone: string): Date {
  const { year, month } = localParts(now.getTime(), timeZone);
  return new Date(momentOf({ year, month, day: 1, hour: 0, minute: 0 }, timeZone));
}
