// The thread of one customer: what they said, what we said and how far it got, what was decided against and why, notes of
// staff and the moves between bot and people. A page ends at a place that does not change, on either side.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { isMomentOfPlace } from '../http/page.ts';
import { mediaAddress } from './attachment-schema.ts';
import { readNewestWord } from './newest-word.ts';
import { FIND_PLACE, lineValues, READ_NEWER, READ_OLDER } from './timeline-query.ts';
import type { TimelineItem, TimelineQuery } from './timeline-schema.ts';

type Shown = { kind: string; url?: string | null; path?: string | null; name?: string | null };
type Row = {
  id: string;
  at: Date;
  line: string;
  place: string;
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
  flow_version_id: string | null;
  step: string | null;
};

export type Timeline = {
  items: TimelineItem[];
  nextBefore: string | null;
  nextAfter: string | null;
  newestStaffMessageId: string | null;
};

export type TimelineDeps = { pool: pg.Pool; scripts: () => Pick<Scripts, 'active' | 'versions'> };

type Place = { at: string; line: string; place: string; id: string };
/** Newest first. */
type Found = { rows: Row[]; hasOlder: boolean; hasNewer: boolean };

/** null when there is no such conversation. Throws invalid_request, message_not_found. */
export async function readTimeline(
  { pool, scripts }: TimelineDeps,
  id: string,
  query: TimelineQuery,
): Promise<Timeline | null> {
  const found = await pool.query<{ customer_id: string }>('SELECT customer_id FROM conversations WHERE id = $1', [id]);
  const [conversation] = found.rows;
  if (conversation === undefined) return null;
  const [{ rows, hasOlder, hasNewer }, newest] = await Promise.all([
    readRows(pool, conversation.customer_id, query),
    readNewestWord(pool, id),
  ]);
  const titles = scripts();
  return {
    items: rows.map((row) => itemOf(row, { conversationId: id, flowTitle: titleOf(titles, row) })),
    nextBefore: hasOlder ? writePlace(rows.at(-1)) : null,
    nextAfter: hasNewer ? writePlace(rows[0]) : null,
    newestStaffMessageId: newest?.id ?? null,
  };
}

async function readRows(pool: pg.Pool, customerId: string, asked: TimelineQuery): Promise<Found> {
  const { before, after, around, limit } = asked;
  if ([before, after, around].filter((one) => one !== undefined).length > 1)
    throw new HttpError(400, 'invalid_request', 'give one of before, after and around');
  if (around !== undefined) return await readAround(pool, customerId, around, limit);
  if (after === undefined) {
    const place = before === undefined ? null : readPlace(before, 'before');
    const { rows, hasMore } = await readSide(pool, customerId, { side: READ_OLDER, place, limit });
    return { rows, hasOlder: hasMore, hasNewer: false };
  }
  const place = readPlace(after, 'after');
  const { rows, hasMore } = await readSide(pool, customerId, { side: READ_NEWER, place, limit });
  return { rows: rows.toReversed(), hasOlder: rows.length > 0, hasNewer: hasMore };
}

/** Half of what is asked for on either side; the item itself counts as older, so that it is read with what it says. */
async function readAround(pool: pg.Pool, customerId: string, id: string, limit: number): Promise<Found> {
  const { rows: places } = await pool.query<Pick<Row, 'id' | 'at' | 'line' | 'place'>>({
    ...FIND_PLACE,
    values: [...lineValues(customerId), id],
  });
  const [found] = places;
  if (found === undefined)
    throw new HttpError(404, 'message_not_found', `the thread has no item ${id}; read it without around`);
  const place = { ...found, at: found.at.toISOString() };
  const half = Math.ceil(limit / 2);
  // The smallest id that comes after its own: a space more.
  const withItself = { ...place, id: `${place.id} ` };
  const [older, newer] = await Promise.all([
    readSide(pool, customerId, { side: READ_OLDER, place: withItself, limit: half }),
    readSide(pool, customerId, { side: READ_NEWER, place, limit: limit - half }),
  ]);
  const rows = [...newer.rows.toReversed(), ...older.rows];
  return { rows, hasOlder: older.hasMore, hasNewer: newer.hasMore };
}

type Side = { side: typeof READ_OLDER; place: Place | null; limit: number };

async function readSide(pool: pg.Pool, customerId: string, { side, place, limit }: Side) {
  const values = [place?.at ?? null, place?.line ?? null, place?.place ?? null, place?.id ?? null, limit + 1];
  const { rows } = await pool.query<Row>({ ...side, values: [...lineValues(customerId), ...values] });
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** As it is called now; a script that is gone keeps its id. */
function titleOf({ active, versions }: Pick<Scripts, 'active' | 'versions'>, row: Row): string | null {
  const known = versions.get(row.flow_version_id ?? '') ?? active.get(row.flow ?? '');
  return known?.flow.title ?? row.flow;
}

function itemOf(row: Row, at: { conversationId: string; flowTitle: string | null }): TimelineItem {
  const { from_type: type, from_name: name, conversation_id: conversationId, send_at: sendAt } = row;
  const { id, kind, event, text, status, reason, channel, flow, step } = row;
  const media = (row.copied ?? row.media ?? []).map((one) => shownFile(one, at.conversationId));
  const rest = { text, status, reason, channel, flow, flowTitle: at.flowTitle, step, media };
  const when = { at: row.at.toISOString(), sendAt: sendAt?.toISOString() ?? null };
  return { id, kind, event, conversationId, from: { type, name }, ...when, ...rest, mentions: row.mentions ?? [] };
}

/** Copies of ours are shown from here: the provider's own addresses die. */
function shownFile({ kind, url = null, path = null, name = null }: Shown, conversationId: string) {
  const address = mediaAddress(conversationId, path ?? url ?? '');
  return { kind, url: address ?? url, path, name };
}

function writePlace(row: Row | undefined): string | null {
  if (row === undefined) return null;
  const { at, line, place, id } = row;
  return Buffer.from(`${at.toISOString()}|${line}|${place}|${id}`).toString('base64url');
}

function readPlace(given: string, field: 'before' | 'after'): Place {
  const [at = '', line = '', place = '', id = ''] = Buffer.from(given, 'base64url').toString().split('|');
  if (!isMomentOfPlace(at) || !isPlace(line) || !isPlace(place) || !/^[ont]:[\w-]+$/.test(id)) {
    const name = field === 'before' ? 'nextBefore' : 'nextAfter';
    throw new HttpError(400, 'invalid_request', `${field}: must be the ${name} of an earlier answer`);
  }
  return { at, line, place, id };
}

function isPlace(text: string): boolean {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= 9_223_372_036_854_775_807n;
}
