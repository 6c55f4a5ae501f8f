// After a person has helped, the customer may be asked how it was: once for each case that was closed with it, else as seldom
// as surveys may be.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { hashId } from '../ids.ts';
import { pushEvent } from '../inbound/push-event.ts';

const SURVEY_FLOW = 'satisfaction-survey';

// A case of long ago, or one that is still open, is not what they were helped with: it was asked about, or will be.
const READ = `
SELECT c.identity_id, i.channel, i.account_id, k.id AS case_id, k.kind, k.reason, c.taken_over_at
FROM conversations c JOIN channel_identities i ON i.id = c.identity_id
LEFT JOIN LATERAL (SELECT * FROM cases w WHERE w.conversation_id = c.id AND w.status = 'closed' AND w.closed_at >= c.taken_over_at
  ORDER BY w.closed_at DESC, w.id LIMIT 1) k ON true
WHERE c.id = $1 AND EXISTS (SELECT 1 FROM flow_versions WHERE flow = $2)`;

type Row = {
  identity_id: string;
  channel: string;
  account_id: string;
  case_id: string | null;
  kind: string | null;
  reason: string | null;
  taken_over_at: Date | null;
};

/** In the transaction that resolves; nothing when there is no such flow. Fatigue is asked when its turn comes. */
export async function askAfterResolving({ clock }: { clock: Clock }, client: pg.ClientBase, id: string): Promise<void> {
  const { rows } = await client.query<Row>(READ, [id, SURVEY_FLOW]);
  const [row] = rows;
  if (!row) return;
  // The same case, or the same stay with a person, gives the same event: once.
  const occasion = row.case_id ?? row.taken_over_at?.toISOString() ?? '';
  const facts =
    row.case_id === null ? {} : { facts: { case: { id: row.case_id, kind: row.kind, reason: row.reason } } };
  await pushEvent(client, {
    id: hashId('survey_after', id, occasion),
    identityId: row.identity_id,
    channel: row.channel,
    accountId: row.account_id,
    body: { kind: 'flow_due', flow: SURVEY_FLOW, ...facts },
    now: clock.now(),
  });
}
