// What changed in conversations since a moment, exactly once. Every change leaves a line in the ledger, but lines do not
// become visible in the order of their ids: a slow transaction commits an older id later. So a place in the feed is not an
// id but a snapshot of the database: what is visible now and was not visible then is new. Two neighbouring snapshots
// share nothing and leave nothing out, in whatever process they are taken.
import type pg from 'pg';

/** `floor`: every line up to it was finished when the snapshot was taken; only saves reading them again. */
export type FeedPlace = { snapshot: string; floor: string };
export type Whose = { teamId: string | null; assigneeId: string | null };
/** `was`: whose it was before each move, for those who saw it then. */
export type Change = { conversationId: string; changedAt: string; was: Whose[] };

const HERE = `SELECT pg_current_snapshot()::text AS snapshot, greatest(coalesce((SELECT max(id) FROM touchpoints), 0) - $1, 0)::text AS floor`;

/** Ids are given out before their transaction has a number; more than so many are never in between. */
const MARGIN = 5_000;
export const MOST_CHANGES = 5_000;

export async function currentPlace(client: pg.ClientBase | pg.Pool): Promise<FeedPlace> {
  const { rows } = await client.query<FeedPlace>(HERE, [MARGIN]);
  if (rows[0] === undefined) throw new Error('A snapshot is always there.');
  return rows[0];
}

// xmin is the 32-bit end of the number that wrote the row: the newest number not above the next one with that end is it.
const SINCE = `
WITH s AS (SELECT pg_current_snapshot() AS now, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS top)
SELECT s.now::text AS snapshot, (SELECT coalesce(max(id), 0) FROM touchpoints)::text AS newest, n.id::text, n.conversation_id, n.at, n.was
FROM s LEFT JOIN LATERAL (
  SELECT k.id, k.conversation_id, k.at, CASE WHEN k.data ? 'was'
    THEN jsonb_build_object('teamId', k.data #> '{was,team}', 'assigneeId', k.data #> '{was,staff}') END AS was
  FROM touchpoints k CROSS JOIN LATERAL (
    SELECT ((s.top - ((s.top - k.xmin::text::bigint) & 4294967295))::text)::xid8 AS xid) w
  WHERE k.id > $2::bigint AND k.conversation_id IS NOT NULL AND NOT pg_visible_in_snapshot(w.xid, $1::pg_snapshot)
    AND ($4::pg_snapshot IS NULL OR pg_visible_in_snapshot(w.xid, $4))
  ORDER BY k.id LIMIT $3) n ON true
ORDER BY n.id`;

type Row = {
  snapshot: string;
  newest: string;
  id: string | null;
  conversation_id: string;
  at: Date;
  was: Whose | null;
};

export type Feed = {
  changes: Change[];
  place: FeedPlace;
  /** The highest id that was visible. */
  newestId: string;
  /** Too much happened since: whoever listens must read everything anew. */
  isTooMuch: boolean;
};

/** Changes of each conversation become one. `until`: only what that later snapshot saw as well. */
export async function changesSince(
  client: pg.ClientBase | pg.Pool,
  { snapshot, floor }: FeedPlace,
  until: string | null = null,
): Promise<Feed> {
  const { rows } = await client.query<Row>({
    name: 'inbox-changes',
    text: SINCE,
    values: [snapshot, floor, MOST_CHANGES + 1, until],
  });
  const newest = new Map<string, Change>();
  for (const row of rows) {
    if (row.id === null) continue;
    const id = row.conversation_id;
    const was = [...(newest.get(id)?.was ?? []), ...(row.was === null ? [] : [row.was])];
    newest.delete(id);
    newest.set(id, { conversationId: id, changedAt: row.at.toISOString(), was });
  }
  return {
    changes: [...newest.values()],
    place: { snapshot: rows[0]?.snapshot ?? snapshot, floor },
    newestId: rows[0]?.newest ?? '0',
    isTooMuch: rows.length > MOST_CHANGES,
  };
}

/**
 * A floor that may be raised: an older look at the ledger whose every transaction is over by now. Kept by whoever polls.
 */
export function createFloor(first: FeedPlace): (place: FeedPlace, newestId: string) => FeedPlace {
  let waiting = { xmax: xmaxOf(first.snapshot), floor: first.floor };
  let floor = first.floor;
  return (place, newestId) => {
    if (xminOf(place.snapshot) >= waiting.xmax) {
      floor = waiting.floor;
      const next = BigInt(newestId) - BigInt(MARGIN);
      waiting = { xmax: xmaxOf(place.snapshot), floor: next > 0n ? String(next) : '0' };
    }
    return { ...place, floor };
  };
}

function xminOf(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[0] ?? 0);
}

function xmaxOf(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[1] ?? 0);
}

/**
 * Is this place of this database's past? One that lies ahead of `now` was given out before a restore, or by nobody: what
 * happened since would seem to be known already.
 */
export function isPast(place: FeedPlace, now: FeedPlace, newestId: string): boolean {
  return xmaxOf(place.snapshot) <= xmaxOf(now.snapshot) && BigInt(place.floor) <= BigInt(newestId);
}

const PLACE = /^(\d{1,19})_(\d{1,19}:\d{1,19}:[\d,]{0,4000})$/;

/** As it stands in Last-Event-ID. */
export function writePlace({ snapshot, floor }: FeedPlace): string {
  return `${floor}_${snapshot}`;
}

/** null when it is none of ours. */
export function readPlace(text: string): FeedPlace | null {
  const [, floor, snapshot] = PLACE.exec(text) ?? [];
  return floor === undefined || snapshot === undefined ? null : { floor, snapshot };
}
