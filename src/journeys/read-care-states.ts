// Rows of a batch of customers become what the kernel reads, customer by customer.
import type pg from 'pg';
import { z } from 'zod';
import type { CareState, KnownEnrolment, KnownStep, Signal } from '../flows/journeys/care-state.ts';
import { type FactsDeps, subjectsOf } from './care-facts.ts';
import { type CareRows, type CustomerRow, type EnrolmentRow, readCareRows, type StepRow } from './read-care-rows.ts';

/** A customer whose row is locked: the kernel's picture, and what the kernel does not ask for. */
export type Care = { state: CareState; customer: CustomerRow; steps: readonly StepRow[] };

const subjectKindSchema = z.enum(['subscription', 'order', 'case', 'customer']);
const enrolmentStatusSchema = z.enum(['active', 'finished', 'goal', 'left', 'cancelled']);
const stepStatusSchema = z.enum(['planned', 'due', 'started', 'skipped', 'cancelled']);

/** In the caller's transaction, which holds the customers. Those that are gone are left out. */
export async function readCareStates(
  client: pg.ClientBase,
  customerIds: readonly string[],
  { now, facts, signals }: { now: Date; facts: FactsDeps; signals?: ReadonlyMap<string, readonly Signal[]> },
): Promise<Care[]> {
  const rows = await readCareRows(client, customerIds, { now, timeZone: facts.timeZone });
  const own = groupByCustomer(rows);
  const since = sinceOf(rows);
  return rows.customers.map((customer) => {
    const { enrolments, steps, segments, used: usedRows, ...rest } = own(customer.id);
    const used = usedRows.map(({ at }) => at.getTime());
    const lastAt = Math.max(customer.last_interaction_at?.getTime() ?? 0, ...used);
    const byEnrolment = Map.groupBy(steps, (step) => step.enrolment_id);
    const state: CareState = {
      customerId: customer.id,
      isOptedOut: customer.opted_out_at !== null,
      // Erasing takes the row itself away.
      isErased: false,
      subjects: subjectsOf({ customer, ...rest }, now, facts),
      lastActivityAt: lastAt === 0 ? null : new Date(lastAt),
      enrolments: enrolments.map((row) => enrolmentOf(row, byEnrolment.get(row.id) ?? [], since.get(row.id) ?? {})),
      segments: new Set(segments.map(({ key }) => key)),
      signals: signals?.get(customer.id) ?? [],
    };
    return { state, customer, steps };
  });
}

function enrolmentOf(row: EnrolmentRow, steps: readonly StepRow[], since: Record<string, number>): KnownEnrolment {
  return {
    id: row.id,
    journey: row.journey,
    subject: { kind: subjectKindSchema.parse(row.subject_kind), id: row.subject_id },
    anchorAt: row.anchor_at,
    enrolledAt: row.enrolled_at,
    status: enrolmentStatusSchema.parse(row.status),
    endedAt: row.ended_at,
    steps: steps.map(stepOf),
    since,
  };
}

function stepOf({ id, step, occurrence, due_at: dueAt, said_for, ...row }: StepRow): KnownStep {
  const status = stepStatusSchema.parse(row.status);
  // What came to its moment and was not said after all (the window had closed) may be said another time.
  const saidFor = status === 'due' || status === 'started' ? said_for : null;
  return { id, step, occurrence, dueAt, status, saidFor };
}

function sinceOf(rows: CareRows): Map<string, Record<string, number>> {
  const since = new Map<string, Record<string, number>>();
  for (const { enrolment_id, kind, count } of rows.since) {
    const counts = since.get(enrolment_id) ?? {};
    counts[kind] = (counts[kind] ?? 0) + count;
    since.set(enrolment_id, counts);
  }
  return since;
}

function groupByCustomer(rows: CareRows) {
  const by = <Row extends { customer_id: string }>(all: readonly Row[]) => {
    const groups = Map.groupBy(all, (row) => row.customer_id);
    return (id: string) => groups.get(id) ?? [];
  };
  const groups = {
    subscriptions: by(rows.subscriptions),
    orders: by(rows.orders),
    cases: by(rows.cases),
    used: by(rows.used),
    enrolments: by(rows.enrolments),
    steps: by(rows.steps),
    segments: by(rows.segments),
    scores: by(rows.scores),
    tips: by(rows.tips),
  };
  return (id: string) => ({
    subscriptions: groups.subscriptions(id),
    orders: groups.orders(id),
    cases: groups.cases(id),
    used: groups.used(id),
    usage: rows.usage.get(id) ?? {},
    enrolments: groups.enrolments(id),
    steps: groups.steps(id),
    segments: groups.segments(id),
    scores: groups.scores(id),
    tips: groups.tips(id),
  });
}
