// REST: what the business' own systems report about customers: usage and orders.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { reportAnswer } from '../http/batch-schema.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { orderAnswer, orderFields } from './order-schema.ts';
import { type RecordOrderDeps, recordOrder } from './record-order.ts';
import { recordUsage } from './record-usage.ts';
import { MAX_USAGE_ITEMS, usageBatch } from './usage-schema.ts';

export type RecordRouteDeps = RecordOrderDeps & { db: Database };

export function recordRoutes(deps: RecordRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    usageRoute(app, deps);
    orderRoute(app, deps);
  };
}

function usageRoute(app: ApiScope, deps: RecordRouteDeps): void {
  app.post(
    '/usage',
    {
      config: { scope: 'records:write' },
      schema: {
        tags: ['records'],
        summary: 'Report usage in a batch',
        description: `Up to ${MAX_USAGE_ITEMS} items. Good items are kept even when others are wrong; look at \`results\`.`,
        headers: onceHeaders,
        body: usageBatch,
        response: { 200: reportAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, reportAnswer, (client) => recordUsage(deps, client, request.body)),
  );
}

function orderRoute(app: ApiScope, deps: RecordRouteDeps): void {
  app.post(
    '/orders',
    {
      config: { scope: 'records:write' },
      schema: {
        tags: ['records'],
        summary: 'Report an order or a refund',
        description:
          'Idempotent by id: the same order again does nothing, changed amount, time, code or items replace the old ones. An offer code that was sent to this customer counts as their yes.',
        headers: onceHeaders,
        body: orderFields,
        response: { 200: orderAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, orderAnswer, (client) => recordOrder(deps, client, request.body)),
  );
}
