// The person behind a request.
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';
import type { CallingStaff } from '../http/api-access.ts';
import type { Caller } from './sessions.ts';

/** In routes that only staff may call. Throws scope_missing for keys. */
export function signedIn({ staff }: Pick<FastifyRequest, 'staff'>): CallingStaff {
  if (staff) return staff;
  throw new HttpError(403, 'scope_missing', 'Only staff who signed in may do this.');
}

/** From where; never what a header claims about addresses. */
export function callerOf({ ip, headers }: FastifyRequest): Caller {
  return { address: ip, userAgent: headers['user-agent'] ?? null };
}
