// Calls whose body or address holds a secret: nothing of them is remembered for repeats, not even as a hash, and the audit
// does not see the address.
import type { FastifyRequest } from 'fastify';
import type { answerOnce } from '../http/answer-once.ts';

type OnceRequest = Parameters<typeof answerOnce>[1];

/** For `answerOnce`: which route, by whom, which fields; no key, no parameters, no values. */
export function withoutSecrets(request: FastifyRequest, actor: string = request.actor): OnceRequest {
  const { method, url, routeOptions, body } = request;
  const fields = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const names = Object.fromEntries(fields.map((field) => [field, null]));
  return { method, url: routeOptions.url ?? url, routeOptions, actor, params: {}, headers: {}, body: names };
}
