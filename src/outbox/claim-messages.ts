// Taking the next message of each person, in order, and asking the rules: what may leave is marked `sending` and
// committed before the first byte goes out; what may not is skipped or deferred with its reason.
import type pg from 'pg';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import type { SendPermit } from '../channels/messaging-window.ts';
import { MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { type Message, messageSchema } from '../flows/message-schema.ts';
import { changeStatus, type StatusChange } from './change-status.ts';
import { maySend, type SendRules } from './may-send.ts';
import { messagePurposeSchema } from './outbound-message.ts';
import { LEASE_MS } from './retry-policy.ts';

export type ClaimedMessage = {
  id: string;
  identityId: string;
  conversationId: string;
  peerId: string;
  message: Message;
  permit: SendPermit;
  attempts: number;
  isFromFlow: boolean;
};

// A person's earlier message holds back the later ones while it may still leave soon or may have left;
// one that waits for the morning, or for a quota, does not.
const NEXT = `
SELECT o.id, o.identity_id, o.conversation_id, o.content, o.purpose, o.author, o.attempts, o.expires_at, o.channel,
  i.external_id, i.last_interaction_at, i.followed_at, i.unreachable_reason, c.state, cu.opted_out_at,
  CASE WHEN o.purpose = 'advertising' THEN (
    SELECT k.granted FROM consents k WHERE k.customer_id = o.customer_id AND k.purpose IN ('advertising', 'all')
      AND k.channel IN (o.channel, '*') ORDER BY k.at DESC LIMIT 1) END AS consent
FROM outbound_messages o
JOIN channel_identities i ON i.id = o.identity_id
JOIN conversations c ON c.id = o.conversation_id
JOIN customers cu ON cu.id = o.customer_id
WHERE o.channel = $1 AND o.status = 'queued' AND o.available_at <= $2
  AND NOT EXISTS (
    SELECT 1 FROM outbound_messages p
    WHERE p.identity_id = o.identity_id AND p.seq < o.seq AND p.status IN ('queued', 'sending', 'uncertain')
      AND (p.status <> 'queued' OR p.available_at <= $2 OR (p.attempts > 0 AND p.available_at <= $4)))
ORDER BY o.seq LIMIT $3 FOR UPDATE OF o SKIP LOCKED`;

/** A retry later than this does not hold back what comes after it. */
const HOLDING_MS = 2 * MINUTE_MS;

const START = `
UPDATE outbound_messages SET status = 'sending', sending_at = $2, attempts = attempts + 1,
  lease_until = now() + interval '1 millisecond' * $3
WHERE id = ANY($1::uuid[])`;

type Row = {
  id: string;
  identity_id: string;
  conversation_id: string;
  content: unknown;
  purpose: string;
  author: string;
  attempts: number;
  expires_at: Date | null;
  channel: string;
  external_id: string;
  last_interaction_at: Date | null;
  followed_at: Date | null;
  unreachable_reason: string | null;
  state: string;
  opted_out_at: Date | null;
  consent: boolean | null;
};

/** `claimed` are to be sent at once; `settled` counts those that the rules stopped or put off. */
export async function claimMessages(
  db: Database,
  { channel, now, limit, rules }: { channel: ChannelName; now: Date; limit: number; rules: SendRules },
): Promise<{ claimed: ClaimedMessage[]; settled: number }> {
  const soon = new Date(now.getTime() + HOLDING_MS);
  return await db.queueTransaction(async (client) => {
    const { rows } = await client.query<Row>({
      name: 'next-messages',
      text: NEXT,
      values: [channel, now, limit, soon],
    });
    const claimed: ClaimedMessage[] = [];
    const stopped: StatusChange[] = [];
    for (const row of rows) {
      const verdict = judge(row, now, rules);
      if ('permit' in verdict) claimed.push(verdict);
      else stopped.push(verdict);
    }
    await changeStatus(client, now, stopped);
    await startSending(client, claimed, now);
    return { claimed, settled: stopped.length };
  });
}

async function startSending(client: pg.ClientBase, claimed: ClaimedMessage[], now: Date): Promise<void> {
  if (claimed.length === 0) return;
  const ids = claimed.map((message) => message.id);
  await client.query({ name: 'start-sending', text: START, values: [ids, now, LEASE_MS] });
}

function judge(row: Row, now: Date, rules: SendRules): ClaimedMessage | StatusChange {
  const parsed = messageSchema.safeParse(row.content);
  if (!parsed.success) {
    return { id: row.id, from: ['queued'], to: 'failed', reason: 'Nội dung tin không đọc được.', errorCode: 'content' };
  }
  const decision = maySend(
    {
      channel: channelNameSchema.parse(row.channel),
      message: parsed.data,
      purpose: messagePurposeSchema.parse(row.purpose),
      author: row.author === 'agent' ? 'agent' : row.author === 'system' ? 'system' : 'flow',
      expiresAt: row.expires_at,
      conversationState: row.state,
      optedOutAt: row.opted_out_at,
      hasAdvertisingConsent: row.consent,
      lastInteractionAt: row.last_interaction_at,
      followedAt: row.followed_at,
      unreachableReason: row.unreachable_reason,
    },
    now,
    rules,
  );
  if (decision.verdict === 'skip') return { id: row.id, from: ['queued'], to: 'skipped', reason: decision.reason };
  if (decision.verdict === 'defer') {
    return { id: row.id, from: ['queued'], to: 'queued', reason: decision.reason, availableAt: decision.until };
  }
  return {
    id: row.id,
    identityId: row.identity_id,
    conversationId: row.conversation_id,
    peerId: row.external_id,
    message: parsed.data,
    permit: decision.permit,
    attempts: row.attempts + 1,
    isFromFlow: row.author === 'flow',
  };
}
