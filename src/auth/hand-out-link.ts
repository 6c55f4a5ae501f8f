// A link for a member of staff: the admin gets it to hand over, and it goes out by e-mail when there is a mail server.
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { HttpError } from '../errors.ts';
import { answerOnce, type onceHeaders } from '../http/answer-once.ts';
import type { AuthDeps } from './auth-deps.ts';
import { lockStaff } from './save-staff.ts';
import { makeLink, type NewLink } from './staff-links.ts';
import { type LinkAnswer, type LinkKind, linkAnswer, type StaffAnswer } from './staff-schema.ts';

export type LinkRequest = FastifyRequest & { headers: z.infer<typeof onceHeaders> };

/** Remembered without the link: what is kept for repeats must not open the door. */
export function hidden({ kind, expiresAt }: NewLink): LinkAnswer {
  return { kind, url: null, expiresAt: expiresAt.toISOString(), isMailed: false };
}

/** After the commit. */
export async function shown(
  { publicUrl, mailLink }: AuthDeps,
  staff: Pick<StaffAnswer, 'email' | 'name'>,
  { kind, token, expiresAt }: NewLink,
): Promise<LinkAnswer> {
  const url = `${publicUrl}/links/${token}`;
  const isMailed = (await mailLink?.({ to: staff.email, name: staff.name, kind, url })) ?? false;
  return { kind, url, expiresAt: expiresAt.toISOString(), isMailed };
}

/** Throws unknown_staff, role_not_held, is_disabled, already_in. */
export async function handOutLink(
  deps: AuthDeps,
  request: LinkRequest,
  { staffId, kind }: { staffId: string; kind: LinkKind },
): Promise<LinkAnswer> {
  const given: { link: NewLink; staff: StaffAnswer }[] = [];
  const answer = await answerOnce(deps, request, linkAnswer, async (client) => {
    const staff = await lockStaff(client, staffId, request.scopes);
    if (staff.status === 'disabled') throw new HttpError(409, 'is_disabled', 'They are disabled; enable them first.');
    if (kind === 'invite' && staff.status === 'active') {
      throw new HttpError(409, 'already_in', 'They have a password already; make a reset link instead.');
    }
    const link = await makeLink(deps, client, { staffId, kind, by: request.actor });
    given.splice(0, given.length, { link, staff });
    return hidden(link);
  });
  const [last] = given;
  return last ? await shown(deps, last.staff, last.link) : answer;
}
