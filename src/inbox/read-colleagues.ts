// Who may be given work now, with how much they have; and who somebody is.
import type pg from 'pg';
import { MINUTE_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import type { Colleague } from './choose-assignee.ts';

type Row = {
  id: string;
  team_id: string | null;
  skills: string[];
  capacity: number | null;
  is_away: boolean;
  is_online: boolean;
  load: number;
};

// What still waits to be given, also to whoever led it last, is nobody's load yet.
const READ = `
SELECT s.id, s.team_id, s.skills, s.capacity, s.is_away, coalesce(s.last_seen_at >= $1, false) AS is_online,
  (SELECT count(*) FROM conversations c WHERE c.assignee_id = s.id AND c.state IN ('waiting_for_agent', 'with_agent')
    AND c.snoozed_until IS NULL AND (c.state = 'with_agent' OR c.resolve_due_at IS NOT NULL))::int AS load
FROM staff_members s WHERE s.disabled_at IS NULL AND s.role IN ('agent', 'manager', 'admin')`;

export async function readColleagues(client: pg.ClientBase, now: Date, onlineMinutes: number): Promise<Colleague[]> {
  const { rows } = await client.query<Row>(READ, [new Date(now.getTime() - onlineMinutes * MINUTE_MS)]);
  return rows.map((row) => ({
    id: row.id,
    teamId: row.team_id,
    skills: row.skills,
    capacity: row.capacity,
    load: row.load,
    isOnline: row.is_online,
    isAway: row.is_away,
  }));
}

export type KnownStaff = { id: string; name: string; email: string };

/** Throws unknown_staff. */
export async function requireColleague(client: pg.ClientBase, id: string): Promise<KnownStaff> {
  const { rows } = await client.query<KnownStaff>(
    'SELECT id, name, email FROM staff_members WHERE id = $1 AND disabled_at IS NULL',
    [id],
  );
  const [row] = rows;
  if (row) return row;
  throw new HttpError(422, 'unknown_staff', `There is no active member of staff "${id}".`);
}

/** Throws unknown_team. */
export async function requireTeam(client: pg.ClientBase, id: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM teams WHERE id = $1', [id]);
  if (rowCount === 0) throw new HttpError(422, 'unknown_team', `There is no team "${id}".`);
}
