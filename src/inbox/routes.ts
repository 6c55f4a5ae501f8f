// REST: conversations. What staff do becomes an event; the answer comes after the event was worked.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { conversationAnswer, conversationList, conversationParams, conversationQuery } from './conversation-schema.ts';
import { unknownConversation } from './lock-conversation.ts';
import { type ReadConversationDeps, readConversation, readConversationsOf } from './read-conversations.ts';

export type ConversationRouteDeps = ReadConversationDeps & { db: Database };

export function conversationRoutes(deps: ConversationRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    listRoute(app, deps);
    getRoute(app, deps);
  };
}

function listRoute(app: ApiScope, deps: ConversationRouteDeps): void {
  app.get(
    '/conversations',
    {
      config: { scope: 'conversations:read' },
      schema: {
        tags: ['conversations'],
        summary: 'The conversations of a customer, one per channel identity',
        querystring: conversationQuery,
        response: { 200: conversationList, ...errorAnswers },
      },
    },
    async (request) => {
      const { customer } = request.query;
      const items = await readConversationsOf(deps, customer, viewerOf(request));
      if (items) return { items };
      throw new HttpError(404, 'unknown_customer', `There is no customer "${customer}".`);
    },
  );
}

function getRoute(app: ApiScope, deps: ConversationRouteDeps): void {
  app.get(
    '/conversations/:id',
    {
      config: { scope: 'conversations:read' },
      schema: {
        tags: ['conversations'],
        summary: 'One conversation',
        params: conversationParams,
        response: { 200: conversationAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const conversation = await readConversation(deps, request.params.id);
      if (!conversation) throw unknownConversation(request.params.id);
      return conversation;
    },
  );
}
