// REST: what an invitation or a reset link opens. Whoever holds it chooses a password, once.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { withoutSecrets } from './once-secretly.ts';
import { writeDeviceCookie } from './session-cookie.ts';
import { prepareHash, setPassword } from './set-password.ts';
import { readLink, spendLink } from './staff-links.ts';
import { acceptFields, linkParams, openLinkAnswer } from './staff-schema.ts';

const config = { scope: 'anyone' } as const;
const schema = {
  tags: ['staff'],
  security: [],
  params: linkParams,
  response: { 200: openLinkAnswer, ...errorAnswers },
};

export function linkRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    openRoute(app, deps);
    acceptRoute(app, deps);
  };
}

function openRoute(app: ApiScope, deps: AuthDeps): void {
  app.get(
    '/links/:token',
    { config, schema: { ...schema, summary: 'Whom an invitation or reset link is for; does not use it' } },
    async (request) => await readLink(deps.db.pool, deps.clock.now(), request.params.token),
  );
}

function acceptRoute(app: ApiScope, deps: AuthDeps): void {
  app.post(
    '/links/:token',
    {
      config,
      schema: {
        ...schema,
        summary: 'Choose a password with an invitation or reset link',
        description: 'Uses the link and ends all sessions; then sign in. 410 link_dead, 400 weak_password.',
        body: acceptFields,
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const now = deps.clock.now();
      const owner = await readLink(deps.db.pool, now, token);
      const hash = await prepareHash(deps, request.body.password, owner);
      let staffId = '';
      const answer = await answerOnce(
        deps,
        withoutSecrets(request, `staff:${owner.email}`),
        openLinkAnswer,
        async (client) => {
          staffId = await spendLink(client, now, token);
          await setPassword(deps, client, staffId, hash);
          return owner;
        },
      );
      deps.watch.ring();
      writeDeviceCookie(deps, reply, staffId, now);
      return answer;
    },
  );
}
