// How many calls a minute, so that a script gone wild or a stranger cannot take the program from everybody else. Counted in
// this process: it protects this process. What guesses passwords is counted in the database (limit-sign-in.ts).
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MINUTE_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';

/** Who calls: strangers (signing in, links), who was refused, staff who read, staff who change, keys of integrators. */
export type CallGroup = 'stranger' | 'refused' | 'reading' | 'changing' | 'key';
export type CallLimits = Record<CallGroup, number>;

export const callLimits: CallLimits = { stranger: 120, refused: 600, reading: 3_000, changing: 600, key: 60_000 };

/** Throws too_many_requests. `who` is an actor, a device or the address of the connection. */
export type LimitCalls = (request: FastifyRequest, reply: FastifyReply, group: CallGroup, who: string) => Promise<void>;

const REMEMBERED = 20_000;

export async function createCallLimiter(app: FastifyInstance, limits: CallLimits = callLimits): Promise<LimitCalls> {
  const asked = new WeakMap<FastifyRequest, { group: CallGroup; who: string }>();
  await app.register(rateLimit, { global: false, cache: REMEMBERED });
  const count = app.createRateLimit({
    timeWindow: MINUTE_MS,
    max: (request) => limits[asked.get(request)?.group ?? 'refused'],
    keyGenerator: (request) => {
      const { group, who } = asked.get(request) ?? { group: 'refused', who: request.ip };
      return `${group}:${who}`;
    },
  });
  return async (request, reply, group, who) => {
    asked.set(request, { group, who });
    const result = await count(request);
    if (result.isAllowed || !result.isExceeded) return;
    reply.header('retry-after', result.ttlInSeconds);
    throw new HttpError(429, 'too_many_requests', `Too many calls; wait ${result.ttlInSeconds} seconds.`);
  };
}
