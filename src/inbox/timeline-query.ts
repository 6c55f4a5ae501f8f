// What the thread of a customer is read with: which lines of the ledger people read, and the statements: a page to either
// side of a place, and where one of its items stands.

/** After every line of the ledger. */
const UNTOLD = '9223372036854775807::bigint';

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
  'training_cancelled',
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
// Order within one moment is the order in which the ledger heard of it (`line`): a question stands before the answer that
// it caused. What the ledger has not heard of yet is the newest; among those the outbox has its own order.
const LINES = `
WITH told AS (
  SELECT k.outbound_message_id AS id, min(k.id) AS line FROM touchpoints k
  WHERE k.customer_id = $1 AND k.kind = ANY($2) AND k.outbound_message_id IS NOT NULL GROUP BY k.outbound_message_id
), own AS (
  SELECT o.*, t.line FROM told t JOIN outbound_messages o ON o.id = t.id
  UNION ALL
  SELECT o.*, ${UNTOLD} FROM outbound_messages o WHERE o.status IN ('queued', 'sending', 'uncertain', 'parked')
    AND o.identity_id IN (SELECT id FROM channel_identities WHERE customer_id = $1) AND NOT EXISTS (SELECT 1 FROM told t WHERE t.id = o.id)
), written AS (
  SELECT k.data ->> 'note' AS note, min(k.id) AS line, min(k.data ->> 'mentions')::jsonb AS called FROM touchpoints k WHERE k.customer_id = $1 AND k.kind = 'note_added' GROUP BY 1
), lines AS (
  SELECT 'o:' || o.id AS id, o.created_at AS at, o.line, o.seq AS place, CASE WHEN o.status = 'skipped' THEN 'skipped' ELSE 'out' END AS kind, NULL AS event,
    o.conversation_id, coalesce(o.content ->> 'text', o.content ->> 'preview', o.content ->> 'caption', o.content ->> 'title',
      CASE WHEN NOT o.content ? 'source' THEN o.content ->> 'kind' END) AS text,
    CASE o.author WHEN 'agent' THEN 'staff' WHEN 'flow' THEN 'bot' ELSE 'system' END AS from_type, o.staff_id AS from_name, o.status, o.reason,
    CASE WHEN o.status = 'queued' AND o.available_at > o.created_at THEN o.available_at END AS send_at,
    CASE WHEN o.content ? 'source' THEN jsonb_build_array(jsonb_build_object('kind', coalesce(o.content ->> 'mediaKind', o.content ->> 'kind'),
      'url', o.content ->> 'source', 'path', NULL, 'name', o.content ->> 'name')) END AS media,
    NULL::uuid AS inbound_event_id, NULL::uuid[] AS mentions, o.channel, NULL AS flow, o.flow_version_id, o.step
  FROM own o
  UNION ALL
  SELECT 't:' || k.id, k.at, k.id, 0, CASE k.kind WHEN 'message_in' THEN 'in' WHEN 'message_out' THEN 'out' ELSE 'event' END,
    CASE WHEN k.kind NOT IN ('message_in', 'message_out') THEN k.kind END, k.conversation_id, k.text,
    CASE WHEN k.kind = 'message_in' THEN 'customer' WHEN k.data ->> 'author' = 'provider_inbox' THEN 'staff' ELSE 'system' END,
    regexp_replace(coalesce(k.data ->> 'by', k.data ->> 'owner', k.data ->> 'author'), '^staff:', ''), NULL, k.reason, NULL, k.data -> 'attachments',
    CASE WHEN k.kind = 'message_in' THEN k.inbound_event_id END, NULL, k.channel, k.flow, k.flow_version_id, k.step
  FROM touchpoints k WHERE k.customer_id = $1
    AND (k.kind = 'message_in' OR k.kind = ANY($3) OR (k.kind = 'message_out' AND k.outbound_message_id IS NULL))
  UNION ALL
  SELECT 'n:' || n.id, n.created_at, coalesce(w.line, ${UNTOLD}), 0, 'note', NULL, n.conversation_id, n.text, 'staff', coalesce(s.name, ''), NULL, NULL, NULL, NULL, NULL,
    CASE WHEN w.called IS NULL THEN n.mentions ELSE ARRAY(SELECT jsonb_array_elements_text(w.called)::uuid) END, NULL, NULL, NULL, NULL
  FROM notes n LEFT JOIN staff_members s ON s.id = n.staff_id LEFT JOIN written w ON w.note = n.id::text WHERE n.customer_id = $1
)`;

/** What the customer's lines are chosen by: the first three values of each statement. */
export function lineValues(customerId: string): unknown[] {
  return [customerId, OUT_LINES, EVENTS];
}

/** Where the item $4 stands. */
export const FIND_PLACE = {
  name: 'timeline-place',
  text: `${LINES} SELECT id, at, line::text, place::text FROM lines WHERE id = $4`,
};

/** $4 to $7: a place, of which nothing is null or all; $8: how many. The nearest come first. */
function pageStatement(beyond: '<' | '>', name: string) {
  const way = beyond === '<' ? 'DESC' : 'ASC';
  const order = (of: string) => `${of}at ${way}, ${of}line ${way}, ${of}place ${way}, ${of}id COLLATE "C" ${way}`;
  const text = `${LINES}
SELECT l.id, l.at, l.line::text, l.place::text, l.kind, l.event, l.conversation_id, l.text,
  CASE WHEN l.kind = 'event' AND s.id IS NOT NULL THEN 'staff' ELSE l.from_type END AS from_type,
  CASE WHEN l.from_type = 'customer' THEN NULL ELSE coalesce(s.name, l.from_name) END AS from_name,
  l.status, l.reason, l.send_at, l.media, l.mentions, l.channel, coalesce(l.flow, v.flow) AS flow, l.flow_version_id, l.step,
  (SELECT jsonb_agg(jsonb_build_object('kind', m.kind, 'url', m.url, 'path', m.path, 'name', m.name) ORDER BY m.created_at, m.id) FROM media m
    WHERE m.inbound_event_id = l.inbound_event_id) AS copied
FROM (
  SELECT * FROM lines WHERE $4::timestamptz IS NULL OR (at, line, place, id COLLATE "C") ${beyond} ($4, $5::bigint, $6::bigint, $7::text COLLATE "C")
  ORDER BY ${order('')} LIMIT $8
) l
LEFT JOIN flow_versions v ON v.id = l.flow_version_id
LEFT JOIN staff_members s ON s.email = l.from_name AND (l.from_type = 'staff' OR l.kind = 'event')
ORDER BY ${order('l.')}`;
  return { name, text };
}

export const READ_OLDER = pageStatement('<', 'timeline-older');
export const READ_NEWER = pageStatement('>', 'timeline-newer');
