// Which of many conversations each of many people may see: one look at the database for all open streams.
import type pg from 'pg';
import { IS_OPEN, isSeen, type Viewer } from '../http/may-see.ts';

export type Sight = (conversationId: string, viewer: Viewer) => boolean;

export const everything: Sight = () => true;

type Row = { id: string; teamId: string | null; assigneeId: string | null; isOpen: boolean };

/** A conversation that is not there is seen by nobody who is limited. */
export async function readSight(pool: pg.Pool, ids: readonly string[]): Promise<Sight> {
  const { rows } = await pool.query<Row>({
    name: 'inbox-sight',
    text: `SELECT id, team_id AS "teamId", assignee_id AS "assigneeId", ${IS_OPEN} AS "isOpen" FROM conversations WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id, viewer) => {
    if (!viewer.isLimited) return true;
    const row = byId.get(id);
    return row !== undefined && isSeen(row, viewer, row.isOpen);
  };
}
