// REST: requests with the law's deadlines, and what time would take.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import { requireCustomerId } from '../customers/read-customer.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { readMoment } from '../http/read-moment.ts';
import { byIdPrivacyRoutes } from './by-id-routes.ts';
import { countPeople, warningFor } from './count-people.ts';
import { customerPrivacyRoutes } from './customer-routes.ts';
import { eraseForRequest } from './erase-on-request.ts';
import { incidentRoutes } from './incident-routes.ts';
import type { PrivacyRouteDeps } from './privacy-deps.ts';
import {
  closeFields,
  erasureReceipt,
  type RequestFields,
  requestAnswer,
  requestFields,
  requestList,
  requestParams,
  requestQuery,
  retentionPreview,
} from './privacy-schema.ts';
import { moveRequest, openRequest, readRequest, readRequests } from './requests.ts';
import { previewRetention } from './retention.ts';

export function privacyRoutes(deps: PrivacyRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(customerPrivacyRoutes(deps));
    await app.register(byIdPrivacyRoutes(deps));
    await app.register(incidentRoutes(deps));
    listRoutes(app, deps);
    moveRoutes(app, deps);
    eraseRoute(app, deps);
    app.get(
      '/privacy/retention',
      {
        config: { scope: 'privacy' },
        schema: {
          tags: ['privacy'],
          summary: 'How long each class of data is kept, why, and what the next round would take',
          response: { 200: retentionPreview, ...errorAnswers },
        },
      },
      async () => await previewRetention(deps.db.pool, deps.retention, deps.clock.now()),
    );
  };
}

function listRoutes(app: ApiScope, deps: PrivacyRouteDeps): void {
  app.get(
    '/privacy/requests',
    {
      config: { scope: 'privacy' },
      schema: {
        tags: ['privacy'],
        summary: 'Requests of customers and breaches, the most urgent first',
        querystring: requestQuery,
        response: { 200: requestList, ...errorAnswers },
      },
    },
    async (request) => {
      const count = await countPeople(deps.db.pool);
      const items = await readRequests(deps, deps.db.pool, request.query.which);
      return { items, customers: { count, warning: warningFor(count, deps.peopleWarnings) } };
    },
  );
  app.post(
    '/privacy/requests',
    {
      config: { scope: 'privacy' },
      schema: {
        tags: ['privacy'],
        summary: 'Note a request of a customer, or a breach',
        headers: onceHeaders,
        body: requestFields,
        response: { 200: requestAnswer, ...errorAnswers },
      },
    },
    async (request) => await answerOnce(deps, request, requestAnswer, (client) => open(deps, client, request.body)),
  );
}

async function open(deps: PrivacyRouteDeps, client: pg.ClientBase, fields: RequestFields) {
  const { kind, customer, source, detail, receivedAt } = fields;
  const id = await openRequest(deps, client, {
    kind,
    source,
    detail: detail ?? null,
    customerId: customer ? await requireCustomerId(client, customer) : null,
    receivedAt: receivedAt === undefined ? deps.clock.now() : readMoment(receivedAt, deps.timeZone),
  });
  return await readRequest(deps, client, id);
}

function moveRoutes(app: ApiScope, deps: PrivacyRouteDeps): void {
  const schema = {
    tags: ['privacy'],
    params: requestParams,
    headers: onceHeaders,
    response: { 200: requestAnswer, ...errorAnswers },
  };
  for (const [path, step, summary] of [
    ['answer', 'answer', 'The first answer was given'],
    ['extend', 'extend', 'Use the one extension that the law knows'],
  ] as const) {
    app.post(
      `/privacy/requests/:id/${path}`,
      { config: { scope: 'privacy' }, schema: { ...schema, summary } },
      async (request) =>
        await answerOnce(deps, request, requestAnswer, async (client) => {
          await moveRequest(deps, client, request.params.id, { do: step });
          return await readRequest(deps, client, request.params.id);
        }),
    );
  }
  app.post(
    '/privacy/requests/:id/done',
    {
      config: { scope: 'privacy' },
      schema: { ...schema, summary: 'It was done, or refused with a reason', body: closeFields },
    },
    async (request) =>
      await answerOnce(deps, request, requestAnswer, async (client) => {
        await moveRequest(deps, client, request.params.id, { do: 'close', ...request.body });
        return await readRequest(deps, client, request.params.id);
      }),
  );
}

function eraseRoute(app: ApiScope, deps: PrivacyRouteDeps): void {
  app.post(
    '/privacy/requests/:id/erase',
    {
      config: { scope: 'privacy' },
      schema: {
        tags: ['privacy'],
        summary: 'Erase whom the request is about, also when they have no id of yours',
        params: requestParams,
        headers: onceHeaders,
        response: { 200: erasureReceipt, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, erasureReceipt, (client) =>
        eraseForRequest(deps, client, { requestId: request.params.id, actor: request.actor }),
      ),
  );
}
