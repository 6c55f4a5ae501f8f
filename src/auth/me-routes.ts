// REST: oneself, one's password, and one's own sessions.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { callerOf, signedIn } from './calling-staff.ts';
import { withoutSecrets } from './once-secretly.ts';
import { readMe } from './read-staff.ts';
import { writeSessionCookie } from './session-cookie.ts';
import { endedAnswer, meAnswer, meFields, passwordFields, sessionList, sessionParams } from './session-schema.ts';
import { endSessions, listSessions, startSession } from './sessions.ts';
import { prepareHash, requireOwnPassword, setPassword } from './set-password.ts';

const config = { scope: 'self' } as const;
const tags = ['staff'];

export function meRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    meRoute(app, deps);
    changeRoute(app, deps);
    passwordRoute(app, deps);
    sessionsRoute(app, deps);
    endOneRoute(app, deps);
    endOthersRoute(app, deps);
  };
}

function meRoute(app: ApiScope, deps: AuthDeps): void {
  app.get(
    '/me',
    { config, schema: { tags, summary: 'Who is signed in', response: { 200: meAnswer, ...errorAnswers } } },
    async (request) => await readMe(deps.db.pool, signedIn(request).id),
  );
}

function changeRoute(app: ApiScope, deps: AuthDeps): void {
  app.patch(
    '/me',
    {
      config,
      schema: {
        tags,
        summary: 'Change the own name, language, or whether one is away',
        headers: onceHeaders,
        body: meFields,
        response: { 200: meAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = signedIn(request);
      const { name = null, language = null, isAway = null } = request.body;
      return await answerOnce(deps, request, meAnswer, async (client) => {
        await client.query(
          `UPDATE staff_members SET name = coalesce($2, name), language = coalesce($3, language),
             is_away = coalesce($4, is_away) WHERE id = $1`,
          [id, name, language, isAway],
        );
        return await readMe(client, id);
      });
    },
  );
}

function passwordRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/me/password',
    {
      config,
      schema: {
        tags,
        summary: 'Choose a new password',
        description: 'All sessions end; this browser gets a new one. 400 wrong_password, weak_password.',
        body: passwordFields,
        response: { 200: meAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const staff = signedIn(request);
      await requireOwnPassword(deps, staff, request.body.current);
      const hash = await prepareHash(deps, request.body.next, staff);
      let token = '';
      const me = await answerOnce(deps, withoutSecrets(request), meAnswer, async (client) => {
        await setPassword(deps, client, staff.id, hash);
        token = (await startSession(deps, client, staff.id, callerOf(request))).token;
        return await readMe(client, staff.id);
      });
      deps.watch.ring();
      writeSessionCookie(deps, reply, token);
      return me;
    },
  );
}

function sessionsRoute(app: ApiScope, deps: AuthDeps): void {
  app.get(
    '/me/sessions',
    { config, schema: { tags, summary: 'Where one is signed in', response: { 200: sessionList, ...errorAnswers } } },
    async (request) => ({ items: await listSessions(deps.db.pool, deps.clock.now(), signedIn(request)) }),
  );
}

function endOneRoute(app: ApiScope, deps: AuthDeps): void {
  app.delete(
    '/me/sessions/:id',
    {
      config,
      schema: {
        tags,
        summary: 'End one of the own sessions at once',
        params: sessionParams,
        response: { 200: endedAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const ending = { staffId: signedIn(request).id, only: request.params.id };
      const answer = await answerOnce(deps, withoutSecrets(request), endedAnswer, async (client) => ({
        ended: await endSessions(client, deps.clock.now(), ending),
      }));
      deps.watch.ring();
      return answer;
    },
  );
}

function endOthersRoute(app: ApiScope, deps: AuthDeps): void {
  app.delete(
    '/me/sessions',
    {
      config,
      schema: {
        tags,
        summary: 'End all own sessions but this one',
        response: { 200: endedAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id, sessionId } = signedIn(request);
      const answer = await answerOnce(deps, withoutSecrets(request), endedAnswer, async (client) => ({
        ended: await endSessions(client, deps.clock.now(), { staffId: id, except: sessionId }),
      }));
      deps.watch.ring();
      return answer;
    },
  );
}
