// Who acts in the inbox: a member of staff who signed in. Integrators with a key read, and move conversations by name.
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';

export type StaffActor = { id: string; name: string; email: string; role: string; teamId: string | null };
type Asking = Pick<FastifyRequest, 'staff'>;

/** Throws staff_only: replies, notes, drafts and presence belong to a person. */
export function requireStaff({ staff }: Asking): StaffActor {
  if (staff !== null && staff !== undefined) return staff;
  throw new HttpError(
    403,
    'staff_only',
    'Only a signed-in member of staff may do this; a key has no name to sign with.',
  );
}
