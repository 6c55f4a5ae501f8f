// Saving: all that a batch of turns wants to change, in one statement, in the transaction that holds the locks.
import type pg from 'pg';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { insertTouchpoints, touchpointColumns, touchpointRow } from '../ledger/write-touchpoints.ts';
import { applyOutboxChanges } from '../outbox/apply-outbox-changes.ts';
import { linkPeople } from './link-people.ts';
import type { Outcome, QueuedFor } from './outcome.ts';
import { saveMessages } from './save-messages.ts';
import { type SavePart, savePart, saveParts } from './save-parts.ts';
import { savePeople } from './save-people.ts';
import { type SaveContext, saveRecords } from './save-records.ts';
import { saveTimers } from './save-timers.ts';

/** `left` are events of people whose turn it was not. */
export async function saveTurns(
  client: pg.ClientBase,
  context: SaveContext,
  outcomes: Outcome[],
  left: QueuedFor[] = [],
): Promise<void> {
  // Before new messages are queued: a take-over or an opt-out silences what waited, not its own last line.
  await applyOutboxChanges(client, context.now, outcomes.flatMap(outboxChangesOf));
  const played = outcomes.filter((outcome) => outcome.turns.length > 0);
  await saveParts(client, context.now, [
    ...savePeople(played),
    saveMessages(played, context.now),
    saveLedger(played),
    saveTimers(played, context.newId),
    saveWaits(outcomes),
    saveQueue([...outcomes.flatMap(requeuedOf), ...left]),
  ]);
  await saveRecords(client, context, played);
  await linkPeople(client, context, played);
}

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

function saveLedger(outcomes: Outcome[]): SavePart {
  const rows = outcomes.flatMap(ledgerOf).map(touchpointRow);
  return savePart('ledger', touchpointColumns, rows, (from) => `l AS (${insertTouchpoints(from)})`);
}

function ledgerOf(outcome: Outcome): Touchpoint[] {
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

const queueColumns = {
  seq: 'int8',
  event_id: 'uuid',
  identity_id: 'uuid',
  occurred_at: 'timestamptz',
  available_at: 'timestamptz',
  attempts: 'int4',
  parked_at: 'timestamptz',
  reason: 'text',
} as const;

function saveQueue(queued: readonly QueuedFor[]): SavePart {
  // With their old place: what arrived later must not overtake what waited for a profile or another try.
  const rows = queued.map(({ identityId, item }) => ({
    seq: item.event.seq,
    event_id: item.event.id,
    identity_id: identityId,
    occurred_at: item.event.occurredAt,
    available_at: item.availableAt,
    attempts: item.attempts,
    parked_at: item.parkedAt,
    reason: item.reason,
  }));
  return savePart(
    'queue',
    queueColumns,
    rows,
    (from) => `q AS (
      INSERT INTO inbound_queue (seq, event_id, identity_id, occurred_at, available_at, attempts, parked_at, reason)
      SELECT coalesce(seq, nextval('inbound_queue_seq_seq')), event_id, identity_id, occurred_at, available_at, attempts,
        parked_at, reason FROM ${from})`,
  );
}

function requeuedOf({ person, requeued }: Outcome): QueuedFor[] {
  return requeued.map((item) => ({ identityId: person.identity.id, item }));
}

function saveWaits(outcomes: Outcome[]): SavePart {
  const rows = outcomes.flatMap(({ person, profileWaitUntil }) =>
    profileWaitUntil === null ? [] : [{ identity_id: person.identity.id, until: profileWaitUntil }],
  );
  return savePart(
    'waits',
    { identity_id: 'uuid', until: 'timestamptz' } as const,
    rows,
    (from) => `w AS (
      UPDATE channel_identities c SET profile_wait_until = t.until FROM ${from} WHERE c.id = t.identity_id)`,
  );
}
