// The thread of one customer: what they said, what we said and how far it got, what was decided against and why, notes of
// staff and the moves between bot and people. One statement; a page ends at (moment, id), both of which never change.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { TimelineItem, TimelineQuery } from './timeline-schema.ts';

/** Lines of the ledger that people read between the words; what only machines care about stays out. */
const EVENTS = [
  'followed',
  'unfollowed',
  'contact_shared',
  'flow_started',
  'flow_failed',
  'survey_asked',
  'survey_answered',
  'offer_sent',
  'offer_accepted',
  'offer_declined',
  'offer_later',
  'case_opened',
  'case_closed',
  'task_opened',
  'task_done',
  'training_booked',
  'opted_out',
  'opted_in',
  'handed_over',
  'taken_over',
  'handed_back',
  'resolved',
  'reopened',
  'assigned',
  'snoozed',
  'woken',
  'journey_step_skipped',
  'enrolment_skipped',
  'survey_skipped',
  'event_parked',
  'identity_linked',
];
/** Lines that tell of a message of ours; the message itself is shown, once, where it was queued. */
const OUT_LINES = ['message_out', 'message_skipped', 'message_failed', 'message_uncertain', 'message_parked'];

// Messages of ours are found through their lines in the ledger, and while they are open by their own small index.
const READ = `
WITH own AS (
  SELECT o.* FROM outbound_messages o WHERE o.id IN (
    SELECT k.outbound_message_id FROM touchpoints k WHERE k.customer_id = $1 AND k.kind = ANY($5) AND k.outbound_message_id IS NOT NULL)
  UNION
  SELECT o.* FROM outbound_messages o WHERE o.status IN ('queued', 'sending', 'uncertain', 'parked')
    AND o.identity_id IN (SELECT id FROM channel_identities WHERE customer_id = $1)
), lines AS (
  SELECT 'o:' || o.id AS id, o.created_at AS at, CASE WHEN o.status = 'skipped' THEN 'skipped' ELSE 'out' END AS kind, NULL AS event,
    o.conversation_id, coalesce(o.content ->> 'text', o.content ->> 'preview', o.content ->> 'caption', o.content ->> 'title', o.content ->> 'name', o.content ->> 'kind') AS text,
    CASE o.author WHEN 'agent' THEN 'staff' WHEN 'flow' THEN 'bot' ELSE 'system' END AS from_type, o.staff_id AS from_name, o.status, o.reason,
    CASE WHEN o.status = 'queued' AND o.available_at > o.created_at THEN o.available_at END AS send_at,
    CASE WHEN o.content ? 'source' THEN jsonb_build_array(jsonb_build_object('kind', o.content ->> 'kind', 'url', o.content ->> 'source', 'path', NULL)) END AS media,
    NULL::uuid AS inbound_event_id, NULL::uuid[] AS mentions, o.channel, NULL AS flow, o.flow_version_id, o.step
  FROM own o
  UNION ALL
  SELECT 't:' || k.id, k.at, CASE k.kind WHEN 'message_in' THEN 'in' WHEN 'message_out' THEN 'out' ELSE 'event' END,
    CASE WHEN k.kind NOT IN ('message_in', 'message_out') THEN k.kind END, k.conversation_id, k.text,
    CASE WHEN k.kind = 'message_in' THEN 'customer' WHEN k.data ->> 'author' = 'provider_inbox' THEN 'staff' ELSE 'system' END,
    coalesce(k.data ->> 'owner', k.data ->> 'by', k.data ->> 'author'), NULL, k.reason, NULL, k.data -> 'attachments',
    CASE WHEN k.kind = 'message_in' THEN k.inbound_event_id END, NULL, k.channel, k.flow, k.flow_version_id, k.step
  FROM touchpoints k WHERE k.customer_id = $1
    AND (k.kind = 'message_in' OR k.kind = ANY($6) OR (k.kind = 'message_out' AND k.outbound_message_id IS NULL))
  UNION ALL
  SELECT 'n:' || n.id, n.created_at, 'note', NULL, n.conversation_id, n.text, 'staff', coalesce(s.name, ''), NULL, NULL, NULL, NULL, NULL,
    n.mentions, NULL, NULL, NULL, NULL
  FROM notes n LEFT JOIN staff_members s ON s.id = n.staff_id WHERE n.customer_id = $1
)
SELECT l.id, l.at, l.kind, l.event, l.conversation_id, l.text, l.from_type, CASE WHEN l.from_type = 'customer' THEN NULL ELSE coalesce(s.name, l.from_name) END AS from_name,
  l.status, l.reason, l.send_at, l.media, l.mentions, l.channel, coalesce(l.flow, v.flow) AS flow, l.step,
  (SELECT jsonb_agg(jsonb_build_object('kind', m.kind, 'url', m.url, 'path', m.path) ORDER BY m.created_at, m.id) FROM media m
    WHERE m.inbound_event_id = l.inbound_event_id) AS copied
FROM (
  SELECT * FROM lines WHERE $2::timestamptz IS NULL OR (at, id COLLATE "C") < ($2, $3::text COLLATE "C")
  ORDER BY at DESC, id COLLATE "C" DESC LIMIT $4
) l
LEFT JOIN flow_versions v ON v.id = l.flow_version_id
LEFT JOIN staff_members s ON l.from_type = 'staff' AND s.email = l.from_name
ORDER BY l.at DESC, l.id COLLATE "C" DESC`;

type Shown = { kind: string; url?: string | null; path?: string | null };
type Row = {
  id: string;
  at: Date;
  kind: TimelineItem['kind'];
  event: string | null;
  conversation_id: string | null;
  text: string | null;
  from_type: TimelineItem['from']['type'];
  from_name: string | null;
  status: string | null;
  reason: string | null;
  send_at: Date | null;
  media: Shown[] | null;
  copied: Shown[] | null;
  mentions: string[] | null;
  channel: string | null;
  flow: string | null;
  step: string | null;
};

export type Timeline = { items: TimelineItem[]; nextBefore: string | null; newestStaffMessageId: string | null };

/** null when there is no such conversation. Throws bad_cursor. */
export async function readTimeline(
  pool: pg.Pool,
  id: string,
  { before, limit }: TimelineQuery,
): Promise<Timeline | null> {
  const found = await pool.query<{ customer_id: string; last_staff_message_id: string | null }>(
    'SELECT customer_id, last_staff_message_id FROM conversations WHERE id = $1',
    [id],
  );
  const [conversation] = found.rows;
  if (conversation === undefined) return null;
  const place = before === undefined ? null : readPlace(before);
  const values = [conversation.customer_id, place?.at ?? null, place?.id ?? null, limit + 1, OUT_LINES, EVENTS];
  const { rows } = await pool.query<Row>({ name: 'read-timeline', text: READ, values });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    nextBefore: rows.length > limit && last ? writePlace(last) : null,
    newestStaffMessageId: conversation.last_staff_message_id,
  };
}

function itemOf(row: Row): TimelineItem {
  const { from_type: type, from_name: name, conversation_id: conversationId, send_at: sendAt } = row;
  const { id, kind, event, text, status, reason, channel, flow, step } = row;
  const shown = row.copied ?? row.media ?? [];
  const media = shown.map((one) => ({ kind: one.kind, url: one.url ?? null, path: one.path ?? null }));
  const at = row.at.toISOString();
  const rest = { text, status, reason, channel, flow, step, media, mentions: row.mentions ?? [] };
  return { id, at, kind, event, conversationId, from: { type, name }, sendAt: sendAt?.toISOString() ?? null, ...rest };
}

function writePlace({ at, id }: Row): string {
  return Buffer.from(`${at.toISOString()}|${id}`).toString('base64url');
}

function readPlace(before: string): { at: string; id: string } {
  const [at = '', id = ''] = Buffer.from(before, 'base64url').toString().split('|');
  if (Number.isNaN(Date.parse(at)) || !/^[ont]:[\w-]+$/.test(id)) {
    throw new HttpError(400, 'invalid_request', 'before: must be the nextBefore of an earlier answer');
  }
  return { at, id };
}
