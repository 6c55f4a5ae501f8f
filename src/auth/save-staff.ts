// Staff are made, changed, disabled. Nobody gives a role that may more than they do themselves, and an admin always stays.
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { lockName } from '../http/answer-once.ts';
import type { Role, Scope } from '../http/api-access.ts';
import type { NewId } from '../ids.ts';
import { readStaff } from './read-staff.ts';
import { mayActOn } from './role-scopes.ts';
import { endSessions } from './sessions.ts';
import { endLinks } from './staff-links.ts';
import type { NewStaffFields, StaffAnswer, StaffFields } from './staff-schema.ts';
import { removeTotp } from './totp.ts';

export type StaffDeps = { clock: Clock; newId: NewId };
/** The scopes of whoever does it. */
type Held = readonly Scope[];

/** Invited, not yet usable. Throws email_taken, role_not_held, unknown_team. */
export async function createStaff(
  { clock, newId }: StaffDeps,
  client: pg.ClientBase,
  fields: NewStaffFields,
  held: Held,
): Promise<StaffAnswer> {
  refuseHigherRole(held, fields.role);
  await requireTeam(client, fields.teamId);
  await lockName(client, `staff:${fields.email}`);
  const taken = await client.query('SELECT 1 FROM staff_members WHERE email = $1', [fields.email]);
  if (taken.rows.length > 0) throw new HttpError(409, 'email_taken', `There is already somebody with ${fields.email}.`);
  const id = newId();
  const { email, name, role, teamId, language, skills, capacity } = fields;
  await client.query(
    `INSERT INTO staff_members (id, email, name, role, team_id, language, skills, capacity, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, email, name, role, teamId, language, skills, capacity, clock.now()],
  );
  return await readStaff(client, id);
}

/** Another role ends their sessions. Throws unknown_staff, role_not_held, unknown_team, last_admin. */
export async function changeStaff(
  { clock }: StaffDeps,
  client: pg.ClientBase,
  id: string,
  { fields, held }: { fields: StaffFields; held: Held },
): Promise<StaffAnswer> {
  const before = await lockStaff(client, id, held);
  if (fields.role !== undefined) refuseHigherRole(held, fields.role);
  if (fields.teamId !== undefined) await requireTeam(client, fields.teamId);
  const isOtherRole = fields.role !== undefined && fields.role !== before.role;
  if (isOtherRole && before.role === 'admin') await refuseLastAdmin(client, id);
  const wanted = { ...before, teamId: before.team?.id ?? null, ...fields };
  await client.query(
    `UPDATE staff_members SET name = $2, role = $3, team_id = $4, language = $5, skills = $6, capacity = $7, is_away = $8
     WHERE id = $1`,
    [id, wanted.name, wanted.role, wanted.teamId, wanted.language, wanted.skills, wanted.capacity, wanted.isAway],
  );
  if (fields.isTotpOn === false) await removeTotp(client, id);
  if (isOtherRole) await endSessions(client, clock.now(), { staffId: id });
  return await readStaff(client, id);
}

/** Out at once: sessions and links are over. Throws unknown_staff, role_not_held, last_admin. */
export async function disableStaff(
  { clock }: StaffDeps,
  client: pg.ClientBase,
  id: string,
  held: Held,
): Promise<StaffAnswer> {
  const before = await lockStaff(client, id, held);
  if (before.role === 'admin') await refuseLastAdmin(client, id);
  const now = clock.now();
  await client.query('UPDATE staff_members SET disabled_at = coalesce(disabled_at, $2) WHERE id = $1', [id, now]);
  await endSessions(client, now, { staffId: id });
  await endLinks(client, now, id);
  return await readStaff(client, id);
}

/** May sign in again, with the old password. Throws unknown_staff, role_not_held. */
export async function enableStaff(client: pg.ClientBase, id: string, held: Held): Promise<StaffAnswer> {
  await lockStaff(client, id, held);
  await client.query('UPDATE staff_members SET disabled_at = NULL WHERE id = $1', [id]);
  return await readStaff(client, id);
}

/** Held until the transaction ends. Throws unknown_staff, role_not_held. */
export async function lockStaff(client: pg.ClientBase, id: string, held: Held): Promise<StaffAnswer> {
  await lockName(client, 'staff');
  const staff = await readStaff(client, id);
  refuseHigherRole(held, staff.role);
  return staff;
}

function refuseHigherRole(held: Held, role: Role): void {
  if (mayActOn(held, role)) return;
  throw new HttpError(403, 'role_not_held', `The role "${role}" may more than you; ask an admin.`);
}

async function refuseLastAdmin(client: pg.ClientBase, id: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT 1 FROM staff_members WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL AND id <> $1 LIMIT 1`,
    [id],
  );
  if (rows.length > 0) return;
  throw new HttpError(409, 'last_admin', 'This is the last admin who can sign in; make another one first.');
}

async function requireTeam(client: pg.ClientBase, teamId: string | null): Promise<void> {
  if (teamId === null) return;
  const { rows } = await client.query('SELECT 1 FROM teams WHERE id = $1', [teamId]);
  if (rows.length === 0) throw new HttpError(422, 'unknown_team', `There is no team ${teamId}.`);
}
