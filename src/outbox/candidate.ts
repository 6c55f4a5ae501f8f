// A message that is due, with all that the rules ask about; and the one that they let go.
import type pg from 'pg';
import { z } from 'zod';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import type { SendPermit } from '../channels/messaging-window.ts';
import { type Message, messageSchema } from '../flows/message-schema.ts';
import { readFallback, type StoredRung } from './fallback.ts';
import type { SendQuestion } from './may-send.ts';
import { messagePurposeSchema } from './outbound-message.ts';
import { HOLDING_MS } from './retry-policy.ts';

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

// What a person must hear first: their earliest message that may leave now, or that holds back the later ones because it
// may leave soon or may have left. One that waits for the morning, or for a quota, does not.
const FIRST = `
  SELECT p.id, p.purpose, p.status = 'queued' AND p.available_at <= $2 AS is_ready FROM outbound_messages p
  WHERE p.identity_id = o.identity_id AND p.status IN ('queued', 'sending', 'uncertain')
    AND (p.status <> 'queued' OR p.available_at <= $2 OR (p.attempts > 0 AND p.available_at <= $4))
  ORDER BY p.seq LIMIT 1`;

const UNASKED = `IN ('care', 'advertising')`;

// Answers do not queue behind a campaign: who waits for words of ours comes first, and with them what was to be said to
// them before. Wider than the limit: what another process is just taking stands in front. OFFSET 0: each is looked up by its
// id; joined, a plan of a day when nothing waited went through the whole queue for each.
const NEXT = `
WITH ready AS (
  (SELECT first.id, 1 AS rank, o.available_at, o.seq FROM outbound_messages o CROSS JOIN LATERAL (${FIRST}) first
   WHERE o.channel = $1 AND o.status = 'queued' AND o.available_at <= $2 AND (o.purpose ${UNASKED}) IS FALSE
     AND first.is_ready AND (first.id = o.id OR first.purpose ${UNASKED})
   ORDER BY o.available_at, o.seq LIMIT $3 * 4)
  UNION ALL
  (SELECT first.id, 2, o.available_at, o.seq FROM outbound_messages o CROSS JOIN LATERAL (${FIRST}) first
   WHERE o.channel = $1 AND o.status = 'queued' AND o.available_at <= $2 AND (o.purpose ${UNASKED}) IS TRUE
     AND first.is_ready AND first.id = o.id
   ORDER BY o.available_at, o.seq LIMIT $3 * 4)
), ranked AS (
  SELECT DISTINCT ON (id) id, rank, available_at, seq FROM ready ORDER BY id, rank, available_at, seq
), taken AS (
  SELECT o.*, r.rank FROM (SELECT * FROM ranked ORDER BY rank, available_at, seq) r
  CROSS JOIN LATERAL (SELECT * FROM outbound_messages m WHERE m.id = r.id OFFSET 0 FOR UPDATE SKIP LOCKED) o
  WHERE o.status = 'queued' AND o.available_at <= $2
  ORDER BY r.rank, r.available_at, r.seq LIMIT $3
)
SELECT o.id, o.customer_id, o.identity_id, o.conversation_id, o.account_id, o.content, o.purpose, o.author, o.attempts, o.expires_at,
  o.channel, o.fallback, o.error_code, o.reason, o.step, o.flow_version_id, o.run_id,
  i.external_id, i.last_interaction_at, i.followed_at, i.unreachable_reason, c.state
FROM taken o
JOIN channel_identities i ON i.id = o.identity_id
JOIN conversations c ON c.id = o.conversation_id
ORDER BY o.rank, o.available_at, o.seq`;

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

/** The next message of each person, locked, answers first; ids of those whose content cannot be read. */
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
