// A page of a queue, in one statement: which conversations, then for those few their people, last words and reasons.
import type pg from 'pg';
import { type ChannelName, channelNameSchema } from '../channels/inbound-event-schema.ts';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import { type Clock, MINUTE_MS } from '../clock.ts';
import { conversationStateSchema } from '../conversations/conversation.ts';
import type { Viewer } from '../http/may-see.ts';
import type { InboxRow, QueueQuery } from './inbox-schema.ts';
import { placeOfPage, writeCursor } from './queue-filter.ts';

export type ListDeps = { db: { pool: pg.Pool }; clock: Clock; windowRules: WindowRules };

export const COUNTED_UNREAD = 20;

// The last words of a thread are found by walking back from its customer's newest line.
const WITH_FACES = `
SELECT p.id, p.k0::text AS key, p.k1::text AS second_key, p.channel, p.state, p.customer_id, cu.external_id, coalesce(cu.name, p.display_name) AS name, p.avatar_url,
  p.owner, p.assignee_id, s.name AS assignee_name, p.team_id, t.name AS team_name, p.waiting_since, p.reply_due_at,
  p.resolve_due_at, p.snoozed_until, p.resolved_at, p.last_interaction_at, p.followed_at, h.reason,
  m.lines -> 0 AS last_line, coalesce((SELECT min(l.n) FROM jsonb_array_elements(m.lines) WITH ORDINALITY AS l(line, n)
    WHERE l.line ->> 'from' <> 'customer') - 1, jsonb_array_length(m.lines), 0)::int AS unread
FROM page p
JOIN customers cu ON cu.id = p.customer_id
LEFT JOIN staff_members s ON s.id = p.assignee_id
LEFT JOIN teams t ON t.id = p.team_id
LEFT JOIN LATERAL (
  SELECT k.reason FROM touchpoints k WHERE k.customer_id = p.customer_id AND k.conversation_id = p.id AND k.kind = 'handed_over'
  ORDER BY k.id DESC LIMIT 1) h ON p.waiting_since IS NOT NULL OR p.state = 'with_agent'
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('text', l.text, 'at', l.at, 'from', CASE WHEN l.kind = 'message_in' THEN 'customer'
      WHEN l.data ->> 'author' IN ('agent', 'provider_inbox') THEN 'staff' ELSE 'bot' END) ORDER BY l.id DESC) AS lines
  FROM (SELECT k.id, k.kind, k.text, k.at, k.data FROM touchpoints k
    WHERE k.customer_id = p.customer_id AND k.conversation_id = p.id AND k.kind IN ('message_in', 'message_out')
    ORDER BY k.id DESC LIMIT ${COUNTED_UNREAD}) l) m ON true`;

const COLUMNS = `c.id, c.customer_id, c.state, c.owner, c.assignee_id, c.team_id, c.waiting_since, c.reply_due_at, c.resolve_due_at,
  c.snoozed_until, c.resolved_at, i.channel, i.display_name, i.avatar_url, i.last_interaction_at, i.followed_at`;
const FROM = 'FROM conversations c JOIN channel_identities i ON i.id = c.identity_id';

type Row = {
  id: string;
  key: string;
  second_key: string;
  channel: string;
  state: string;
  customer_id: string;
  external_id: string | null;
  name: string | null;
  avatar_url: string | null;
  owner: string | null;
  assignee_id: string | null;
  assignee_name: string | null;
  team_id: string | null;
  team_name: string | null;
  waiting_since: Date | null;
  reply_due_at: Date | null;
  resolve_due_at: Date | null;
  snoozed_until: Date | null;
  resolved_at: Date | null;
  last_interaction_at: Date | null;
  followed_at: Date | null;
  reason: string | null;
  last_line: { text: string | null; at: string; from: 'customer' | 'bot' | 'staff' } | null;
  unread: number;
};

export type RowTools = { clock: Clock; windowRules: WindowRules; warnMinutes: number };

/** The statement of one page with its parameters; tests look at its plan. */
export function pageStatement(query: QueueQuery, viewer: Viewer): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const { where, order } = placeOfPage(query, viewer, value);
  const [k0, k1] = order.keys;
  const by = (names: string[]) => names.map((name) => `${name} ${order.direction}`).join(', ');
  const page = `SELECT ${COLUMNS}, ${k0} AS k0, ${k1} AS k1 ${FROM} WHERE ${where} ORDER BY ${by([k0, k1, 'c.id'])} LIMIT ${query.limit + 1}`;
  return { text: `WITH page AS (${page}) ${WITH_FACES} ORDER BY ${by(['p.k0', 'p.k1', 'p.id'])}`, values };
}

export async function listConversations(
  deps: ListDeps,
  query: QueueQuery,
  { viewer, warnMinutes }: { viewer: Viewer; warnMinutes: number },
): Promise<{ items: InboxRow[]; nextCursor: string | null }> {
  const { rows } = await deps.db.pool.query<Row>(pageStatement(query, viewer));
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => rowOf(row, { ...deps, warnMinutes })),
    nextCursor:
      rows.length > query.limit && last ? writeCursor({ at: [last.key, last.second_key], id: last.id }) : null,
  };
}

/** One conversation, whatever its state; null when there is none. */
export async function readRow(deps: ListDeps, id: string, warnMinutes: number): Promise<InboxRow | null> {
  const page = `SELECT ${COLUMNS}, NULL AS k0, NULL AS k1 ${FROM} WHERE c.id = $1`;
  const { rows } = await deps.db.pool.query<Row>(`WITH page AS (${page}) ${WITH_FACES}`, [id]);
  return rows[0] === undefined ? null : rowOf(rows[0], { ...deps, warnMinutes });
}

function rowOf(row: Row, tools: RowTools): InboxRow {
  const channel = channelNameSchema.parse(row.channel);
  const due = row.reply_due_at ?? row.resolve_due_at;
  const left = due === null ? Number.POSITIVE_INFINITY : due.getTime() - tools.clock.now().getTime();
  const { last_line: line } = row;
  return {
    id: row.id,
    channel,
    state: conversationStateSchema.parse(row.state),
    customer: { id: row.customer_id, externalId: row.external_id, name: row.name, avatarUrl: row.avatar_url },
    reason: row.reason,
    owner: row.owner,
    assignee: namedOf(row.assignee_id, row.assignee_name),
    team: namedOf(row.team_id, row.team_name),
    lastMessage: line && { ...line, at: new Date(line.at).toISOString() },
    unread: row.unread,
    waitingSince: iso(row.waiting_since),
    replyDueAt: iso(row.reply_due_at),
    resolveDueAt: iso(row.resolve_due_at),
    snoozedUntil: iso(row.snoozed_until),
    resolvedAt: iso(row.resolved_at),
    windowClosesAt: closesAt(channel, row, tools),
    isOverdue: left < 0,
    isDueSoon: left >= 0 && left <= tools.warnMinutes * MINUTE_MS,
  };
}

function namedOf(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? '' };
}

function closesAt(channel: ChannelName, row: Row, { clock, windowRules }: RowTools): string | null {
  const { last_interaction_at: lastInteractionAt, followed_at: followedAt } = row;
  const question = { channel, now: clock.now(), lastInteractionAt, followedAt, messageKind: 'text' } as const;
  const answer = askWindow({ ...question, purpose: 'answer', writtenBy: 'person' }, windowRules);
  return answer.allowed ? iso(answer.closesAt) : null;
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
