// An order that names an offer's code is the customer's yes to it.
import type pg from 'pg';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';

export type AcceptedOffer = {
  code: string;
  flow: string | null;
  step: string | null;
  conversation_id: string | null;
  sent_at: Date | null;
};

/** Marks the newest open issue of this code to this customer as accepted; null when none is open. */
export async function acceptOffer(
  client: pg.ClientBase,
  { customerId, code, order, now }: { customerId: string; code: string; order: string; now: Date },
): Promise<AcceptedOffer | null> {
  const { rows } = await client.query<AcceptedOffer>(
    `UPDATE offer_issues SET state = 'accepted', answered_at = $3
     WHERE id = (
       SELECT id FROM offer_issues WHERE customer_id = $1 AND (code = $2 OR personal_code = $2) AND state IN ('sent', 'later')
       ORDER BY sent_at DESC NULLS LAST, id DESC LIMIT 1 FOR UPDATE)
     RETURNING code, flow, step, conversation_id, sent_at`,
    [customerId, code, now],
  );
  const [offer] = rows;
  if (!offer) return null;
  await writeTouchpoints(client, [
    {
      at: now,
      kind: 'offer_accepted',
      customerId,
      conversationId: offer.conversation_id,
      flow: offer.flow,
      step: offer.step,
      data: { code, order },
    },
  ]);
  return offer;
}
