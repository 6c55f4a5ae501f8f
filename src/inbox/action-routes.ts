// REST: what staff do with a conversation. The answer comes after the event was worked, where that is possible.

import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { idField, textField } from '../http/request-fields.ts';
import {
  agentMessageAnswer,
  agentMessageFields,
  type ConversationAnswer,
  conversationAnswer,
  conversationParams,
  handBackFields,
  resolveFields,
  startFlowAnswer,
  startFlowFields,
  takeOverFields,
} from './conversation-schema.ts';
import { unknownConversation } from './lock-conversation.ts';
import { type MoveDeps, moveConversation, type StaffMove } from './move-conversation.ts';
import { type AgentMessageDeps, queueAgentMessage } from './queue-agent-message.ts';
import { type ReadConversationDeps, readConversation } from './read-conversations.ts';
import { startFlow } from './start-flow.ts';

export type ActionRouteDeps = ReadConversationDeps &
  MoveDeps &
  AgentMessageDeps & {
    /** Rings the worker. */
    onEventsPushed: () => void;
    /** Resolves when what waits was worked, as far as that is possible now. */
    processNow: () => Promise<void>;
    /** Rings the outbox. */
    onMessagesQueued: () => void;
  };

const REPEATS = 'A repeat with the same Idempotency-Key moves nothing and answers the conversation as it is then.';
const moveSchema = { tags: ['conversations'], params: conversationParams, headers: onceHeaders };
const moveAnswers = { 200: conversationAnswer, ...errorAnswers };
const movedSchema = z.object({ conversationId: z.string() });

export function actionRoutes(deps: ActionRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    takeOverRoute(app, deps);
    handBackRoute(app, deps);
    resolveRoute(app, deps);
    messageRoute(app, deps);
    startFlowRoute(app, deps);
  };
}

function takeOverRoute(app: ApiScope, deps: ActionRouteDeps): void {
  app.post(
    '/conversations/:id/take-over',
    {
      config: { scope: 'conversations:write' },
      schema: {
        ...moveSchema,
        summary: 'A member of staff takes the conversation; the bot is silent',
        description: `What the bot had queued is not sent. ${REPEATS}`,
        body: takeOverFields,
        response: moveAnswers,
      },
    },
    async (request) => {
      const { owner, force } = request.body;
      return await move(deps, request, { kind: 'take_over', owner }, force);
    },
  );
}

function handBackRoute(app: ApiScope, deps: ActionRouteDeps): void {
  app.post(
    '/conversations/:id/hand-back',
    {
      config: { scope: 'conversations:write' },
      schema: {
        ...moveSchema,
        summary: 'Back to the bot',
        description: `What the customer wrote meanwhile is not played to the flow. ${REPEATS}`,
        body: handBackFields,
        response: moveAnswers,
      },
    },
    async (request) => await move(deps, request, { kind: 'hand_back', ...request.body }),
  );
}

function resolveRoute(app: ApiScope, deps: ActionRouteDeps): void {
  app.post(
    '/conversations/:id/resolve',
    {
      config: { scope: 'conversations:write' },
      schema: {
        ...moveSchema,
        summary: 'Done; the next message of the customer begins anew with the bot',
        description: REPEATS,
        body: resolveFields,
        response: moveAnswers,
      },
    },
    async (request) => await move(deps, request, { kind: 'resolve', by: request.body.by }),
  );
}

function messageRoute(app: ApiScope, deps: ActionRouteDeps): void {
  app.post(
    '/conversations/:id/messages',
    {
      config: { scope: 'conversations:write' },
      schema: {
        ...moveSchema,
        summary: 'Send what a member of staff typed',
        description:
          'Only in a conversation that was taken over (409 not_taken_over) and within the window (409 window_closed).',
        body: agentMessageFields,
        response: { 200: agentMessageAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const queued = await answerOnce(deps, request, agentMessageAnswer, (client) =>
        queueAgentMessage(deps, client, request.params.id, request.body),
      );
      deps.onMessagesQueued();
      return queued;
    },
  );
}

function startFlowRoute(app: ApiScope, deps: ActionRouteDeps): void {
  app.post(
    '/customers/:externalId/flows/:flow',
    {
      config: { scope: 'conversations:write' },
      schema: {
        tags: ['conversations'],
        summary: 'Begin a flow for a customer',
        description:
          'On the channel where they were active last. Opt-out, quiet hours and a conversation under way are respected.',
        params: z.object({ externalId: idField, flow: textField(100) }),
        headers: onceHeaders,
        body: startFlowFields,
        response: { 200: startFlowAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { externalId, flow } = request.params;
      const started = await answerOnce(deps, request, startFlowAnswer, (client) =>
        startFlow(deps, client, externalId, { flow, ...request.body }),
      );
      deps.onEventsPushed();
      return started;
    },
  );
}

type MoveRequest = Pick<FastifyRequest, 'method' | 'url' | 'body' | 'log' | 'actor' | 'routeOptions'> & {
  params: { id: string };
  headers: z.infer<typeof onceHeaders>;
};

async function move(
  deps: ActionRouteDeps,
  request: MoveRequest,
  staffMove: StaffMove,
  force = false,
): Promise<ConversationAnswer> {
  const { id } = request.params;
  await answerOnce(deps, request, movedSchema, async (client) => {
    await moveConversation(deps, client, id, staffMove, { force });
    return { conversationId: id };
  });
  deps.onEventsPushed();
  // The move is committed: a worker that stumbles now only makes it take effect a little later.
  await deps
    .processNow()
    .catch((error: unknown) => request.log.error({ err: error }, 'a staff move waits for the worker'));
  const conversation = await readConversation(deps, id);
  if (!conversation) throw unknownConversation(id);
  return conversation;
}
