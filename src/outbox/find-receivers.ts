// Ratings and quick replies of templates name no person, only the message: whoever it went to is who answered.
import type pg from 'pg';
import type { InboundEvent } from '../channels/inbound-event-schema.ts';

const FIND = `
SELECT i.external_id FROM outbound_messages o JOIN channel_identities i ON i.id = o.identity_id
WHERE o.channel = $1 AND o.account_id = $2 AND (o.id = $3::uuid OR o.provider_message_id = $4)
ORDER BY o.id = $3::uuid DESC NULLS LAST LIMIT 1`;

export function namesNobody({ peerId, body }: InboundEvent): boolean {
  return peerId === null && body.kind === 'feedback';
}

/** The same events, those that name nobody with the person where the message is ours. */
export async function findReceivers(pool: pg.Pool, events: readonly InboundEvent[]): Promise<InboundEvent[]> {
  const placed: InboundEvent[] = [];
  for (const event of events) {
    const { body } = event;
    if (body.kind !== 'feedback' || !namesNobody(event)) {
      placed.push(event);
      continue;
    }
    const values = [event.channel, event.accountId, body.outboundMessageId ?? null, body.messageId ?? null];
    const { rows } = await pool.query<{ external_id: string }>({ name: 'find-receiver', text: FIND, values });
    placed.push({ ...event, peerId: rows[0]?.external_id ?? null });
  }
  return placed;
}
