// REST: the endpoints of other systems that hear of what happens here.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { toPage } from '../http/page.ts';
import { readDeliveries, readEndpoints, requireEndpoint } from './read-endpoints.ts';
import { replayDeliveries, sendTestEvent } from './replay-deliveries.ts';
import {
  addEndpoint,
  type EndpointDeps,
  enableEndpoint,
  removeEndpoint,
  rotateEndpointSecret,
  type SavedEndpoint,
} from './save-endpoint.ts';
import {
  deliveryPage,
  deliveryQuery,
  endpointAnswer,
  endpointFields,
  endpointList,
  endpointParams,
  endpointWithSecret,
  replayAnswer,
  replayFields,
  testAnswer,
} from './webhook-schema.ts';

export type WebhookRouteDeps = EndpointDeps & {
  db: Database;
  timeZone: string;
  /** There may be something to deliver. */
  onWebhooksQueued: () => void;
};

const tags = ['webhooks'];
const removed = z.object({ deleted: z.literal(true) });

export function webhookRoutes(deps: WebhookRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    addRoute(app, deps);
    listRoute(app, deps);
    removeRoute(app, deps);
    rotateRoute(app, deps);
    enableRoute(app, deps);
    deliveriesRoute(app, deps);
    replayRoute(app, deps);
    testRoute(app, deps);
  };
}

function addRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.post(
    '/webhooks',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'Tell another system what happens',
        description:
          'Signed by the document of Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). Anything but a 2xx within 15 s is tried again, ten times over about three days; the same id may arrive twice, the order is not promised. 410 switches the endpoint off, five days without success too.',
        headers: onceHeaders,
        body: endpointFields,
        response: { 200: endpointWithSecret, ...errorAnswers },
      },
    },
    async (request) => {
      let saved: SavedEndpoint | undefined;
      const endpoint = await answerOnce(deps, request, endpointAnswer, async (client) => {
        saved = await addEndpoint(deps, client, request.body);
        return saved.endpoint;
      });
      // Not part of the remembered answer: a repeat would find it in clear in the database.
      return { ...endpoint, secret: saved?.secret ?? null };
    },
  );
}

function listRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.get(
    '/webhooks',
    {
      config: { scope: 'webhooks' },
      schema: { tags, summary: 'The endpoints and how they do', response: { 200: endpointList, ...errorAnswers } },
    },
    async () => ({ items: await readEndpoints(deps.db.pool, null) }),
  );
}

function removeRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.delete(
    '/webhooks/:id',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'Remove an endpoint with its deliveries',
        params: endpointParams,
        headers: onceHeaders,
        response: { 200: removed, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, removed, async (client) => {
        await removeEndpoint(client, request.params.id);
        return { deleted: true as const };
      }),
  );
}

function rotateRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.post(
    '/webhooks/:id/rotate',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'A new secret',
        description: 'For 24 hours both the new and the old one sign, so that the receiver can change over.',
        params: endpointParams,
        headers: onceHeaders,
        response: { 200: endpointWithSecret, ...errorAnswers },
      },
    },
    async (request) => {
      let saved: SavedEndpoint | undefined;
      const endpoint = await answerOnce(deps, request, endpointAnswer, async (client) => {
        saved = await rotateEndpointSecret(deps, client, request.params.id);
        return saved.endpoint;
      });
      return { ...endpoint, secret: saved?.secret ?? null };
    },
  );
}

function enableRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.post(
    '/webhooks/:id/enable',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'Switch an endpoint on again',
        description: 'What waited while it was off is delivered.',
        params: endpointParams,
        headers: onceHeaders,
        response: { 200: endpointAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const answer = await answerOnce(deps, request, endpointAnswer, (client) => enableEndpoint(client, id));
      deps.onWebhooksQueued();
      return answer;
    },
  );
}

function deliveriesRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.get(
    '/webhooks/:id/deliveries',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'What was sent to an endpoint, and how it answered, newest first',
        params: endpointParams,
        querystring: deliveryQuery,
        response: { 200: deliveryPage, ...errorAnswers },
      },
    },
    async (request) => {
      await requireEndpoint(deps.db.pool, request.params.id);
      return toPage(await readDeliveries(deps.db.pool, request.params.id, request.query), request.query.limit);
    },
  );
}

function replayRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.post(
    '/webhooks/:id/replay',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'Send again what a receiver lost',
        params: endpointParams,
        headers: onceHeaders,
        body: replayFields,
        response: { 200: replayAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const answer = await answerOnce(deps, request, replayAnswer, async (client) => {
        await requireEndpoint(client, id);
        return { deliveries: await replayDeliveries(deps, client, id, request.body) };
      });
      deps.onWebhooksQueued();
      return answer;
    },
  );
}

function testRoute(app: ApiScope, deps: WebhookRouteDeps): void {
  app.post(
    '/webhooks/:id/test',
    {
      config: { scope: 'webhooks' },
      schema: {
        tags,
        summary: 'Send a test event (webhook.test) to this endpoint',
        params: endpointParams,
        headers: onceHeaders,
        response: { 200: testAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const answer = await answerOnce(deps, request, testAnswer, async (client) => {
        await requireEndpoint(client, id);
        return await sendTestEvent(deps, client, id);
      });
      deps.onWebhooksQueued();
      return answer;
    },
  );
}
