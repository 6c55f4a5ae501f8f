// Invitations and ways back in: a link with 256 random bits, of which only a hash is kept; one use, short, for one person.
import type pg from 'pg';
import { type Clock, HOUR_MS, MINUTE_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { digestOf, newToken } from './secret-token.ts';
import type { LinkKind, OpenLink } from './staff-schema.ts';

export const LINK_MS: Record<LinkKind, number> = { invite: 48 * HOUR_MS, reset: 10 * MINUTE_MS };

export type LinkDeps = { clock: Clock; random: (size: number) => Buffer };
export type NewLink = { kind: LinkKind; token: string; expiresAt: Date };

/** Whatever was given to this person before no longer opens. */
export async function makeLink(
  { clock, random }: LinkDeps,
  client: pg.ClientBase,
  { staffId, kind, by }: { staffId: string; kind: LinkKind; by: string },
): Promise<NewLink> {
  const [token, now] = [newToken(random), clock.now()];
  const expiresAt = new Date(now.getTime() + LINK_MS[kind]);
  await endLinks(client, now, staffId);
  await client.query(
    'INSERT INTO staff_links (hash, staff_id, kind, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [digestOf(token), staffId, kind, by, now, expiresAt],
  );
  return { kind, token, expiresAt };
}

export async function endLinks(client: pg.ClientBase, now: Date, staffId: string): Promise<void> {
  await client.query('UPDATE staff_links SET used_at = $2 WHERE staff_id = $1 AND used_at IS NULL', [staffId, now]);
}

const OPEN = `FROM staff_links l JOIN staff_members m ON m.id = l.staff_id
WHERE l.hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND m.disabled_at IS NULL`;

/** Whom it is for, without using it. Throws link_dead. */
export async function readLink(pool: pg.Pool, now: Date, token: string): Promise<OpenLink> {
  const { rows } = await pool.query<OpenLink>(`SELECT l.kind, m.email, m.name ${OPEN}`, [digestOf(token), now]);
  return rows[0] ?? dead();
}

/** Uses it up; of two at once one wins. Throws link_dead. */
export async function spendLink(client: pg.ClientBase, now: Date, token: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>(`SELECT m.id ${OPEN} FOR UPDATE`, [digestOf(token), now]);
  const [owner] = rows;
  if (!owner) return dead();
  await endLinks(client, now, owner.id);
  return owner.id;
}

function dead(): never {
  throw new HttpError(410, 'link_dead', 'This link was used, has aged or was replaced; ask an admin for a new one.');
}
