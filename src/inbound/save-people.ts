// Where people stand after their turns. Most only moved on inside the flow they were in: that writes few columns of few
// rows. Whoever is new, or changed in any other way, is written whole.
import { isDeepStrictEqual } from 'node:util';
import type { Person } from '../conversations/work.ts';
import type { Outcome } from './outcome.ts';
import { saveCustomers } from './save-customers.ts';
import { type SavePart, savePart } from './save-parts.ts';

export function savePeople(outcomes: Outcome[]): SavePart[] {
  const moved: Person[] = [];
  const changed: Person[] = [];
  for (const outcome of outcomes) (onlyMoved(outcome) ? moved : changed).push(outcome.person);
  return [...saveCustomers(outcomes), saveChanged(changed), saveMoved(moved)];
}

function onlyMoved({ isKnown, person, before }: Outcome): boolean {
  const { identity, conversation, customer } = person;
  const { identity: i, conversation: c } = before;
  return (
    isKnown &&
    !customer.isNew &&
    identity.followedAt === i.followedAt &&
    identity.unfollowedAt === i.unfollowedAt &&
    identity.unreachableReason === i.unreachableReason &&
    conversation.state === c.state &&
    conversation.owner === c.owner &&
    conversation.runs.active?.id === c.runs.active?.id &&
    conversation.waitingSince === c.waitingSince &&
    conversation.takenOverAt === c.takenOverAt &&
    conversation.resolvedAt === c.resolvedAt &&
    isDeepStrictEqual(conversation.flowsStarted, c.flowsStarted)
  );
}

const movedColumns = {
  identity_id: 'uuid',
  last_interaction_at: 'timestamptz',
  last_inbound_at: 'timestamptz',
  conversation_id: 'uuid',
  step: 'text',
  snapshot: 'jsonb',
  misunderstandings: 'int4',
} as const;

function saveMoved(people: Person[]): SavePart {
  return savePart(
    'moved',
    movedColumns,
    people.map(movedRow),
    (from) => `mv AS (SELECT * FROM ${from}), mi AS (
      UPDATE channel_identities c SET last_interaction_at = mv.last_interaction_at, last_inbound_at = mv.last_inbound_at
      FROM mv WHERE c.id = mv.identity_id
    ), mc AS (
      UPDATE conversations c SET step = mv.step, snapshot = mv.snapshot, misunderstandings = mv.misunderstandings,
        updated_at = $1::timestamptz
      FROM mv WHERE c.id = mv.conversation_id)`,
  );
}

function movedRow({ identity, conversation }: Person) {
  const { active, suspended } = conversation.runs;
  return {
    identity_id: identity.id,
    last_interaction_at: identity.lastInteractionAt,
    last_inbound_at: identity.lastInboundAt,
    conversation_id: conversation.id,
    step: active?.step,
    snapshot: active || suspended.length > 0 ? conversation.runs : null,
    misunderstandings: conversation.misunderstandings,
  };
}

const changedColumns = {
  ...movedColumns,
  customer_id: 'uuid',
  followed_at: 'timestamptz',
  unfollowed_at: 'timestamptz',
  unreachable_reason: 'text',
  state: 'text',
  owner: 'text',
  run_id: 'uuid',
  flow_version_id: 'uuid',
  flows_started: 'jsonb',
  waiting_since: 'timestamptz',
  taken_over_at: 'timestamptz',
  resolved_at: 'timestamptz',
  created_at: 'timestamptz',
} as const;

function saveChanged(people: Person[]): SavePart {
  return savePart(
    'people',
    changedColumns,
    people.map(changedRow),
    (from) => `p AS (SELECT * FROM ${from}), i AS (
      UPDATE channel_identities c SET customer_id = p.customer_id, followed_at = p.followed_at, unfollowed_at = p.unfollowed_at,
        last_interaction_at = p.last_interaction_at, last_inbound_at = p.last_inbound_at, unreachable_reason = p.unreachable_reason
      FROM p WHERE c.id = p.identity_id
    ), co AS (
      INSERT INTO conversations (id, identity_id, customer_id, state, owner, run_id, flow_version_id, step, snapshot,
        misunderstandings, flows_started, waiting_since, taken_over_at, resolved_at, created_at, updated_at)
      SELECT conversation_id, identity_id, customer_id, state, owner, run_id, flow_version_id, step, snapshot,
        misunderstandings, flows_started, waiting_since, taken_over_at, resolved_at, created_at, $1::timestamptz FROM p
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, run_id = excluded.run_id,
        flow_version_id = excluded.flow_version_id, step = excluded.step, snapshot = excluded.snapshot,
        misunderstandings = excluded.misunderstandings, flows_started = excluded.flows_started,
        waiting_since = excluded.waiting_since, taken_over_at = excluded.taken_over_at, resolved_at = excluded.resolved_at,
        updated_at = excluded.updated_at)`,
  );
}

function changedRow(person: Person) {
  const { identity, customer, conversation } = person;
  return {
    ...movedRow(person),
    customer_id: customer.id,
    followed_at: identity.followedAt,
    unfollowed_at: identity.unfollowedAt,
    unreachable_reason: identity.unreachableReason,
    state: conversation.state,
    owner: conversation.owner,
    run_id: conversation.runs.active?.id,
    flow_version_id: conversation.runs.active?.flowVersionId,
    flows_started: conversation.flowsStarted,
    waiting_since: conversation.waitingSince,
    taken_over_at: conversation.takenOverAt,
    resolved_at: conversation.resolvedAt,
    created_at: conversation.createdAt,
  };
}
