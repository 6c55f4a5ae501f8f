// Teams: who answers together.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import type { NewId } from '../ids.ts';
import type { TeamAnswer } from './staff-schema.ts';

const READ = `SELECT t.id, t.name, (SELECT count(*)::int FROM staff_members m WHERE m.team_id = t.id AND m.disabled_at IS NULL) AS members
FROM teams t`;

export async function listTeams(pool: pg.Pool): Promise<TeamAnswer[]> {
  const { rows } = await pool.query<TeamAnswer>(`${READ} ORDER BY lower(t.name), t.id`);
  return rows;
}

/** Throws team_taken. */
export async function createTeam(
  { clock, newId }: { clock: Clock; newId: NewId },
  client: pg.ClientBase,
  name: string,
): Promise<TeamAnswer> {
  await requireFreeName(client, name, null);
  const id = newId();
  await client.query('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [id, name, clock.now()]);
  return await readTeam(client, id);
}

/** Throws unknown_team, team_taken. */
export async function renameTeam(client: pg.ClientBase, id: string, name: string): Promise<TeamAnswer> {
  await requireFreeName(client, name, id);
  await client.query('UPDATE teams SET name = $2 WHERE id = $1', [id, name]);
  return await readTeam(client, id);
}

/** Throws unknown_team, team_in_use. */
export async function deleteTeam(client: pg.ClientBase, id: string): Promise<TeamAnswer> {
  await lockName(client, 'teams');
  const team = await readTeam(client, id);
  const { rows } = await client.query(
    `SELECT 1 WHERE EXISTS (SELECT 1 FROM staff_members WHERE team_id = $1) OR EXISTS (SELECT 1 FROM conversations WHERE team_id = $1)`,
    [id],
  );
  if (rows.length > 0) {
    throw new HttpError(409, 'team_in_use', `"${team.name}" still has people or conversations; move them first.`);
  }
  await client.query('DELETE FROM canned_replies WHERE team_id = $1', [id]);
  await client.query('DELETE FROM teams WHERE id = $1', [id]);
  return team;
}

async function readTeam(client: pg.ClientBase, id: string): Promise<TeamAnswer> {
  const { rows } = await client.query<TeamAnswer>(`${READ} WHERE t.id = $1`, [id]);
  if (rows[0]) return rows[0];
  throw new HttpError(404, 'unknown_team', `There is no team ${id}.`);
}

async function requireFreeName(client: pg.ClientBase, name: string, id: string | null): Promise<void> {
  await lockName(client, 'teams');
  const { rows } = await client.query(
    'SELECT 1 FROM teams WHERE lower(name) = lower($1) AND ($2::uuid IS NULL OR id <> $2)',
    [name, id],
  );
  if (rows.length > 0) throw new HttpError(409, 'team_taken', `There is already a team "${name}".`);
}
