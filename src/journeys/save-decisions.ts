// What was decided about due steps becomes rows: one statement per table, and exactly one line of the ledger for each
// decision. A flow's line is written when its turn comes, because only then it is known whether it began.
import type pg from 'pg';
import { defaultOwner } from '../cases/default-owner.ts';
import { DAY_MS } from '../clock.ts';
import type { NewInternalBody } from '../conversations/stored-event.ts';
import type { EnrolmentStatus } from '../flows/journeys/care-state.ts';
import type { JourneyPurpose } from '../flows/journeys/journey.ts';
import { hashId } from '../ids.ts';
import { pushEvents } from '../inbound/push-event.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { StepRow } from './read-care-rows.ts';
import { endEnrolments } from './save-plan.ts';

type Begun = { row: StepRow; purpose: JourneyPurpose; versionId: string };
type Task = Begun & { kind: string; title: string; dueAt: Date; subscriptionId: string | null };

export type Decided =
  | (Begun & {
      decision: 'push';
      identity: { identityId: string; channel: string; accountId: string };
      body: NewInternalBody;
    })
  | (Task & { decision: 'task' })
  /** Nobody can write to them: staff are told, once per enrolment. */
  | (Begun & { decision: 'unreachable'; reason: string; subscriptionId: string | null })
  | { decision: 'skip'; row: StepRow; reason: string }
  | { decision: 'move'; row: StepRow; dueAt: Date; reason: string }
  | { decision: 'end'; row: StepRow; status: Exclude<EnrolmentStatus, 'active'>; reason: string }
  /** Its enrolment is over, which the ledger knows. */
  | { decision: 'drop'; row: StepRow };

export const NO_CHANNEL = 'Khách chưa có kênh chat nào.';

/** In the transaction that holds the customers. */
export async function saveDecisions(client: pg.ClientBase, now: Date, decided: readonly Decided[]): Promise<void> {
  const steps = decided.flatMap((one) => stepRowOf(one));
  if (steps.length > 0) await client.query(UPDATE_STEPS, [JSON.stringify(steps), now]);
  const ends = decided.flatMap((one) =>
    one.decision === 'end' ? [{ id: one.row.enrolment_id, status: one.status, reason: one.reason }] : [],
  );
  await endEnrolments(client, now, ends);
  await openTasks(client, now, decided);
  await pushEvents(
    client,
    decided.flatMap((one) =>
      one.decision === 'push' ? [{ id: hashId('due', one.row.id), ...one.identity, body: one.body, now }] : [],
    ),
  );
  await writeTouchpoints(
    client,
    decided.flatMap((one) => lineOf(one, now)),
  );
}

function stepRowOf(one: Decided): object[] {
  const { id } = one.row;
  switch (one.decision) {
    case 'push':
      return [{ id, status: 'due', purpose: one.purpose, version_id: one.versionId }];
    case 'task':
      return [{ id, status: 'started', purpose: one.purpose, version_id: one.versionId, channel: 'task' }];
    case 'unreachable':
      return [{ id, status: 'skipped', reason: one.reason, version_id: one.versionId }];
    case 'skip':
      return [{ id, status: 'skipped', reason: one.reason }];
    case 'move':
      return [{ id, status: 'planned', due_at: one.dueAt, reason: one.reason }];
    case 'drop':
      return [{ id, status: 'cancelled', reason: 'Hành trình đã kết thúc.' }];
    case 'end':
      return [];
  }
}

/** What is decided is planned anew: the next time of a step that repeats, or the end of the enrolment. */
const UPDATE_STEPS = `
WITH decided AS (
  UPDATE enrolment_steps s SET status = t.status, reason = t.reason, due_at = coalesce(t.due_at, s.due_at),
    decided_at = CASE WHEN t.status = 'planned' THEN NULL ELSE $2::timestamptz END,
    purpose = t.purpose, version_id = t.version_id, channel = t.channel,
    said_for = CASE WHEN t.status IN ('due', 'started') THEN e.anchor_at END
  FROM json_to_recordset($1::json) AS t(id uuid, status text, reason text, due_at timestamptz, purpose text, version_id uuid, channel text)
  JOIN enrolment_steps mine ON mine.id = t.id JOIN enrolments e ON e.id = mine.enrolment_id
  WHERE s.id = t.id AND s.status = 'planned' RETURNING s.customer_id, s.status)
INSERT INTO journey_signals (customer_id, kind, at)
SELECT DISTINCT customer_id, 'step_decided', $2::timestamptz FROM decided WHERE status IN ('started', 'skipped')`;

const OPEN_TASKS = `
INSERT INTO tasks (id, customer_id, conversation_id, subscription_id, kind, title, status, due_at, journey, enrolment_step_id, created_at, owner)
SELECT t.id, t.customer_id, (SELECT c.id FROM conversations c WHERE c.customer_id = t.customer_id ORDER BY c.updated_at DESC LIMIT 1),
  t.subscription_id, t.kind, t.title, 'open', t.due_at, t.journey, t.step_id, $2, ${defaultOwner({ customerId: 't.customer_id', subscriptionId: 't.subscription_id' })}
FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, subscription_id uuid, kind text, title text, due_at timestamptz,
  journey text, step_id uuid)
ON CONFLICT DO NOTHING`;

async function openTasks(client: pg.ClientBase, now: Date, decided: readonly Decided[]): Promise<void> {
  const rows = decided.flatMap((one) => {
    if (one.decision !== 'task' && one.decision !== 'unreachable') return [];
    const { row, subscriptionId } = one;
    const what =
      one.decision === 'task'
        ? one
        : { kind: 'unreachable', title: UNREACHABLE, dueAt: new Date(now.getTime() + DAY_MS) };
    return [
      {
        // One per enrolment: the same id again is no second row.
        id: one.decision === 'task' ? hashId('task', row.id) : hashId('unreachable', row.enrolment_id),
        customer_id: row.customer_id,
        subscription_id: subscriptionId,
        kind: what.kind,
        title: what.title,
        due_at: what.dueAt,
        journey: row.journey,
        step_id: row.id,
      },
    ];
  });
  if (rows.length > 0) await client.query(OPEN_TASKS, [JSON.stringify(rows), now]);
}

const UNREACHABLE = `${NO_CHANNEL} Hỏi khách Zalo hoặc Messenger, hay gọi điện.`;

function lineOf(one: Decided, now: Date): Touchpoint[] {
  const { journey, step, occurrence, customer_id: customerId } = one.row;
  const line = { at: now, customerId, step, data: { journey, step, occurrence } };
  switch (one.decision) {
    case 'task':
      return [
        {
          ...line,
          kind: 'task_opened',
          text: one.title,
          data: { ...line.data, task: hashId('task', one.row.id), kind: one.kind },
        },
      ];
    case 'skip':
    case 'unreachable':
      return [{ ...line, kind: 'journey_step_skipped', reason: one.reason }];
    case 'move':
      return [
        {
          ...line,
          kind: 'journey_step_deferred',
          reason: one.reason,
          data: { ...line.data, until: one.dueAt.toISOString() },
        },
      ];
    // Their end, or the conversation, tells.
    case 'end':
    case 'drop':
    case 'push':
      return [];
  }
}
