// Who forgot their password asks for a link themselves. Strangers learn nothing: the answer is the same and as quick,
// whether somebody has this e-mail or not, and what is done comes after it.
import { MINUTE_MS } from '../clock.ts';
import { writeAudit } from '../http/write-audit.ts';
import type { AuthDeps } from './auth-deps.ts';
import { shown } from './hand-out-link.ts';
import { makeLink, type NewLink } from './staff-links.ts';

/** A link that was mailed lately stays good: nobody can kill it by asking again and again. */
const ONE_IN_MS = 2 * MINUTE_MS;

type Owner = { id: string; name: string; email: string };

// Invitations lead in as well; whoever never used theirs asks the admin.
const FIND = `
SELECT m.id, m.name, m.email FROM staff_members m
WHERE m.email = $1 AND m.disabled_at IS NULL AND m.password_hash IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM staff_links l WHERE l.staff_id = m.id AND l.created_at > $2)
FOR UPDATE OF m`;

/** Mails a reset link to whoever has this e-mail; answers whether there was somebody. */
export async function mailForgotten(deps: AuthDeps, email: string): Promise<boolean> {
  const now = deps.clock.now();
  const made = await deps.db.transaction(
    'mail-forgotten-password',
    async (client): Promise<{ owner: Owner; link: NewLink } | null> => {
      const { rows } = await client.query<Owner>(FIND, [email, new Date(now.getTime() - ONE_IN_MS)]);
      const [owner] = rows;
      if (owner === undefined) return null;
      const actor = `staff:${owner.email}`;
      const link = await makeLink(deps, client, { staffId: owner.id, kind: 'reset', by: actor });
      const about = { objectKind: 'staff', objectId: owner.id, customer: null, data: {} };
      await writeAudit(client, { at: now, actor, action: 'POST /forgotten-password', ...about });
      return { owner, link };
    },
  );
  if (made === null) return false;
  await shown(deps, made.owner, made.link);
  return true;
}
