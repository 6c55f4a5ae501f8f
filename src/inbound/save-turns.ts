// Saving: all that a batch of turns wants to change, in few statements, in the transaction that holds the locks.
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { QueuedEvent } from '../conversations/stored-event.ts';
import type { Turn } from '../conversations/turn.ts';
import type { KnownCustomer, Person } from '../conversations/work.ts';
import type { NewId } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { touchpointColumns, touchpointRecord, touchpointRows } from '../ledger/write-touchpoints.ts';
import { applyOutboxChanges } from '../outbox/apply-outbox-changes.ts';
import { saveRecords } from './save-records.ts';

export type RequeuedItem = {
  event: QueuedEvent;
  attempts: number;
  availableAt: Date;
  parkedAt: Date | null;
  reason: string | null;
};

/** What became of one person in this batch. */
export type Outcome = {
  person: Person;
  /** The customer as they were read. */
  before: KnownCustomer;
  turns: Turn[];
  requeued: RequeuedItem[];
  profileWaitUntil: Date | null;
};

export async function saveTurns(
  client: pg.ClientBase,
  context: { now: Date; newId: NewId },
  outcomes: Outcome[],
): Promise<void> {
  // Before new messages are queued: a take-over or an opt-out silences what waited, not its own last line.
  await applyOutboxChanges(client, context.now, outcomes.flatMap(outboxChangesOf));
  const played = outcomes.filter((outcome) => outcome.turns.length > 0);
  await client.query({
    name: 'save-turns',
    text: SAVE,
    values: [
      JSON.stringify(played.map((outcome) => personRow(outcome.person))),
      JSON.stringify(played.flatMap((outcome) => messageRows(outcome, context.now))),
      touchpointRows(played.flatMap(ledgerRows)),
      JSON.stringify(played.flatMap((outcome) => timerRows(outcome, context.newId))),
      JSON.stringify(outcomes.flatMap(queueRows)),
      JSON.stringify(outcomes.flatMap(waitRows)),
      JSON.stringify(played.flatMap((outcome) => customerRows(outcome))),
      context.now,
    ],
  });
  await saveRecords(client, context, played);
}

const SAVE = `
WITH p AS (
  SELECT * FROM json_to_recordset($1::json) AS t(
    identity_id uuid, customer_id uuid, followed_at timestamptz, last_interaction_at timestamptz, last_inbound_at timestamptz,
    unreachable_reason text, conversation_id uuid, state text, owner text, run_id uuid, flow_version_id uuid, step text,
    snapshot jsonb, misunderstandings int, flows_started jsonb, waiting_since timestamptz, taken_over_at timestamptz,
    resolved_at timestamptz, created_at timestamptz)
), pc AS (
  SELECT * FROM json_to_recordset($7::json) AS t(
    id uuid, name text, phone text, email text, attributes jsonb, language text, opted_out_at timestamptz)
), cu AS (
  INSERT INTO customers (id, name, phone, email, attributes, language, opted_out_at, created_at, updated_at)
  SELECT id, name, phone, email, attributes, language, opted_out_at, $8::timestamptz, $8::timestamptz FROM pc
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone, email = excluded.email,
    attributes = excluded.attributes, language = excluded.language, opted_out_at = excluded.opted_out_at,
    updated_at = excluded.updated_at
), i AS (
  UPDATE channel_identities c SET customer_id = p.customer_id, followed_at = p.followed_at,
    last_interaction_at = p.last_interaction_at, last_inbound_at = p.last_inbound_at, unreachable_reason = p.unreachable_reason
  FROM p WHERE c.id = p.identity_id
), co AS (
  INSERT INTO conversations (id, identity_id, customer_id, state, owner, run_id, flow_version_id, step, snapshot,
    misunderstandings, flows_started, waiting_since, taken_over_at, resolved_at, created_at, updated_at)
  SELECT conversation_id, identity_id, customer_id, state, owner, run_id, flow_version_id, step, snapshot,
    misunderstandings, flows_started, waiting_since, taken_over_at, resolved_at, created_at, $8::timestamptz FROM p
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, run_id = excluded.run_id,
    flow_version_id = excluded.flow_version_id, step = excluded.step, snapshot = excluded.snapshot,
    misunderstandings = excluded.misunderstandings, flows_started = excluded.flows_started,
    waiting_since = excluded.waiting_since, taken_over_at = excluded.taken_over_at, resolved_at = excluded.resolved_at,
    updated_at = excluded.updated_at
), m AS (
  INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content,
    purpose, author, flow_version_id, run_id, step, status, available_at, expires_at, created_at)
  SELECT id, conversation_id, identity_id, customer_id, channel, account_id, content,
    purpose, author, flow_version_id, run_id, step, 'queued', created_at, expires_at, created_at
  FROM json_to_recordset($2::json) AS t(id uuid, conversation_id uuid, identity_id uuid, customer_id uuid,
    channel text, account_id text, content jsonb, purpose text, author text, flow_version_id uuid, run_id uuid, step text,
    created_at timestamptz, expires_at timestamptz, n int)
  ORDER BY n
  ON CONFLICT (id) DO NOTHING
), l AS (
  INSERT INTO touchpoints (${touchpointColumns}) SELECT ${touchpointColumns} FROM json_to_recordset($3::json) AS ${touchpointRecord}
), tr AS (
  SELECT * FROM json_to_recordset($4::json) AS t(id uuid, conversation_id uuid, identity_id uuid, run_id uuid, key text,
    due_at timestamptz, change text)
), td AS (
  DELETE FROM timers d USING tr WHERE d.conversation_id = tr.conversation_id
    AND ((tr.change = 'cancel' AND d.key = tr.key) OR (tr.change = 'cancel_run' AND d.run_id = tr.run_id
      AND NOT EXISTS (SELECT 1 FROM tr k WHERE k.change = 'start' AND k.key = d.key)))
), ti AS (
  INSERT INTO timers (id, conversation_id, identity_id, run_id, key, due_at)
  SELECT id, conversation_id, identity_id, run_id, key, due_at FROM tr WHERE change = 'start'
  ON CONFLICT (conversation_id, key) DO UPDATE SET due_at = excluded.due_at, run_id = excluded.run_id
), w AS (
  UPDATE channel_identities c SET profile_wait_until = t.until
  FROM json_to_recordset($6::json) AS t(identity_id uuid, until timestamptz) WHERE c.id = t.identity_id
)
INSERT INTO inbound_queue (seq, event_id, identity_id, occurred_at, available_at, attempts, parked_at, reason)
SELECT seq, event_id, identity_id, occurred_at, available_at, attempts, parked_at, reason
FROM json_to_recordset($5::json) AS t(seq bigint, event_id uuid, identity_id uuid, occurred_at timestamptz, available_at timestamptz,
  attempts int, parked_at timestamptz, reason text)`;

function outboxChangesOf(outcome: Outcome) {
  const { conversation, customer, identity } = outcome.person;
  return outcome.turns.flatMap((turn) =>
    turn.effects.outbox.map((change) => ({
      ...change,
      identityId: identity.id,
      conversationId: conversation.id,
      customerId: customer.id,
      channel: identity.channel,
    })),
  );
}

/** Only who is new or changed: most turns change nothing about the customer. */
function customerRows({ person, before }: Outcome) {
  const { customer } = person;
  const row = {
    id: customer.id,
    name: customer.name,
    phone: customer.phone,
    email: customer.email,
    attributes: customer.attributes,
    language: customer.language,
    opted_out_at: customer.optedOutAt,
  };
  const isAsBefore =
    before.name === row.name &&
    before.phone === row.phone &&
    before.email === row.email &&
    before.language === row.language &&
    before.optedOutAt === row.opted_out_at &&
    isDeepStrictEqual(before.attributes, row.attributes);
  return isAsBefore && !customer.isNew ? [] : [row];
}

function personRow({ identity, customer, conversation }: Person) {
  const { active, suspended } = conversation.runs;
  return {
    identity_id: identity.id,
    customer_id: customer.id,
    followed_at: identity.followedAt,
    last_interaction_at: identity.lastInteractionAt,
    last_inbound_at: identity.lastInboundAt,
    unreachable_reason: identity.unreachableReason,
    conversation_id: conversation.id,
    state: conversation.state,
    owner: conversation.owner,
    run_id: active?.id,
    flow_version_id: active?.flowVersionId,
    step: active?.step,
    snapshot: active || suspended.length > 0 ? conversation.runs : null,
    misunderstandings: conversation.misunderstandings,
    flows_started: conversation.flowsStarted,
    waiting_since: conversation.waitingSince,
    taken_over_at: conversation.takenOverAt,
    resolved_at: conversation.resolvedAt,
    created_at: conversation.createdAt,
  };
}

/** Past it a message has lost its sense: an answer after a day, unasked care after three. */
const EXPIRY_MS = { answer: 86_400_000, confirmation: 86_400_000, care: 3 * 86_400_000, advertising: 3 * 86_400_000 };

function messageRows(outcome: Outcome, now: Date) {
  const { identity, customer, conversation } = outcome.person;
  const messages = outcome.turns.flatMap((turn) => turn.effects.messages);
  return messages.map((message, n) => ({
    n,
    id: message.id,
    conversation_id: conversation.id,
    identity_id: identity.id,
    customer_id: customer.id,
    channel: identity.channel,
    account_id: identity.accountId,
    content: message.message,
    purpose: message.purpose,
    author: message.author,
    flow_version_id: message.flowVersionId,
    run_id: message.runId,
    step: message.step,
    created_at: now,
    expires_at: new Date(now.getTime() + EXPIRY_MS[message.purpose]),
  }));
}

function ledgerRows(outcome: Outcome): Touchpoint[] {
  const { identity, customer, conversation } = outcome.person;
  return outcome.turns.flatMap((turn) =>
    turn.effects.ledger.map((entry) => ({
      ...entry,
      at: entry.at ?? turn.now,
      customerId: customer.id,
      conversationId: conversation.id,
      channel: identity.channel,
    })),
  );
}

/** Only the last word about each timer counts. */
function timerRows(outcome: Outcome, newId: NewId) {
  const { identity, conversation } = outcome.person;
  const last = new Map<string, Record<string, unknown>>();
  for (const change of outcome.turns.flatMap((turn) => turn.effects.timers)) {
    const base = {
      conversation_id: conversation.id,
      identity_id: identity.id,
      run_id: change.runId,
      change: change.change,
    };
    if (change.change === 'cancel_run') {
      for (const key of last.keys()) if (key.startsWith(`${change.runId}:`)) last.delete(key);
      last.set(change.runId, base);
      continue;
    }
    const key = `${change.runId}:${change.key}`;
    last.set(key, change.change === 'start' ? { ...base, key, id: newId(), due_at: change.dueAt } : { ...base, key });
  }
  return [...last.values()];
}

function queueRows(outcome: Outcome) {
  // With their old place: what arrived later must not overtake what waited for a profile or another try.
  return outcome.requeued.map((item) => ({
    seq: item.event.seq,
    event_id: item.event.id,
    identity_id: outcome.person.identity.id,
    occurred_at: item.event.occurredAt,
    available_at: item.availableAt,
    attempts: item.attempts,
    parked_at: item.parkedAt,
    reason: item.reason,
  }));
}

function waitRows(outcome: Outcome) {
  return outcome.profileWaitUntil === null
    ? []
    : [{ identity_id: outcome.person.identity.id, until: outcome.profileWaitUntil }];
}
