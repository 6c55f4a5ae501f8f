// Staff as REST shows them: to colleagues, and to themselves. Never a hash, a secret or a session.
import type pg from 'pg';
import { z } from 'zod';
import { HttpError } from '../errors.ts';
import { roles } from '../http/api-access.ts';
import { roleScopes } from './role-scopes.ts';
import { languageField, type Me } from './session-schema.ts';
import type { StaffAnswer } from './staff-schema.ts';

type Row = Omit<StaffAnswer, 'role' | 'language' | 'team' | 'status' | 'createdAt' | 'lastSeenAt'> & {
  role: string;
  language: string;
  teamId: string | null;
  teamName: string | null;
  isInvited: boolean;
  isDisabled: boolean;
  createdAt: Date;
  lastSeenAt: Date | null;
};

const READ = `
SELECT m.id, m.name, m.email, m.role, m.language, m.team_id AS "teamId", t.name AS "teamName", m.skills, m.capacity,
  m.is_away AS "isAway", m.totp_since IS NOT NULL AS "isTotpOn", m.password_hash IS NULL AS "isInvited",
  m.disabled_at IS NOT NULL AS "isDisabled", m.created_at AS "createdAt", m.last_seen_at AS "lastSeenAt"
FROM staff_members m LEFT JOIN teams t ON t.id = m.team_id`;

const roleSchema = z.enum(roles);

export async function listStaff(pool: pg.Pool): Promise<StaffAnswer[]> {
  const { rows } = await pool.query<Row>(`${READ} ORDER BY m.disabled_at IS NOT NULL, lower(m.name), m.id`);
  return rows.map(answerOf);
}

/** Throws unknown_staff. */
export async function readStaff(client: Pick<pg.ClientBase, 'query'>, id: string): Promise<StaffAnswer> {
  const { rows } = await client.query<Row>(`${READ} WHERE m.id = $1`, [id]);
  const [row] = rows;
  if (!row) throw new HttpError(404, 'unknown_staff', `There is no member of staff ${id}.`);
  return answerOf(row);
}

export async function readMe(client: Pick<pg.ClientBase, 'query'>, id: string): Promise<Me> {
  const { name, email, role, team, language, isAway, isTotpOn } = await readStaff(client, id);
  return { id, name, email, role, team, language, isAway, isTotpOn, scopes: [...roleScopes[role]] };
}

function answerOf({ teamId, teamName, isInvited, isDisabled, role, language, ...row }: Row): StaffAnswer {
  return {
    ...row,
    role: roleSchema.parse(role),
    language: languageField.catch('vi').parse(language),
    team: teamId !== null && teamName !== null ? { id: teamId, name: teamName } : null,
    status: isDisabled ? 'disabled' : isInvited ? 'invited' : 'active',
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
  };
}
