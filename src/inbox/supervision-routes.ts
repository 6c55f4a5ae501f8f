// REST: what a supervisor looks at, and what calls one person: a conversation given to them, a note that names them.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { alertAnswer, alertQuery } from './alert-schema.ts';
import { readAlerts } from './read-alerts.ts';
import { readSupervised, readSupervision, type SupervisionDeps } from './read-supervision.ts';
import { requireStaff } from './staff-actor.ts';
import { supervisedList, supervisedQuery, supervision } from './supervision-schema.ts';

const tags = ['inbox'];
/** What colleagues do is read by whoever may read the audit. */
const config = { scope: 'audit:read' } as const;

export function supervisionRoutes(deps: SupervisionDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/inbox/supervision',
      {
        config,
        schema: {
          tags,
          summary: 'Who is there with how much, what waits longest, how today went',
          response: { 200: supervision, ...errorAnswers },
        },
      },
      () => readSupervision(deps),
    );
    app.get(
      '/inbox/supervision/conversations',
      {
        config,
        schema: {
          tags,
          summary: 'The conversations behind one of the numbers',
          querystring: supervisedQuery,
          response: { 200: supervisedList, ...errorAnswers },
        },
      },
      ({ query: { of, staff = null, team = null } }) => readSupervised(deps, { of, staff, team }),
    );
    app.get(
      '/inbox/alerts',
      {
        config: { scope: 'self' },
        schema: {
          tags,
          summary: 'What called for you since: conversations given to you, notes that name you',
          description: 'The same line may come twice; without `after` only the place from where to ask.',
          querystring: alertQuery,
          response: { 200: alertAnswer, ...errorAnswers },
        },
      },
      (request) => {
        requireStaff(request);
        return readAlerts(deps.db.pool, viewerOf(request), request.query.after ?? null);
      },
    );
  };
}
