// How many stand in each queue: one pass over what is open.
import type pg from 'pg';
import { collectValues, seesAll, seesConversation, type Viewer } from '../http/may-see.ts';
import type { InboxCounts } from './inbox-schema.ts';
import { DUE, OPEN, queueCondition } from './queue-filter.ts';

const own = { mine: () => '$1::uuid', team: () => '$2::uuid' };
const count = (queue: Parameters<typeof queueCondition>[0]) =>
  `count(*) FILTER (WHERE ${queueCondition(queue, own)})::int AS ${queue === 'all' ? '"all"' : queue}`;

function countStatement(viewer: Viewer, now: Date): { text: string; values: unknown[] } {
  const { values, value } = collectValues([viewer.staffId, viewer.teamId, now]);
  const seen = seesConversation('c', viewer, value);
  const trouble = viewer.isLimited
    ? `JOIN conversations c ON c.identity_id = o.identity_id WHERE ${seesConversation('c', viewer, value)} AND`
    : 'WHERE';
  const called = queueCondition('mentions', own);
  const text = `
SELECT ${(['waiting', 'mine', 'unassigned', 'team', 'snoozed', 'all'] as const).map(count).join(',\n  ')},
  count(*) FILTER (WHERE ${queueCondition('all', own)} AND ${DUE} < $3::timestamptz)::int AS overdue,
  min(c.waiting_since) FILTER (WHERE ${queueCondition('waiting', own)}) AS oldest,
  (SELECT count(DISTINCT o.identity_id) FROM outbound_messages o ${trouble} o.status IN ('uncertain', 'parked'))::int AS trouble,
  (SELECT count(*)::int FROM conversations c WHERE ${called} AND ${seen}) AS mentions
FROM conversations c WHERE ${OPEN} AND ${seen}`;
  return { text, values };
}

/** For whoever sees all. */
export const COUNT = countStatement(seesAll, new Date(0)).text;

export async function countConversations(pool: pg.Pool, viewer: Viewer, now: Date): Promise<InboxCounts> {
  const name = `inbox-counts${viewer.isLimited ? '-of-team' : ''}`;
  const { rows } = await pool.query<Omit<InboxCounts, 'oldestWaitingSince'> & { oldest: Date | null }>({
    name,
    ...countStatement(viewer, now),
  });
  const [row] = rows;
  if (row === undefined) throw new Error('Counting answers one row.');
  const { oldest, ...counts } = row;
  return { ...counts, oldestWaitingSince: oldest?.toISOString() ?? null };
}
