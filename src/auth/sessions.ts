// Sessions are rows, asked for at each request: what one process ends is ended in all of them.
import type pg from 'pg';
import { z } from 'zod';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { type CallingStaff, roles } from '../http/api-access.ts';
import type { NewId } from '../ids.ts';
import { digestOf, newToken } from './secret-token.ts';
import type { SessionList } from './session-schema.ts';

/** Without a request for so long it ends. */
export const IDLE_MS = 12 * HOUR_MS;
/** So old it ends, whatever was done with it. */
export const LONGEST_MS = 30 * DAY_MS;
const LONGEST_AGENT = 300;

export type SessionDeps = { clock: Clock; newId: NewId; random: (size: number) => Buffer };
type SessionDb = Pick<Database, 'pool' | 'durably'>;
export type Caller = { address: string; userAgent: string | null };

const roleSchema = z.enum(roles);

/** What makes a session alive; $1 = now, $2 = the last moment of activity that still counts. */
export const IS_ALIVE = 's.ended_at IS NULL AND s.expires_at > $1 AND s.last_seen_at > $2 AND m.disabled_at IS NULL';

export function aliveAt(now: Date): [now: Date, seenAfter: Date] {
  return [now, new Date(now.getTime() - IDLE_MS)];
}

/** A new one with a token of its own, which only the browser gets to keep. */
export async function startSession(
  { clock, newId, random }: SessionDeps,
  client: pg.ClientBase,
  staffId: string,
  { address, userAgent }: Caller,
): Promise<{ id: string; token: string }> {
  const [id, token, now] = [newId(), newToken(random), clock.now()];
  await client.query(
    `INSERT INTO staff_sessions (id, staff_id, token_hash, user_agent, address, created_at, last_seen_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [id, staffId, digestOf(token), userAgent?.slice(0, LONGEST_AGENT).toWellFormed() ?? null, address, now, endOf(now)],
  );
  // Whoever just came is there.
  await client.query('UPDATE staff_members SET last_seen_at = $2 WHERE id = $1', [staffId, now]);
  return { id, token };
}

function endOf(now: Date): Date {
  return new Date(now.getTime() + LONGEST_MS);
}

type Row = Omit<CallingStaff, 'role'> & { role: string; lastSeenAt: Date };

const FIND = `
SELECT m.id, s.id AS "sessionId", m.email, m.name, m.role, m.team_id AS "teamId", s.last_seen_at AS "lastSeenAt"
FROM staff_sessions s JOIN staff_members m ON m.id = s.staff_id WHERE s.token_hash = $3 AND ${IS_ALIVE}`;

/** Who holds this token; notes their presence, to the minute. */
export async function findSession(db: SessionDb, now: Date, token: string): Promise<CallingStaff | null> {
  const { rows } = await db.pool.query<Row>(FIND, [...aliveAt(now), digestOf(token)]);
  const [row] = rows;
  if (!row) return null;
  const { lastSeenAt, role, ...staff } = row;
  if (now.getTime() - lastSeenAt.getTime() >= MINUTE_MS) await noteSeen(db, staff, now);
  return { ...staff, role: roleSchema.parse(role) };
}

async function noteSeen(db: SessionDb, { id, sessionId }: { id: string; sessionId: string }, now: Date): Promise<void> {
  await db.durably('note-session-use', () =>
    db.pool.query(
      `WITH seen AS (UPDATE staff_sessions SET last_seen_at = $3 WHERE id = $2 AND last_seen_at < $3)
       UPDATE staff_members SET last_seen_at = $3 WHERE id = $1`,
      [id, sessionId, now],
    ),
  );
}

/** All of a person, or only one, or all but one. Answers how many were alive. */
export async function endSessions(
  client: pg.ClientBase,
  now: Date,
  { staffId, only = null, except = null }: { staffId: string; only?: string | null; except?: string | null },
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE staff_sessions SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL
       AND ($3::uuid IS NULL OR id = $3) AND ($4::uuid IS NULL OR id <> $4)`,
    [staffId, now, only, except],
  );
  return rowCount ?? 0;
}

/** For browsers that sign in anew: the session they came with is over. */
export async function endSessionOfToken(client: pg.ClientBase, now: Date, token: string | null): Promise<void> {
  if (token === null) return;
  await client.query('UPDATE staff_sessions SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL', [
    digestOf(token),
    now,
  ]);
}

type ListRow = { id: string; userAgent: string | null; address: string | null; createdAt: Date; lastSeenAt: Date };

export async function listSessions(pool: pg.Pool, now: Date, staff: CallingStaff): Promise<SessionList['items']> {
  const { rows } = await pool.query<ListRow>(
    `SELECT s.id, s.user_agent AS "userAgent", s.address, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt"
     FROM staff_sessions s JOIN staff_members m ON m.id = s.staff_id
     WHERE s.staff_id = $3 AND ${IS_ALIVE} ORDER BY s.last_seen_at DESC, s.id`,
    [...aliveAt(now), staff.id],
  );
  return rows.map(({ createdAt, lastSeenAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    isCurrent: row.id === staff.sessionId,
  }));
}
