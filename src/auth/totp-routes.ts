// REST: the own second factor, on and off.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { signedIn } from './calling-staff.ts';
import { takeAttempt } from './limit-sign-in.ts';
import { withoutSecrets } from './once-secretly.ts';
import { readMe } from './read-staff.ts';
import { meAnswer, ownPasswordFields, totpAnswer, totpCodeFields } from './session-schema.ts';
import { endSessions } from './sessions.ts';
import { requireOwnPassword } from './set-password.ts';
import { beginTotp, confirmTotp, removeTotp } from './totp.ts';

const config = { scope: 'self' } as const;
const tags = ['staff'];

export function totpRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    beginRoute(app, deps);
    confirmRoute(app, deps);
    offRoute(app, deps);
  };
}

function beginRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/me/totp',
    {
      config,
      schema: {
        tags,
        summary: 'Start the second factor',
        description: 'The secret is shown this once; nothing changes at sign-in until a code of it was confirmed.',
        body: ownPasswordFields,
        response: { 200: totpAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const staff = signedIn(request);
      await requireOwnPassword(deps, staff, request.body.password);
      return await answerOnce(deps, withoutSecrets(request), totpAnswer, (client) =>
        beginTotp(deps, client, staff, deps.business.name),
      );
    },
  );
}

function confirmRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/me/totp/confirm',
    {
      config,
      schema: {
        tags,
        summary: 'Turn the second factor on with a code of the app',
        description: 'Every other session of oneself ends: it was begun without the second factor.',
        body: totpCodeFields,
        response: { 200: meAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id, sessionId } = signedIn(request);
      const attempt = await takeAttempt(deps, [{ kind: 'device', value: `totp ${id}` }]);
      const me = await answerOnce(deps, withoutSecrets(request), meAnswer, async (client) => {
        const now = deps.clock.now();
        await confirmTotp(deps, client, { id, code: request.body.code, now });
        await endSessions(client, now, { staffId: id, except: sessionId });
        return await readMe(client, id);
      });
      deps.watch.ring();
      await attempt.forgive();
      return me;
    },
  );
}

function offRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/me/totp/off',
    {
      config,
      schema: {
        tags,
        summary: 'Turn the second factor off',
        body: ownPasswordFields,
        response: { 200: meAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const staff = signedIn(request);
      await requireOwnPassword(deps, staff, request.body.password);
      return await answerOnce(deps, withoutSecrets(request), meAnswer, async (client) => {
        await removeTotp(client, staff.id);
        return await readMe(client, staff.id);
      });
    },
  );
}
