// REST: the way back in for who forgot their password, when there is a mail server.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { HttpError } from '../errors.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { AuthDeps } from './auth-deps.ts';
import { mailForgotten } from './forgotten-password.ts';
import { countsOf, takeAttempt } from './limit-sign-in.ts';
import { doneAnswer, forgottenFields } from './session-schema.ts';

export function forgottenRoutes(deps: AuthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    const underWay = new Set<Promise<unknown>>();
    app.addHook('onClose', async () => {
      await Promise.all(underWay);
    });
    app.post(
      '/forgotten-password',
      {
        config: { scope: 'anyone' },
        schema: {
          tags: ['staff'],
          security: [],
          summary: 'A link by e-mail for who forgot their password',
          description:
            'One use, ten minutes. The answer is the same whether somebody has this e-mail. 409 mail_off without a mail server; 429 too_many_attempts.',
          body: forgottenFields,
          response: { 200: doneAnswer, ...errorAnswers },
        },
      },
      async (request) => {
        if (deps.mailLink === null) {
          throw new HttpError(409, 'mail_off', 'There is no mail server here; ask an admin for a reset link.');
        }
        const { email } = request.body;
        // Never forgiven: each letter counts, and none of them counts against signing in.
        await takeAttempt(deps, countsOf(`forgotten ${email}`, request.ip, null));
        const work = mailForgotten(deps, email)
          .catch((error: unknown) => request.log.warn({ err: error }, 'a link could not be made'))
          .finally(() => underWay.delete(work));
        underWay.add(work);
        return { ok: true } as const;
      },
    );
  };
}
