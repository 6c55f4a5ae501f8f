// What became of messages that took their ladder: another text in the same row, another row on another channel, a task for
// a person; and a line of the ledger for every rung that was taken or passed over. In the claim's transaction.
import type pg from 'pg';
import { defaultOwner } from '../cases/default-owner.ts';
import { HOUR_MS } from '../clock.ts';
import type { Message } from '../flows/message-schema.ts';
import { conversationIdOf, hashId, identityIdOf } from '../ids.ts';
import type { Touchpoint } from '../ledger/touchpoint.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { Candidate } from './candidate.ts';
import type { Way } from './descend-ladder.ts';
import type { Descended } from './judge-messages.ts';

const TASK_DUE_MS = 24 * HOUR_MS;

export async function saveDescents(client: pg.ClientBase, now: Date, all: readonly Descended[]): Promise<void> {
  if (all.length === 0) return;
  await client.query(REPLACE, [JSON.stringify(all.flatMap(replacedRow))]);
  const moved = all.flatMap(movedRow);
  const people = [...moved, ...all.flatMap(phonePerson)];
  if (people.length > 0) await client.query(PEOPLE, [JSON.stringify(people), now]);
  if (moved.length > 0) await client.query(MOVE, [JSON.stringify(moved), now]);
  const tasks = all.flatMap((one) => taskRow(one, now));
  if (tasks.length > 0) await client.query(TASKS, [JSON.stringify(tasks), now]);
  await writeTouchpoints(
    client,
    all.flatMap((one) => touchpointsOf(one, now)),
  );
}

/** The ladder shrinks with every look, so that no rung is tried twice. */
const REPLACE = `
UPDATE outbound_messages o SET content = coalesce(t.content, o.content), fallback = t.fallback, reason = NULL, error_code = NULL
FROM json_to_recordset($1::json) AS t(id uuid, content jsonb, fallback jsonb) WHERE o.id = t.id`;

/** Whatever way a tip goes, it goes along. */
function contentOf({ tip }: Candidate, message: Message) {
  return tip === null ? message : { ...message, tip };
}

function replacedRow({ one, descent }: Descended) {
  const content = descent.way?.way === 'replace' ? contentOf(one, descent.way.message) : null;
  return [{ id: one.id, content, fallback: descent.rest }];
}

const PEOPLE = `
WITH t AS (
  SELECT * FROM json_to_recordset($1::json) AS t(identity_id uuid, conversation_id uuid, customer_id uuid, channel text,
    account_id text, peer_id text)
), i AS (
  INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, created_at)
  SELECT DISTINCT ON (identity_id) identity_id, channel, account_id, peer_id, customer_id, $2::timestamptz FROM t ORDER BY identity_id
  ON CONFLICT DO NOTHING
  RETURNING id
)
INSERT INTO conversations (id, identity_id, customer_id, state, created_at, updated_at)
SELECT DISTINCT ON (conversation_id) conversation_id, identity_id, t.customer_id, 'bot', $2::timestamptz, $2::timestamptz
FROM t LEFT JOIN channel_identities k ON k.id = t.identity_id
WHERE k.id IS NULL OR k.customer_id = t.customer_id ORDER BY conversation_id
ON CONFLICT DO NOTHING`;

const MOVE = `
INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
  flow_version_id, run_id, step, fallback, status, available_at, expires_at, created_at)
SELECT id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author,
  flow_version_id, run_id, step, fallback, 'queued', $2::timestamptz, expires_at, $2::timestamptz
FROM json_to_recordset($1::json) AS t(id uuid, conversation_id uuid, identity_id uuid, customer_id uuid, channel text,
  account_id text, content jsonb, purpose text, author text, flow_version_id uuid, run_id uuid, step text, fallback jsonb,
  expires_at timestamptz)
ON CONFLICT (id) DO NOTHING`;

function movedRow({ one, descent }: Descended) {
  const { way } = descent;
  if (way?.way !== 'move') return [];
  return [
    {
      id: movedIdOf(one, way),
      ...personRow(one, way.channel, way.accountId, way.peerId),
      content: contentOf(one, way.message),
      purpose: one.purpose,
      author: one.author,
      flow_version_id: one.flowVersionId,
      run_id: one.runId,
      step: one.step,
      fallback: descent.rest,
      expires_at: one.expiresAt,
    },
  ];
}

/** The same however often it is tried. */
function movedIdOf(one: Candidate, way: Extract<Way, { way: 'move' }>): string {
  return hashId('fallback', one.id, way.channel, String(one.fallback.length));
}

/** Receipts of ZNS name the phone: it must lead to this customer, and not to a new one. */
function phonePerson({ one, descent }: Descended) {
  const { way } = descent;
  return way?.way === 'replace' && way.phoneIdentity !== null
    ? [personRow(one, 'zalo', one.accountId, way.phoneIdentity)]
    : [];
}

function personRow(one: Candidate, channel: string, accountId: string, peerId: string) {
  const identityId = identityIdOf(channel, accountId, peerId);
  return {
    identity_id: identityId,
    conversation_id: conversationIdOf(identityId),
    customer_id: one.customerId,
    channel,
    account_id: accountId,
    peer_id: peerId,
  };
}

const TASKS = `
INSERT INTO tasks (id, customer_id, conversation_id, kind, title, detail, status, due_at, created_at, owner)
SELECT id, customer_id, conversation_id, 'follow_up', title, detail, 'open', due_at, $2::timestamptz,
  ${defaultOwner({ customerId: 't.customer_id', subscriptionId: 'NULL::uuid' })}
FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, conversation_id uuid, title text, detail jsonb, due_at timestamptz)
ON CONFLICT (id) DO NOTHING`;

function taskRow({ one, descent, why }: Descended, now: Date) {
  if (descent.way?.way !== 'task') return [];
  return [
    {
      id: taskIdOf(one),
      customer_id: one.customerId,
      conversation_id: one.conversationId,
      title: descent.way.title,
      detail: { reason: why, flow: descent.way.flow, step: one.step, channel: one.channel },
      due_at: new Date(now.getTime() + TASK_DUE_MS),
    },
  ];
}

function taskIdOf(one: Candidate): string {
  return hashId('task', one.id);
}

function touchpointsOf({ one, descent, why }: Descended, now: Date): Touchpoint[] {
  const base = {
    at: now,
    customerId: one.customerId,
    conversationId: one.conversationId,
    channel: one.channel,
    flowVersionId: one.flowVersionId,
    step: one.step,
    outboundMessageId: one.id,
  };
  const { way } = descent;
  const lines = descent.tried.map(({ rung, isTaken, reason, template, cost }): Touchpoint => {
    const data = { rung, taken: isTaken, template, cost };
    return { ...base, kind: 'fallback_taken', reason, data };
  });
  if (way?.way !== 'task') return lines;
  const data = { task: taskIdOf(one), kind: 'follow_up', title: way.title };
  return [...lines, { ...base, kind: 'task_opened', flow: way.flow, reason: why, data }];
}
