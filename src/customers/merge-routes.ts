// REST: merging two customers, and parting them again.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { customerParams } from '../http/request-fields.ts';
import { type JoinDeps, joinCustomers, listMerges, undoMerge } from './join-customers.ts';
import { mergeAnswer, mergeFields, mergeList, undoAnswer } from './merge-schema.ts';
import { unknownCustomer } from './routes.ts';

export type MergeRouteDeps = JoinDeps & { db: Database };

export function mergeRoutes(deps: MergeRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    mergeRoute(app, deps);
    listRoute(app, deps);
    undoRoute(app, deps);
  };
}

function mergeRoute(app: ApiScope, deps: MergeRouteDeps): void {
  app.post(
    '/customers/:externalId/merges',
    {
      config: { scope: 'records:write' },
      schema: {
        tags: ['customers'],
        summary: 'Two customers are one person',
        description:
          'Everything of the other moves to the one in the address, only empty fields are filled, and the other id is gone. Can be undone.',
        params: customerParams,
        headers: onceHeaders,
        body: mergeFields,
        response: { 200: mergeAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, mergeAnswer, (client) =>
        joinCustomers(deps, client, { externalId: request.params.externalId }, request.body, request.actor),
      ),
  );
}

function listRoute(app: ApiScope, deps: MergeRouteDeps): void {
  app.get(
    '/customers/:externalId/merges',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['customers'],
        summary: 'Merges that this customer came out of, newest first',
        params: customerParams,
        response: { 200: mergeList, ...errorAnswers },
      },
    },
    async (request) => {
      const items = await listMerges(deps.db.pool, request.params.externalId);
      if (items) return { items };
      throw unknownCustomer(request.params.externalId);
    },
  );
}

function undoRoute(app: ApiScope, deps: MergeRouteDeps): void {
  app.post(
    '/merges/:id/undo',
    {
      config: { scope: 'records:write' },
      schema: {
        tags: ['customers'],
        summary: 'They were two people after all',
        description:
          'The other comes back with the rows that had moved, unless those belong to somebody else by now; what was added since stays.',
        params: z.object({ id: z.uuid() }),
        headers: onceHeaders,
        response: { 200: undoAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, undoAnswer, (client) =>
        undoMerge(deps, client, request.params.id, request.actor),
      ),
  );
}
