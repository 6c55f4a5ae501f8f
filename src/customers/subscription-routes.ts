// REST: subscriptions.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { customerParams } from '../http/request-fields.ts';
import { answerOfSubscription, findSubscription } from './read-subscription.ts';
import { readSubscriptionChanges, subscriptionChanges } from './read-subscription-changes.ts';
import { type SaveSubscriptionDeps, saveSubscription } from './save-subscription.ts';
import { subscriptionAnswer, subscriptionFields } from './subscription-schema.ts';

export type SubscriptionRouteDeps = SaveSubscriptionDeps & { db: Database };

export function subscriptionRoutes(deps: SubscriptionRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    putSubscriptionRoute(app, deps);
    getSubscriptionRoute(app, deps);
    changesRoute(app, deps);
  };
}

function putSubscriptionRoute(app: ApiScope, deps: SubscriptionRouteDeps): void {
  app.put(
    '/subscriptions/:externalId',
    {
      config: { scope: 'records:write' },
      schema: {
        tags: ['records'],
        summary: 'Create or change a subscription',
        description:
          'When a date or the status changes, what was planned by it (reminders, offers) moves or is cancelled.',
        params: customerParams,
        headers: onceHeaders,
        body: subscriptionFields,
        response: { 200: subscriptionAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, subscriptionAnswer, (client) =>
        saveSubscription(deps, client, request.params.externalId, request.body),
      ),
  );
}

function getSubscriptionRoute(app: ApiScope, deps: SubscriptionRouteDeps): void {
  app.get(
    '/subscriptions/:externalId',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['records'],
        summary: 'One subscription',
        params: customerParams,
        response: { 200: subscriptionAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { externalId } = request.params;
      const stored = await findSubscription(deps.db.pool, externalId);
      if (stored) return answerOfSubscription(stored);
      throw unknownSubscription(externalId);
    },
  );
}

function changesRoute(app: ApiScope, deps: SubscriptionRouteDeps): void {
  app.get(
    '/subscriptions/:externalId/changes',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['records'],
        summary: 'What the changes of a subscription meant, newest first',
        description: 'Begun, renewed, a bigger or smaller plan, paused, ended: what renewal rates are counted from.',
        params: customerParams,
        response: { 200: subscriptionChanges, ...errorAnswers },
      },
    },
    async (request) => {
      const { externalId } = request.params;
      const changes = await readSubscriptionChanges(deps.db.pool, externalId);
      if (changes) return changes;
      throw unknownSubscription(externalId);
    },
  );
}

export function unknownSubscription(externalId: string): HttpError {
  return new HttpError(404, 'unknown_subscription', `There is no subscription "${externalId}".`);
}
