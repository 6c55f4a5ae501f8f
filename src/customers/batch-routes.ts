// REST: many records at once, and events of the business' own systems.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { BATCH_BODY_LIMIT, batchAnswer, batchBody, MAX_BATCH_ITEMS, reportAnswer } from '../http/batch-schema.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { idField } from '../http/request-fields.ts';
import { runBatch } from '../http/run-batch.ts';
import { customerFields } from './customer-schema.ts';
import { orderFields } from './order-schema.ts';
import { recordOrder } from './record-order.ts';
import type { RecordRouteDeps } from './record-routes.ts';
import { reportEvents } from './report-events.ts';
import { eventBatch } from './report-schema.ts';
import type { CustomerRouteDeps } from './routes.ts';
import { writeCustomer } from './save-customer.ts';
import { writeSubscription } from './save-subscription.ts';
import type { SubscriptionRouteDeps } from './subscription-routes.ts';
import { subscriptionFields } from './subscription-schema.ts';

export type BatchRouteDeps = CustomerRouteDeps & SubscriptionRouteDeps & RecordRouteDeps;

export const customerItem = customerFields.extend({ externalId: idField });
export const subscriptionItem = subscriptionFields.extend({ externalId: idField });

const config = { scope: 'records:write' } as const;
const description = `Up to ${MAX_BATCH_ITEMS} items. Good items are kept even when others are wrong; look at \`results\`.`;
const once = { description, headers: onceHeaders };
const response = { 200: batchAnswer, ...errorAnswers };

export function batchRoutes(deps: BatchRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    customersRoute(app, deps);
    subscriptionsRoute(app, deps);
    ordersRoute(app, deps);
    eventsRoute(app, deps);
  };
}

function customersRoute(app: ApiScope, deps: BatchRouteDeps): void {
  const body = batchBody(customerItem);
  app.post(
    '/customers/batch',
    {
      config,
      bodyLimit: BATCH_BODY_LIMIT,
      schema: { tags: ['customers'], summary: 'Create or change many customers', ...once, body, response },
    },
    async (request) =>
      await answerOnce(deps, request, batchAnswer, (client) =>
        runBatch(client, request.body, {
          item: customerItem,
          nameOf: (item) => item.externalId,
          save: ({ externalId, ...fields }) => writeCustomer(deps, client, externalId, fields),
        }),
      ),
  );
}

function subscriptionsRoute(app: ApiScope, deps: BatchRouteDeps): void {
  const body = batchBody(subscriptionItem);
  app.post(
    '/subscriptions/batch',
    {
      config,
      bodyLimit: BATCH_BODY_LIMIT,
      schema: { tags: ['records'], summary: 'Create or change many subscriptions', ...once, body, response },
    },
    async (request) =>
      await answerOnce(deps, request, batchAnswer, (client) =>
        runBatch(client, request.body, {
          item: subscriptionItem,
          nameOf: (item) => item.externalId,
          save: ({ externalId, ...fields }) => writeSubscription(deps, client, externalId, fields),
        }),
      ),
  );
}

function ordersRoute(app: ApiScope, deps: BatchRouteDeps): void {
  const body = batchBody(orderFields);
  app.post(
    '/orders/batch',
    {
      config,
      bodyLimit: BATCH_BODY_LIMIT,
      schema: { tags: ['records'], summary: 'Report many orders and refunds', ...once, body, response },
    },
    async (request) =>
      await answerOnce(deps, request, batchAnswer, (client) =>
        runBatch(client, request.body, {
          item: orderFields,
          // Orders before the refunds that pay them back.
          nameOf: (item) => `${item.kind} ${item.id}`,
          save: async (item) => {
            const { result } = await recordOrder(deps, client, item);
            return result === 'recorded' ? 'created' : result;
          },
        }),
      ),
  );
}

function eventsRoute(app: ApiScope, deps: BatchRouteDeps): void {
  app.post(
    '/events',
    {
      config,
      bodyLimit: BATCH_BODY_LIMIT,
      schema: {
        tags: ['records'],
        summary: 'Report what happened in your own systems',
        description: `Journeys may begin with it (\`event_reported\`). ${description}`,
        headers: onceHeaders,
        body: eventBatch,
        response: { 200: reportAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, reportAnswer, (client) => reportEvents(deps, client, request.body)),
  );
}
