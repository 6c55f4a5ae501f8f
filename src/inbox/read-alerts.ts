// Lines of the ledger that call for one person. Ids are taken before they are committed, so a little of what was looked at
// before is looked at again; whoever asks drops what they know.
import type pg from 'pg';
import { collectValues, seesConversation, type Viewer } from '../http/may-see.ts';
import type { Alerts } from './alert-schema.ts';

const AGAIN = 2_000;

/** Nothing of a conversation that is another team's by now, whoever was called there. */
const read = (seen: string) => `
SELECT k.id::text, k.at, CASE k.kind WHEN 'note_added' THEN 'mention' ELSE 'assigned' END AS kind, k.conversation_id AS "conversationId",
  coalesce(cu.name, i.display_name) AS customer, coalesce(b.name, k.data ->> 'by') AS by, n.text
FROM touchpoints k LEFT JOIN customers cu ON cu.id = k.customer_id
LEFT JOIN conversations c ON c.id = k.conversation_id LEFT JOIN channel_identities i ON i.id = c.identity_id
LEFT JOIN notes n ON k.kind = 'note_added' AND n.id = (k.data ->> 'note')::uuid
LEFT JOIN staff_members b ON b.id = n.staff_id OR 'staff:' || b.email = k.data ->> 'by'
WHERE k.id > greatest($2::bigint - ${AGAIN}, 0) AND k.conversation_id IS NOT NULL AND ${seen}
  AND ((k.kind = 'assigned' AND k.data ->> 'staff' = $1::text AND coalesce(b.id::text, '') <> $1::text)
    OR (k.kind = 'note_added' AND k.data -> 'mentions' ? $1::text AND n.staff_id <> $1::uuid))
ORDER BY k.id DESC LIMIT 50`;

export async function readAlerts(pool: pg.Pool, viewer: Viewer, after: string | null): Promise<Alerts> {
  const place = await pool.query<{ id: string }>('SELECT coalesce(max(id), 0)::text AS id FROM touchpoints');
  const cursor = place.rows[0]?.id ?? '0';
  if (after === null) return { items: [], cursor };
  const { values, value } = collectValues([viewer.staffId, after]);
  const text = read(seesConversation('c', viewer, value));
  const { rows } = await pool.query<Omit<Alerts['items'][number], 'at'> & { at: Date }>(text, values);
  return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })).toReversed(), cursor };
}
