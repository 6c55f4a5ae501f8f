// Staff write down what the customer said about an offer: on the phone, at the counter, in another chat.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { attributeCustomers } from './attribute-orders.ts';
import { lockOffers } from './lock-offers.ts';
import type { OfferBook } from './offer-book.ts';
import type { AnswerFields, IssueAnswer } from './offer-schema.ts';
import { offerMoves, offerStateSchema } from './offer-state.ts';
import { readPersonalCode } from './personal-code.ts';
import { readIssue } from './read-issues.ts';

export type AnswerDeps = { clock: Clock; offers: OfferBook };
type Said = { customerId: string; code: string; answer: 'accepted' | 'declined'; fields: AnswerFields };

const FIND = `
SELECT i.id FROM offer_issues i LEFT JOIN subscriptions s ON s.id = i.subscription_id
WHERE i.customer_id = $1 AND (i.code = $2 OR i.personal_code = $3) AND i.state = ANY($4::text[])
  AND ($5::text IS NULL OR s.external_id = $5)
ORDER BY array_position($4::text[], i.state), coalesce(i.sent_at, i.created_at) DESC NULLS LAST, i.id DESC LIMIT 1 FOR UPDATE OF i`;

const ANSWER = `
UPDATE offer_issues SET state = $2, reason = $3, answered_at = $4, sent_at = coalesce(sent_at, $4) WHERE id = $1
RETURNING code, conversation_id, flow, step`;

/** In the caller's transaction. Throws no_open_offer. */
export async function answerOffer(deps: AnswerDeps, client: pg.ClientBase, said: Said): Promise<IssueAnswer> {
  const { customerId, answer, fields } = said;
  const now = deps.clock.now();
  await lockOffers(client, [customerId]);
  const id = await findOpen(client, said);
  type Row = { code: string; conversation_id: string | null; flow: string | null; step: string | null };
  const { rows } = await client.query<Row>(ANSWER, [id, answer, fields.reason ?? null, now]);
  const [issue] = rows;
  await writeTouchpoints(client, [
    {
      at: now,
      kind: answer === 'accepted' ? 'offer_accepted' : 'offer_declined',
      customerId,
      conversationId: issue?.conversation_id ?? null,
      reason: fields.reason ?? null,
      flow: issue?.flow ?? null,
      step: issue?.step ?? null,
      data: { code: issue?.code, issueId: id, by: fields.by },
    },
  ]);
  await attributeCustomers(deps, client, { customerIds: [customerId], now });
  return await readIssue(client, id);
}

/** Open ones first; a yes may also come after a no or after the deadline. */
async function findOpen(client: pg.ClientBase, { customerId, code, answer, fields }: Said): Promise<string> {
  const from = offerStateSchema.options.filter((state) => offerMoves[state].includes(answer));
  const open = ['sent', 'later', 'eligible'];
  const states = [...open, ...from.filter((state) => !open.includes(state))];
  const personal = readPersonalCode(code);
  const { rows } = await client.query<{ id: string }>(FIND, [
    ...[customerId, code, personal, states],
    fields.subscription ?? null,
  ]);
  const [row] = rows;
  if (row) return row.id;
  const message = `This customer has no offer "${code}" that can still be ${answer}.`;
  throw new HttpError(409, 'no_open_offer', message, { code });
}
