// Who calls the REST API, and may they: a key in the Authorization header, or the session of a browser. One question
// decides: does the caller hold the scope that the route names?
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../errors.ts';
import type { AuthDeps } from './auth-deps.ts';
import { type FindKeyDeps, findKey } from './find-key.ts';
import type { LimitCalls } from './limit-calls.ts';
import { refuseForeign } from './refuse-foreign.ts';
import { roleScopes } from './role-scopes.ts';
import { readDeviceCookie, readSessionCookie } from './session-cookie.ts';
import { findSession } from './sessions.ts';

export type AuthenticateDeps = FindKeyDeps & Pick<AuthDeps, 'publicUrl' | 'secretKey'> & { limitCalls: LimitCalls };
type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

const NO_KEY = 'Sign in, or send the header "Authorization: Bearer <key>".';
const UNKNOWN_KEY = 'This key is not known or was revoked.';
const ENDED = 'This session has ended; sign in again.';
const USE = 'Use API_KEY of .env, or a key made with POST /api/v1/keys.';
const NONE_SET = 'API_KEY is not set: put API_KEY=<8 or more random characters> into .env and start again.';

/** An `onRequest` hook: refuses with 401, 403 or 429 before the body is read, and says on the request who calls. */
export function createAuthenticate(deps: AuthenticateDeps): Hook {
  return async (request, reply) => {
    reply.header('cache-control', 'no-store');
    request.scopes = [];
    const { scope } = request.routeOptions.config;
    if (scope === 'anyone') return await greetStranger(deps, request, reply);
    const isKnown = request.headers.authorization
      ? await recogniseKey(deps, request, reply)
      : await recogniseStaff(deps, request, reply);
    if (!isKnown) await refuse(deps, request, reply);
    if (request.is404 || (scope === 'self' ? Boolean(request.staff) : request.scopes.some((held) => held === scope)))
      return;
    const needed = scope ?? 'of this route';
    const message = request.staff
      ? `The role "${request.staff.role}" may not do this (scope "${needed}").`
      : `The key "${request.actor.replace('api_key:', '')}" lacks the scope "${needed}"; ${scope === 'self' ? 'only staff who signed in have it.' : 'make one that has it with POST /api/v1/keys.'}`;
    throw new HttpError(403, 'scope_missing', message, { needed: scope ?? null, has: request.scopes });
  };
}

/** Pages of others must not sign anybody in, either. Browsers that staff used before are not held up by strangers. */
async function greetStranger(deps: AuthenticateDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  refuseForeign(request, deps.publicUrl, { proof: false });
  const device = readDeviceCookie(deps, request, deps.clock.now());
  await deps.limitCalls(request, reply, 'stranger', device === null ? request.ip : `device ${device.nonce}`);
}

async function recogniseKey(deps: AuthenticateDeps, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const key = given === undefined ? null : await findKey(deps, given);
  if (key === null) return false;
  request.actor = `api_key:${key.name}`;
  request.scopes = key.scopes;
  await deps.limitCalls(request, reply, 'key', request.actor);
  return true;
}

async function recogniseStaff(deps: AuthenticateDeps, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const token = readSessionCookie(deps, request);
  const staff = token === null ? null : await findSession(deps.db, deps.clock.now(), token);
  if (staff === null) return false;
  refuseForeign(request, deps.publicUrl, { proof: true });
  request.staff = staff;
  request.actor = `staff:${staff.email}`;
  request.scopes = roleScopes[staff.role];
  await deps.limitCalls(request, reply, request.method === 'GET' ? 'reading' : 'changing', request.actor);
  return true;
}

async function refuse(deps: AuthenticateDeps, request: FastifyRequest, reply: FastifyReply): Promise<never> {
  await deps.limitCalls(request, reply, 'refused', request.ip);
  reply.header('www-authenticate', 'Bearer realm="ganbo"');
  throw new HttpError(401, 'unauthorized', whyRefused(deps, request));
}

function whyRefused(deps: AuthenticateDeps, request: FastifyRequest): string {
  const { authorization } = request.headers;
  if (!authorization && readSessionCookie(deps, request) !== null) return ENDED;
  const fix = deps.apiKey === null ? NONE_SET : USE;
  return `${authorization && /^Bearer +\S+ *$/i.test(authorization) ? UNKNOWN_KEY : NO_KEY} ${fix}`;
}
