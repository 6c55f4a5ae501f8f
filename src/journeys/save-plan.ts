// What planning wants becomes rows: enrolments, their waiting steps, segments, and a line of the ledger for whoever came
// in and whoever is out. One statement per table, however many customers.
import type pg from 'pg';
import type { PlanChange } from '../flows/journeys/care-state.ts';
import { hashId, type NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { spreadMs } from './spread.ts';

export type Planned = {
  customerId: string;
  changes: readonly PlanChange[];
  /** Everybody is planned anew, nobody did anything: what is due already is spread over time. */
  isSweep: boolean;
};
type EndRow = { id: string; status: string; reason: string };
type SegmentRow = { customer_id: string; journey: string; subject_id: string };

/** In the transaction that holds the customers. Saved again it changes nothing. */
export async function savePlan(
  client: pg.ClientBase,
  { now, newId }: { now: Date; newId: NewId },
  planned: readonly Planned[],
): Promise<void> {
  const all = planned.flatMap(({ changes, ...whose }) => changes.map((change) => ({ ...whose, ...change })));
  await endEnrolments(
    client,
    now,
    all.flatMap((one) =>
      one.change === 'end' ? [{ id: one.enrolmentId, status: one.status, reason: one.reason }] : [],
    ),
  );
  const ledger: Touchpoint[] = [];
  const enrolments: object[] = [];
  const moved: object[] = [];
  const cancelled: { id: string; why: string }[] = [];
  const steps: object[] = [];
  const entered: SegmentRow[] = [];
  const left: SegmentRow[] = [];
  for (const one of all) {
    const { customerId } = one;
    if (one.change === 'enrol') {
      const id = newId();
      const { journey, anchorAt } = one;
      const subject = { subject_kind: one.subject.kind, subject_id: one.subject.id };
      enrolments.push({ id, journey, customer_id: customerId, ...subject, anchor_at: anchorAt });
      steps.push(...one.steps.map((step) => stepRow(id, step, { now, isSweep: one.isSweep })));
      const data = { journey, enrolment: id, anchorAt: anchorAt.toISOString(), ...one.subject };
      ledger.push({ at: now, kind: 'enrolment_started', customerId, data });
    } else if (one.change === 'move') {
      moved.push({ id: one.enrolmentId, anchor_at: one.anchorAt });
      cancelled.push(...one.cancelled.map((id) => ({ id, why: one.why })));
      steps.push(...one.steps.map((step) => stepRow(one.enrolmentId, step, { now, isSweep: one.isSweep })));
    } else if (one.change !== 'end') {
      const row = { customer_id: customerId, journey: one.journey, subject_id: one.subjectId };
      (one.change === 'enter_segment' ? entered : left).push(row);
    }
  }
  await run(client, ENROL, enrolments, now);
  await run(client, MOVE, moved);
  await run(client, CANCEL_STEPS, cancelled, now);
  await run(client, PLAN_STEPS, steps);
  await run(client, ENTER, entered, now);
  await run(client, LEAVE, left);
  await writeTouchpoints(client, ledger);
}

/** Ends them with what still waits, and tells the ledger. */
export async function endEnrolments(client: pg.ClientBase, now: Date, ends: readonly EndRow[]): Promise<void> {
  await run(client, END, ends, now);
}

type Placing = { now: Date; isSweep: boolean };

/** What should have been by now is due at once, or, when everybody is planned anew, within the hour. */
function stepRow(
  enrolmentId: string,
  { step, occurrence, dueAt }: { step: string; occurrence: number; dueAt: Date },
  { now, isSweep }: Placing,
) {
  const id = hashId('enrolment_step', enrolmentId, step, String(occurrence));
  const earliest = isSweep ? new Date(now.getTime() + spreadMs(enrolmentId)) : now;
  return { id, enrolment_id: enrolmentId, step, occurrence, due_at: dueAt > now ? dueAt : earliest };
}

async function run(client: pg.ClientBase, statement: string, rows: readonly object[], now?: Date): Promise<void> {
  if (rows.length === 0) return;
  await client.query(statement, [JSON.stringify(rows), ...(now === undefined ? [] : [now])]);
}

const END = `
WITH t AS (SELECT * FROM json_to_recordset($1::json) AS t(id uuid, status text, reason text)),
ended AS (
  UPDATE enrolments e SET status = t.status, reason = t.reason, ended_at = $2
  FROM t WHERE e.id = t.id AND e.status = 'active' RETURNING e.id, e.journey, e.customer_id, e.status, e.reason, e.subject_kind, e.subject_id),
steps AS (
  UPDATE enrolment_steps s SET status = 'cancelled', reason = ended.reason, decided_at = $2
  FROM ended WHERE s.enrolment_id = ended.id AND s.status IN ('planned', 'due'))
INSERT INTO touchpoints (at, kind, customer_id, reason, data)
SELECT $2, 'enrolment_ended', customer_id, reason, jsonb_build_object('journey', journey, 'enrolment', id, 'how', status,
  'kind', subject_kind, 'id', subject_id) FROM ended`;

const ENROL = `
INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status)
SELECT id, journey, customer_id, subject_kind, subject_id, anchor_at, $2, 'active'
FROM json_to_recordset($1::json) AS t(id uuid, journey text, customer_id uuid, subject_kind text, subject_id uuid, anchor_at timestamptz)`;

const MOVE = `
UPDATE enrolments e SET anchor_at = t.anchor_at FROM json_to_recordset($1::json) AS t(id uuid, anchor_at timestamptz) WHERE e.id = t.id`;

/** One line of the ledger for each enrolment that loses steps, however many they are. */
const CANCEL_STEPS = `
WITH t AS (SELECT * FROM json_to_recordset($1::json) AS t(id uuid, why text)),
cancelled AS (
  UPDATE enrolment_steps s SET status = 'cancelled', reason = t.why, decided_at = $2
  FROM t WHERE s.id = t.id AND s.status = 'planned' RETURNING s.customer_id, s.enrolment_id, s.journey, s.step, s.reason)
INSERT INTO touchpoints (at, kind, customer_id, reason, data)
SELECT $2, 'journey_steps_cancelled', customer_id, reason, jsonb_build_object('journey', journey, 'enrolment', enrolment_id,
  'steps', (array_agg(DISTINCT step))[1:20], 'count', count(*))
FROM cancelled GROUP BY customer_id, enrolment_id, journey, reason`;

/** A step is decided once: what was started or skipped is never planned again. */
const PLAN_STEPS = `
INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, occurrence, due_at, status)
SELECT t.id, t.enrolment_id, e.customer_id, e.journey, t.step, t.occurrence, t.due_at, 'planned'
FROM json_to_recordset($1::json) AS t(id uuid, enrolment_id uuid, step text, occurrence int, due_at timestamptz)
JOIN enrolments e ON e.id = t.enrolment_id
ON CONFLICT (enrolment_id, step, occurrence) DO UPDATE SET due_at = excluded.due_at, status = 'planned', reason = NULL, decided_at = NULL
WHERE enrolment_steps.status IN ('planned', 'cancelled')`;

const SEGMENT = 'json_to_recordset($1::json) AS t(customer_id uuid, journey text, subject_id uuid)';
const ENTER = `
INSERT INTO segment_members (customer_id, journey, subject_id, entered_at)
SELECT customer_id, journey, subject_id, $2 FROM ${SEGMENT} ON CONFLICT DO NOTHING`;
const LEAVE = `
DELETE FROM segment_members m USING ${SEGMENT} WHERE m.customer_id = t.customer_id AND m.journey = t.journey AND m.subject_id = t.subject_id`;
