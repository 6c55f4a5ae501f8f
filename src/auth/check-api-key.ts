// Who may use the REST API: whoever holds the key of the configuration.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';

export type ApiKeyCheck = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** An `onRequest` hook: refuses with 401 before the body is read. Takes the same time for every wrong key. */
export function createApiKeyCheck(apiKey: string | null): ApiKeyCheck {
  const expected = apiKey === null ? null : digest(apiKey);
  return async (request, reply) => {
    const refusal = refusalOf(request.headers.authorization, expected);
    if (refusal === null) return;
    reply.header('www-authenticate', 'Bearer realm="ganbo"');
    throw new HttpError(401, 'unauthorized', refusal);
  };
}

function refusalOf(header: string | undefined, expected: Buffer | null): string | null {
  if (expected === null) {
    return 'The REST API is off: no key is set. Put API_KEY=<8 or more random characters> into .env and start again.';
  }
  const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (given === undefined) return 'Send the header "Authorization: Bearer <key>"; the key is API_KEY of .env.';
  return timingSafeEqual(digest(given), expected) ? null : 'This key is not known; the key is API_KEY of .env.';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
