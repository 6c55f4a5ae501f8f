// Streams that stay open outlive the check at their beginning: here they learn that their session, or what it may, is over.
// Rung each second and after each change in this process; the database is asked, so that all processes agree.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import type { CallingStaff } from '../http/api-access.ts';
import { createRound, type Round } from '../round.ts';
import { aliveAt, IS_ALIVE } from './sessions.ts';

export type SessionWatch = Round & {
  /**
   * `end` is called once, within a second, when the session ends (signed out, idle, too old, disabled, new password), or
   * when role or team are no longer what they were: a stream then begins anew with what it may now. Answers how to stop
   * listening.
   */
  onSessionEnded(staff: CallingStaff, end: () => void): () => void;
};

type Watched = { staff: CallingStaff; end: () => void };

const STILL = `SELECT s.id, m.role, m.team_id AS "teamId" FROM staff_sessions s JOIN staff_members m ON m.id = s.staff_id
WHERE s.id = ANY($3::uuid[]) AND ${IS_ALIVE}`;

export function createSessionWatch(
  { db, clock }: { db: { pool: pg.Pool }; clock: Clock },
  onError: (error: unknown) => void,
): SessionWatch {
  const watched = new Set<Watched>();
  const look = async (): Promise<boolean> => {
    const looking = [...watched];
    if (looking.length === 0) return false;
    const ids = [...new Set(looking.map(({ staff }) => staff.sessionId))];
    const { rows } = await db.pool.query<{ id: string; role: string; teamId: string | null }>(STILL, [
      ...aliveAt(clock.now()),
      ids,
    ]);
    const alive = new Map(rows.map((row) => [row.id, row]));
    for (const one of looking) {
      const now = alive.get(one.staff.sessionId);
      if (now && now.role === one.staff.role && now.teamId === one.staff.teamId) continue;
      if (watched.delete(one)) one.end();
    }
    return false;
  };
  return {
    ...createRound(look, onError),
    onSessionEnded: (staff, end) => {
      const one = { staff, end };
      watched.add(one);
      return () => void watched.delete(one);
    },
  };
}
