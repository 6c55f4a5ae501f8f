// REST: the rights of one customer by our own id, also of whoever only ever chatted: a copy, erasure, requests.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { unknownCustomer } from '../customers/routes.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { byIdParams } from '../http/request-fields.ts';
import { sendExport } from './customer-routes.ts';
import { eraseCustomer } from './erase-customer.ts';
import type { PrivacyRouteDeps } from './privacy-deps.ts';
import {
  customerRequestFields,
  customerRequests,
  erasureReceipt,
  exportDocument,
  requestAnswer,
} from './privacy-schema.ts';
import { openRequest, readRequest, readRequestsOf } from './requests.ts';

const config = { scope: 'privacy' } as const;
const tags = ['privacy'];

export function byIdPrivacyRoutes(deps: PrivacyRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/customers/by-id/:id/export',
      {
        config,
        schema: {
          tags,
          summary: 'Everything about one customer, as one JSON document',
          params: byIdParams,
          response: { 200: exportDocument, ...errorAnswers },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { rowCount } = await deps.db.pool.query('SELECT 1 FROM customers WHERE id = $1', [id]);
        if (rowCount === 0) throw unknownCustomer(id);
        return await sendExport(deps, request, reply, id);
      },
    );
    eraseRoute(app, deps);
    requestRoutes(app, deps);
  };
}

function eraseRoute(app: ApiScope, deps: PrivacyRouteDeps): void {
  const response = { 200: erasureReceipt, ...errorAnswers };
  const schema = {
    tags,
    summary: 'Erase a customer, at once and for good',
    params: byIdParams,
    headers: onceHeaders,
    response,
  };
  app.delete('/customers/by-id/:id', { config, schema }, async (request) => {
    // The audit of this call must not name whom it erased.
    const { method, url, headers, actor, routeOptions } = request;
    const nameless = { method, url, headers, actor, routeOptions, body: undefined, params: {} };
    return await answerOnce(deps, nameless, erasureReceipt, async (client) => {
      const { id: customerId } = request.params;
      const receipt = await eraseCustomer(deps, client, { customerId, actor, reason: 'api' });
      if (!receipt) throw unknownCustomer(customerId);
      return receipt;
    });
  });
}

function requestRoutes(app: ApiScope, deps: PrivacyRouteDeps): void {
  const path = '/customers/by-id/:id/requests';
  const asked = { tags, summary: 'What this customer asked for, with the deadlines of the law', params: byIdParams };
  app.get(
    path,
    { config, schema: { ...asked, response: { 200: customerRequests, ...errorAnswers } } },
    async (request) => ({
      items: await readRequestsOf(deps, deps.db.pool, request.params.id),
    }),
  );
  const body = customerRequestFields;
  const noted = { tags, summary: 'Note a request of this customer', params: byIdParams, headers: onceHeaders, body };
  app.post(path, { config, schema: { ...noted, response: { 200: requestAnswer, ...errorAnswers } } }, async (request) =>
    answerOnce(deps, request, requestAnswer, async (client) => {
      const { kind, source, detail } = request.body;
      const { id: customerId } = request.params;
      const { rowCount } = await client.query('SELECT 1 FROM customers WHERE id = $1 FOR KEY SHARE', [customerId]);
      if (rowCount === 0) throw unknownCustomer(customerId);
      const receivedAt = deps.clock.now();
      const id = await openRequest(deps, client, { kind, source, detail: detail ?? null, customerId, receivedAt });
      return await readRequest(deps, client, id);
    }),
  );
}
