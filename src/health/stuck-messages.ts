// Messages whose fate nobody knows. A person looks into the chat on the channel and says what they saw; only who saw that
// it is not there can have it said again, and only once the program's own search is over.
import type pg from 'pg';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { changeStatus } from '../outbox/change-status.ts';
import { markSent } from '../outbox/mark-sent.ts';
import type { DeadQuery, RepairAnswer, SettleHow, StuckMessage } from './dead-letters-schema.ts';
import { noteRepairs, type Repair } from './note-repairs.ts';

type Row = Omit<StuckMessage, 'at' | 'person' | 'channel'> & {
  at: Date;
  channel: string;
  conversationId: string;
  externalId: string | null;
  name: string | null;
  peerId: string;
};

const READ = `
SELECT o.id, o.status, o.channel, coalesce(o.content ->> 'text', o.content ->> 'preview', o.content ->> 'caption', o.content ->> 'kind') AS text,
  o.author, coalesce(s.name, o.staff_id) AS "sentBy", o.reason, o.attempts AS tries, coalesce(o.sending_at, o.created_at) AS at,
  o.conversation_id AS "conversationId", cu.external_id AS "externalId", coalesce(cu.name, i.display_name) AS name, i.external_id AS "peerId"
FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id JOIN customers cu ON cu.id = o.customer_id
LEFT JOIN staff_members s ON s.email = o.staff_id
WHERE o.status IN ('parked', 'uncertain') AND ($1::uuid IS NULL OR o.seq < (SELECT seq FROM outbound_messages WHERE id = $1))
ORDER BY o.seq DESC LIMIT $2`;

/** Newest first; one more than `limit` when there is one. */
export async function readStuckMessages(pool: pg.Pool, { limit, cursor }: DeadQuery): Promise<StuckMessage[]> {
  const after = cursor ?? null;
  const { rows } = await pool.query<Row>(READ, [after, limit + 1]);
  return rows.map(({ conversationId, externalId, name, peerId, ...row }) => ({
    ...row,
    channel: channelNameSchema.parse(row.channel),
    at: row.at.toISOString(),
    person: { conversationId, externalId, name, peerId },
  }));
}

const LOCK = `
SELECT id, customer_id, status, coalesce(sending_at, created_at) AS at FROM outbound_messages
WHERE id = ANY($1::uuid[]) AND status = ANY($2::text[]) ORDER BY seq FOR UPDATE`;

type Locked = { id: string; customer_id: string; status: string; at: Date };

/** In the caller's transaction; of two who decide at once the second one finds nothing to decide. */
export async function settleByHand(
  client: pg.ClientBase,
  repair: Repair,
  { ids, how }: { ids: readonly string[]; how: SettleHow },
): Promise<RepairAnswer> {
  const wanted = [...new Set(ids)];
  const from = how === 'arrived' ? ['parked', 'uncertain'] : ['parked'];
  const { rows } = await client.query<Locked>(LOCK, [wanted, from]);
  if (how === 'arrived') await arrived(client, rows);
  else await notArrived(client, repair, { rows, how });
  await noteRepairs(client, repair, 'stuck_message', { items: rows, data: { how } });
  return { done: rows.length, left: wanted.length - rows.length };
}

async function arrived(client: pg.ClientBase, rows: readonly Locked[]): Promise<void> {
  const facts = rows.map(({ id, at }) => ({ id, sentAt: at, knownBy: 'staff' }));
  await markSent(
    client,
    facts.map((fact) => ({ ...fact, providerMessageId: null, costKind: null, costAmount: null })),
  );
}

async function notArrived(
  client: pg.ClientBase,
  { actor, now }: Repair,
  { rows, how }: { rows: readonly Locked[]; how: SettleHow },
): Promise<void> {
  const who = actor.replace(/^(staff|api_key):/, '');
  const seen = `${who} đã xem cuộc trò chuyện trên kênh: tin chưa tới.`;
  await changeStatus(
    client,
    now,
    rows.map(({ id }) =>
      how === 'send_again'
        ? { id, from: ['parked'], to: 'queued', reason: `${seen} Gửi lại.`, availableAt: now }
        : { id, from: ['parked'], to: 'failed', reason: `${seen} Không gửi nữa.`, errorCode: 'not_arrived' },
    ),
  );
}
