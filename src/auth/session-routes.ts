// REST: signing in and out.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { callerOf, signedIn } from './calling-staff.ts';
import { checkSignIn } from './check-sign-in.ts';
import { withoutSecrets } from './once-secretly.ts';
import { readMe } from './read-staff.ts';
import {
  clearSessionCookie,
  readDeviceCookie,
  readSessionCookie,
  writeDeviceCookie,
  writeSessionCookie,
} from './session-cookie.ts';
import { doneAnswer, meAnswer, signInFields } from './session-schema.ts';
import { endSessionOfToken, endSessions, startSession } from './sessions.ts';

export function sessionRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    signInRoute(app, deps);
    signOutRoute(app, deps);
  };
}

function signInRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/session',
    {
      config: { scope: 'anyone' },
      schema: {
        tags: ['staff'],
        security: [],
        summary: 'Sign in',
        description:
          'Answers who signed in and sets the session cookie. 401 wrong_credentials, code_needed (send `code` as well), wrong_code; 429 too_many_attempts.',
        body: signInFields,
        response: { 200: meAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const now = deps.clock.now();
      const device = readDeviceCookie(deps, request, now);
      const staff = await checkSignIn(deps, request.body, { address: request.ip, device });
      const once = withoutSecrets(request, `staff:${staff.email}`);
      let token = '';
      const me = await answerOnce(deps, once, meAnswer, async (client) => {
        await endSessionOfToken(client, now, readSessionCookie(deps, request));
        token = (await startSession(deps, client, staff.id, callerOf(request))).token;
        return await readMe(client, staff.id);
      });
      deps.watch.ring();
      writeSessionCookie(deps, reply, token);
      if (device?.staffId !== staff.id) writeDeviceCookie(deps, reply, staff.id, now);
      return me;
    },
  );
}

function signOutRoute(app: ApiScope, deps: AuthDeps): void {
  app.delete(
    '/session',
    {
      config: { scope: 'self' },
      schema: { tags: ['staff'], summary: 'Sign out', response: { 200: doneAnswer, ...errorAnswers } },
    },
    async (request, reply) => {
      const { id, sessionId } = signedIn(request);
      const done = await answerOnce(deps, withoutSecrets(request), doneAnswer, async (client) => {
        await endSessions(client, deps.clock.now(), { staffId: id, only: sessionId });
        return { ok: true } as const;
      });
      deps.watch.ring();
      clearSessionCookie(deps, reply);
      return done;
    },
  );
}
