// A message that is due, with all that the rules ask about; and the one that they let go.
import type pg from 'pg';
import { z } from 'zod';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import type { SendPermit } from '../channels/messaging-window.ts';
import { MINUTE_MS } from '../clock.ts';
import { type Message, messageSchema } from '../flows/message-schema.ts';
import { readFallback, type StoredRung } from './fallback.ts';
import type { SendQuestion } from './may-send.ts';
import { messagePurposeSchema } from './outbound-message.ts';

export type ClaimedMessage = {
  id: string;
  identityId: string;
  conversationId: string;
  peerId: string;
  message: Message;
  permit: SendPermit;
  attempts: number;
  isFromFlow: boolean;
  /** Whether another way is left should the provider refuse this one. */
  hasFallback: boolean;
};

/** As its own row and the conversation say; what the customer said is read by `last-words.ts`. */
export type DueMessage = Omit<SendQuestion, 'optedOutAt' | 'hasAdvertisingConsent' | 'advertisedAt'> & {
  id: string;
  customerId: string;
  identityId: string;
  conversationId: string;
  accountId: string;
  peerId: string;
  attempts: number;
  fallback: readonly StoredRung[];
  /** What the provider said when it refused the way before this one. */
  refusedBefore: string | null;
  /** The tip that it shares; null = none. It goes along on whatever way is taken. */
  tip: string | null;
  step: string | null;
  flowVersionId: string | null;
  runId: string | null;
};

export type Candidate = DueMessage & Pick<SendQuestion, 'optedOutAt' | 'hasAdvertisingConsent'>;

/** Marks a row whose last way the provider refused, so that the next one is tried. */
export const REFUSED_CODE = 'refused:';

// A person's earlier message holds back the later ones while it may still leave soon or may have left;
// one that waits for the morning, or for a quota, does not.
const NEXT = `
SELECT o.id, o.customer_id, o.identity_id, o.conversation_id, o.account_id, o.content, o.purpose, o.author, o.attempts, o.expires_at,
  o.channel, o.fallback, o.error_code, o.reason, o.step, o.flow_version_id, o.run_id,
  i.external_id, i.last_interaction_at, i.followed_at, i.unreachable_reason, c.state
FROM outbound_messages o
JOIN channel_identities i ON i.id = o.identity_id
JOIN conversations c ON c.id = o.conversation_id
WHERE o.channel = $1 AND o.status = 'queued' AND o.available_at <= $2
  AND NOT EXISTS (
    SELECT 1 FROM outbound_messages p
    WHERE p.identity_id = o.identity_id AND p.seq < o.seq AND p.status IN ('queued', 'sending', 'uncertain')
      AND (p.status <> 'queued' OR p.available_at <= $2 OR (p.attempts > 0 AND p.available_at <= $4)))
ORDER BY o.seq LIMIT $3 FOR UPDATE OF o SKIP LOCKED`;

/** A retry later than this does not hold back what comes after it. */
const HOLDING_MS = 2 * MINUTE_MS;

type Row = {
  id: string;
  customer_id: string;
  identity_id: string;
  conversation_id: string;
  account_id: string;
  content: unknown;
  purpose: string;
  author: string;
  attempts: number;
  expires_at: Date | null;
  channel: string;
  fallback: unknown;
  error_code: string | null;
  reason: string | null;
  step: string | null;
  flow_version_id: string | null;
  run_id: string | null;
  external_id: string;
  last_interaction_at: Date | null;
  followed_at: Date | null;
  unreachable_reason: string | null;
  state: string;
};

/** The next message of each person, locked; ids of those whose content cannot be read. */
export async function readDue(
  client: pg.ClientBase,
  { channel, now, limit }: { channel: ChannelName; now: Date; limit: number },
): Promise<{ due: DueMessage[]; unreadable: string[] }> {
  const soon = new Date(now.getTime() + HOLDING_MS);
  const { rows } = await client.query<Row>({ name: 'next-messages', text: NEXT, values: [channel, now, limit, soon] });
  const read = rows.map((row) => ({ id: row.id, message: messageOf(row) }));
  return {
    due: read.flatMap(({ message }) => message ?? []),
    unreadable: read.flatMap(({ id, message }) => (message === null ? [id] : [])),
  };
}

const tipSchema = z.object({ tip: z.string() });

function messageOf(row: Row): DueMessage | null {
  const message = messageSchema.safeParse(row.content);
  if (!message.success) return null;
  return {
    id: row.id,
    customerId: row.customer_id,
    identityId: row.identity_id,
    conversationId: row.conversation_id,
    accountId: row.account_id,
    peerId: row.external_id,
    attempts: row.attempts,
    fallback: readFallback(row.fallback),
    refusedBefore: row.error_code?.startsWith(REFUSED_CODE) ? (row.reason ?? 'Kênh đã từ chối tin.') : null,
    tip: tipSchema.safeParse(row.content).data?.tip ?? null,
    step: row.step,
    flowVersionId: row.flow_version_id,
    runId: row.run_id,
    channel: channelNameSchema.parse(row.channel),
    message: message.data,
    purpose: messagePurposeSchema.parse(row.purpose),
    author: row.author === 'agent' ? 'agent' : row.author === 'system' ? 'system' : 'flow',
    expiresAt: row.expires_at,
    conversationState: row.state,
    lastInteractionAt: row.last_interaction_at,
    followedAt: row.followed_at,
    unreachableReason: row.unreachable_reason,
  };
}
