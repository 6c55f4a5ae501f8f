// How many stand in each queue: one pass over what is open.
import type pg from 'pg';
import type { InboxCounts } from './inbox-schema.ts';
import { DUE, OPEN, queueCondition, type Viewer } from './queue-filter.ts';

const viewer = { mine: () => '$1::uuid', team: () => '$2::uuid' };
const count = (queue: Parameters<typeof queueCondition>[0]) =>
  `count(*) FILTER (WHERE ${queueCondition(queue, viewer)})::int AS ${queue === 'all' ? '"all"' : queue}`;

export const COUNT = `
SELECT ${(['waiting', 'mine', 'unassigned', 'team', 'snoozed', 'all'] as const).map(count).join(',\n  ')},
  count(*) FILTER (WHERE ${queueCondition('all', viewer)} AND ${DUE} < $3::timestamptz)::int AS overdue,
  min(c.waiting_since) FILTER (WHERE ${queueCondition('waiting', viewer)}) AS oldest,
  (SELECT count(DISTINCT o.identity_id) FROM outbound_messages o WHERE o.status IN ('uncertain', 'parked'))::int AS trouble
FROM conversations c WHERE ${OPEN}`;

export async function countConversations(pool: pg.Pool, { staffId, teamId }: Viewer, now: Date): Promise<InboxCounts> {
  const { rows } = await pool.query<Omit<InboxCounts, 'oldestWaitingSince'> & { oldest: Date | null }>({
    name: 'inbox-counts',
    text: COUNT,
    values: [staffId, teamId, now],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('Counting answers one row.');
  const { oldest, ...counts } = row;
  return { ...counts, oldestWaitingSince: oldest?.toISOString() ?? null };
}
