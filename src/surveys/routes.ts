// REST: what customers answered.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type Clock, DAY_MS } from '../clock.ts';
import type { Database } from '../database.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { readMoment } from '../http/read-moment.ts';
import { listAnswers } from './list-answers.ts';
import { readResults } from './read-results.ts';
import { answerPage, answerQuery, resultList, resultQuery } from './survey-schema.ts';

export type SurveyRouteDeps = { db: Database; clock: Clock; timeZone: string };

const USUAL_PERIOD_MS = 30 * DAY_MS;

export function surveyRoutes({ db, clock, timeZone }: SurveyRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    const config = { scope: 'records:read' } as const;
    app.get(
      '/surveys/results',
      {
        config,
        schema: {
          tags: ['surveys'],
          summary: 'CSAT, NPS and CES of a period',
          description:
            'Each with its definition, how many were asked, how sure it is, and how many low ones were won back.',
          querystring: resultQuery,
          response: { 200: resultList, ...errorAnswers },
        },
      },
      async ({ query }) => {
        const to = query.to === undefined ? clock.now() : readMoment(query.to, timeZone);
        const from =
          query.from === undefined ? new Date(to.getTime() - USUAL_PERIOD_MS) : readMoment(query.from, timeZone);
        const items = await readResults(db.pool, { from, to, metric: query.metric });
        return { from: from.toISOString(), to: to.toISOString(), items };
      },
    );
    app.get(
      '/surveys/answers',
      {
        config,
        schema: {
          tags: ['surveys'],
          summary: 'The answers behind the numbers, newest first',
          querystring: answerQuery,
          response: { 200: answerPage, ...errorAnswers },
        },
      },
      async (request) => await listAnswers(db.pool, timeZone, request.query, viewerOf(request)),
    );
  };
}
