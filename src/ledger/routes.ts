// REST: the ledger of one customer.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { byIdParams, customerParams } from '../http/request-fields.ts';
import { readTouchpoints, readTouchpointsOf } from './read-touchpoints.ts';
import { touchpointPage, touchpointQuery } from './touchpoint-schema.ts';

export function ledgerRoutes({ db }: { db: Database }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/customers/:externalId/touchpoints',
      {
        config: { scope: 'records:read' },
        schema: {
          tags: ['ledger'],
          summary: 'What happened with a customer, newest first',
          description: 'Also what was decided against, with its reason. Later pages with `cursor`.',
          params: customerParams,
          querystring: touchpointQuery,
          response: { 200: touchpointPage, ...errorAnswers },
        },
      },
      async (request) => {
        const { externalId } = request.params;
        const page = await readTouchpoints(db.pool, externalId, request.query);
        if (page) return page;
        throw new HttpError(404, 'unknown_customer', `There is no customer "${externalId}".`);
      },
    );
    app.get(
      '/customers/by-id/:id/touchpoints',
      {
        config: { scope: 'records:read' },
        schema: {
          tags: ['ledger'],
          summary: 'The same by our own id, also of whoever only ever chatted',
          params: byIdParams,
          querystring: touchpointQuery,
          response: { 200: touchpointPage, ...errorAnswers },
        },
      },
      async (request) => await readTouchpointsOf(db.pool, request.params.id, request.query),
    );
  };
}
