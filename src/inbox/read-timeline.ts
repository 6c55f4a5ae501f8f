// The thread of one customer: what they said, what we said and how far it got, what was decided against and why, notes of
// staff and the moves between bot and people. One statement; a page ends at a place that does not change.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { Scripts } from '../flow-library/published-flow.ts';
import { mediaAddress } from './attachment-schema.ts';
import { readNewestWord } from './newest-word.ts';
import { EVENTS, OUT_LINES, READ_TIMELINE } from './timeline-query.ts';
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

export type Timeline = { items: TimelineItem[]; nextBefore: string | null; newestStaffMessageId: string | null };

export type TimelineDeps = { pool: pg.Pool; scripts: () => Pick<Scripts, 'active' | 'versions'> };

/** null when there is no such conversation. Throws bad_cursor. */
export async function readTimeline(
  { pool, scripts }: TimelineDeps,
  id: string,
  { before, limit }: TimelineQuery,
): Promise<Timeline | null> {
  const found = await pool.query<{ customer_id: string }>('SELECT customer_id FROM conversations WHERE id = $1', [id]);
  const [conversation] = found.rows;
  if (conversation === undefined) return null;
  const place = before === undefined ? null : readPlace(before);
  const kinds = [OUT_LINES, EVENTS];
  const from = [place?.place ?? null, place?.id ?? null];
  const values = [conversation.customer_id, place?.at ?? null, place?.line ?? null, limit + 1, ...kinds, ...from];
  const [{ rows }, newest] = await Promise.all([
    pool.query<Row>({ name: 'read-timeline', text: READ_TIMELINE, values }),
    readNewestWord(pool, id),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const titles = scripts();
  return {
    items: shown.map((row) => itemOf(row, { conversationId: id, flowTitle: titleOf(titles, row) })),
    nextBefore: rows.length > limit && last ? writePlace(last) : null,
    newestStaffMessageId: newest?.id ?? null,
  };
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

function writePlace({ at, line, place, id }: Row): string {
  return Buffer.from(`${at.toISOString()}|${line}|${place}|${id}`).toString('base64url');
}

function readPlace(before: string): { at: string; line: string; place: string; id: string } {
  const [at = '', line = '', place = '', id = ''] = Buffer.from(before, 'base64url').toString().split('|');
  if (Number.isNaN(Date.parse(at)) || !isPlace(line) || !isPlace(place) || !/^[ont]:[\w-]+$/.test(id)) {
    throw new HttpError(400, 'invalid_request', 'before: must be the nextBefore of an earlier answer');
  }
  return { at, line, place, id };
}

function isPlace(text: string): boolean {
  return /^\d{1,19}$/.test(text) && BigInt(text) <= 9_223_372_036_854_775_807n;
}
