// Who may use the REST API, and what: whoever holds a key with the scope that the route names.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';
import { type FindKeyDeps, findKey } from './find-key.ts';

export type ApiKeyCheck = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

const NO_KEY = 'Send the header "Authorization: Bearer <key>".';
const UNKNOWN_KEY = 'This key is not known or was revoked.';
const USE = 'Use API_KEY of .env, or a key made with POST /api/v1/keys.';
const NONE_SET = 'API_KEY is not set: put API_KEY=<8 or more random characters> into .env and start again.';

/** An `onRequest` hook: refuses with 401 or 403 before the body is read, and says on the request who calls. */
export function createApiKeyCheck(deps: FindKeyDeps): ApiKeyCheck {
  return async (request, reply) => {
    const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    const key = given === undefined ? null : await findKey(deps, given);
    if (key === null) {
      reply.header('www-authenticate', 'Bearer realm="ganbo"');
      const fix = deps.apiKey === null ? NONE_SET : USE;
      throw new HttpError(401, 'unauthorized', `${given === undefined ? NO_KEY : UNKNOWN_KEY} ${fix}`);
    }
    request.staff = null;
    request.actor = `api_key:${key.name}`;
    request.scopes = key.scopes;
    const { scope } = request.routeOptions.config;
    if (request.is404 || key.scopes.some((held) => held === scope)) return;
    const message = `The key "${key.name}" lacks the scope "${scope ?? 'of this route'}"; make one that has it with POST /api/v1/keys.`;
    throw new HttpError(403, 'scope_missing', message, { needed: scope ?? null, has: key.scopes });
  };
}
