// Which conversations a queue shows, and in which order: what is due first stands first, what was done last stands first.

import { HttpError } from '../errors.ts';
import { seesConversation, type Viewer } from '../http/may-see.ts';
import { isIdOfPlace, isMomentOfPlace } from '../http/page.ts';
import type { QueueName, QueueQuery } from './inbox-schema.ts';
import { searchWords } from './search-words.ts';

export const OPEN = `c.state IN ('waiting_for_agent', 'with_agent')`;
/** The expression of conversations_due_idx, word by word. */
export const DUE = `coalesce(c.reply_due_at, c.resolve_due_at, 'infinity'::timestamptz)`;
const AWAKE = 'c.snoozed_until IS NULL';
const HAS_TROUBLE = `EXISTS (SELECT 1 FROM outbound_messages o WHERE o.identity_id = c.identity_id AND o.status IN ('uncertain', 'parked'))`;

/** How long somebody waits: of what is due at the same moment, the longest comes first. */
const WAITED = `coalesce(c.waiting_since, 'infinity'::timestamptz)`;
/** Notes that call `me` and that they have not looked at since. */
const calls = (me: string) => `n.mentions @> ARRAY[${me}]`;

/** `mine` and `team` give SQL expressions of the viewer's ids, asked only where they are used. */
export function queueCondition(queue: QueueName, { mine, team }: { mine: () => string; team: () => string }): string {
  switch (queue) {
    case 'waiting':
      return `c.state = 'waiting_for_agent' AND ${AWAKE}`;
    case 'mine':
      return `${OPEN} AND c.assignee_id = ${mine()} AND ${AWAKE}`;
    case 'unassigned':
      return `${OPEN} AND c.assignee_id IS NULL AND ${AWAKE}`;
    case 'team':
      return `${OPEN} AND c.team_id = ${team()} AND ${AWAKE}`;
    case 'snoozed':
      return `${OPEN} AND c.snoozed_until IS NOT NULL`;
    case 'resolved':
      return `c.state = 'resolved'`;
    case 'all':
      return `${OPEN} AND ${AWAKE}`;
    case 'mentions':
      return `c.id IN (SELECT n.conversation_id FROM notes n WHERE ${calls(mine())})`;
    case 'trouble':
      return HAS_TROUBLE;
  }
}

/** `keys` are SQL expressions of moments, then the id decides. */
type Order = { keys: [string, string]; direction: 'ASC' | 'DESC' };
export type Placed = { where: string; order: Order };

function orderOf(queue: QueueName, mine: () => string): Order {
  const none = `'infinity'::timestamptz`;
  if (queue === 'resolved') return { keys: ['c.resolved_at', none], direction: 'DESC' };
  if (queue !== 'mentions') return { keys: [DUE, WAITED], direction: 'ASC' };
  const newest = `(SELECT max(n.created_at) FROM notes n WHERE n.conversation_id = c.id AND ${calls(mine())})`;
  return { keys: [newest, none], direction: 'DESC' };
}

/** SQL of one page; `value` puts a parameter in its place. Throws invalid_request for a cursor that is none of ours. */
export function placeOfPage(query: QueueQuery, viewer: Viewer, value: (given: unknown) => string): Placed {
  const { queue, channel, cursor, q } = query;
  const mine = () => `${value(viewer.staffId)}::uuid`;
  const order = orderOf(queue, mine);
  const condition = queueCondition(queue, { mine, team: () => `${value(viewer.teamId)}::uuid` });
  const after = cursor === undefined ? null : readCursor(cursor);
  const parts = [
    condition,
    ...(viewer.isLimited ? [seesConversation('c', viewer, value)] : []),
    ...(channel === undefined ? [] : [`i.channel = ${value(channel)}`]),
    ...(q === undefined ? [] : [named(value(searchWords(q)))]),
    ...(after === null ? [] : [isAfter(order, after, value)]),
  ];
  return { where: parts.join(' AND '), order };
}

function isAfter({ keys, direction }: Order, after: Cursor, value: (given: unknown) => string): string {
  const places = after.at.map((at) => `${value(at)}::timestamptz`);
  return `(${keys.join(', ')}, c.id) ${direction === 'DESC' ? '<' : '>'} (${places.join(', ')}, ${value(after.id)}::uuid)`;
}

/** The expressions of customers_search_idx and channel_identities_search_idx, word by word. */
export const CUSTOMER_WORDS = `to_tsvector('simple', fold_text(coalesce(cu.name, '') || ' ' || coalesce(cu.phone, '') || ' ' || translate(coalesce(cu.email, ''), '@.', '  ') || ' ' || coalesce(cu.external_id, '')))`;
export const IDENTITY_WORDS = `to_tsvector('simple', fold_text(n.display_name))`;

function named(words: string): string {
  return `c.customer_id IN (SELECT cu.id FROM customers cu WHERE ${CUSTOMER_WORDS} @@ to_tsquery('simple', ${words})
    UNION SELECT n.customer_id FROM channel_identities n WHERE n.display_name IS NOT NULL AND ${IDENTITY_WORDS} @@ to_tsquery('simple', ${words}))`;
}

export type Cursor = { at: [string, string]; id: string };

export function writeCursor({ at, id }: Cursor): string {
  return Buffer.from([...at, id].join('|')).toString('base64url');
}

function readCursor(cursor: string): Cursor {
  const [first = '', second = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  if (isMomentOfPlace(first) && isMomentOfPlace(second) && isIdOfPlace(id)) return { at: [first, second], id };
  throw new HttpError(400, 'invalid_request', 'cursor: must be the nextCursor of an earlier answer');
}
