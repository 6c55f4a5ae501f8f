// REST: what signed-in staff do with a conversation: answer, take, give, put aside, hand back, end.
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import { z } from 'zod';
import { answerOnce, type onceHeaders as headersOf, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { readMoment } from '../http/read-moment.ts';
import type { ActionRouteDeps } from './action-routes.ts';
import { assignConversation } from './assign-conversation.ts';
import { conversationParams } from './conversation-schema.ts';
import { type InboxRow, inboxRow } from './inbox-schema.ts';
import { readSettings } from './inbox-settings.ts';
import { readRow } from './list-conversations.ts';
import { unknownConversation } from './lock-conversation.ts';
import { moveConversation } from './move-conversation.ts';
import {
  assignFields,
  handBackStaffFields,
  replyAnswer,
  replyFields,
  resolveStaffFields,
  snoozeFields,
  takeFields,
} from './reply-schema.ts';
import { type ReplyDeps, sendReply } from './send-reply.ts';
import { snoozeConversation } from './snooze-conversation.ts';
import { requireStaff } from './staff-actor.ts';
import { askAfterResolving } from './survey-after.ts';
import { takeConversation } from './take-conversation.ts';

export type DeskRouteDeps = ActionRouteDeps & ReplyDeps & { timeZone: string };

const config = { scope: 'conversations:write' } as const;
const common = { tags: ['inbox'], params: conversationParams, headers: onceHeaders };
const rowAnswers = { 200: inboxRow, ...errorAnswers };
const doneSchema = z.object({ conversationId: z.string() });

export function deskRoutes(deps: DeskRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    replyRoute(app, deps);
    takeRoute(app, deps);
    assignRoute(app, deps);
    snoozeRoute(app, deps);
    handBackRoute(app, deps);
    resolveRoute(app, deps);
  };
}

function replyRoute(app: ApiScope, deps: DeskRouteDeps): void {
  const schema = {
    ...common,
    summary: 'Answer the customer; the first word takes the conversation over',
    description: '409 newer_reply when a colleague answered meanwhile, window_closed outside the window.',
    body: replyFields,
    response: { 200: replyAnswer, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/messages', { config, schema }, async (request) => {
    const staff = requireStaff(request);
    const sent = await answerOnce(deps, request, replyAnswer, (client) =>
      sendReply(deps, client, request.params.id, { staff, fields: request.body }),
    );
    deps.onMessagesQueued();
    return sent;
  });
}

function takeRoute(app: ApiScope, deps: DeskRouteDeps): void {
  const summary = 'Take the conversation; the bot is silent from this moment';
  app.post(
    '/inbox/conversations/:id/take',
    { config, schema: { ...common, summary, body: takeFields, response: rowAnswers } },
    async (request) => {
      const staff = requireStaff(request);
      const force = request.body?.force ?? false;
      return await change(deps, request, (client, id) => takeConversation(deps, client, id, { staff, force }));
    },
  );
}

function assignRoute(app: ApiScope, deps: DeskRouteDeps): void {
  const summary = 'Give the conversation to somebody, to a team, or to nobody';
  app.post(
    '/inbox/conversations/:id/assign',
    { config, schema: { ...common, summary, body: assignFields, response: rowAnswers } },
    async (request) =>
      await change(deps, request, (client, id) =>
        assignConversation(deps, client, id, { ...request.body, by: request.actor }),
      ),
  );
}

function snoozeRoute(app: ApiScope, deps: DeskRouteDeps): void {
  const summary = 'Put aside until a moment, or until the customer writes';
  app.post(
    '/inbox/conversations/:id/snooze',
    { config, schema: { ...common, summary, body: snoozeFields, response: rowAnswers } },
    async (request) => {
      const { until } = request.body;
      const moment = until === null ? null : readMoment(until, deps.timeZone);
      return await change(deps, request, (client, id) =>
        snoozeConversation(deps, client, id, { until: moment, by: request.actor }),
      );
    },
  );
}

function handBackRoute(app: ApiScope, deps: DeskRouteDeps): void {
  const summary = 'Back to the bot: at the asked question, at a step, or with nothing to do';
  app.post(
    '/inbox/conversations/:id/hand-back',
    { config, schema: { ...common, summary, body: handBackStaffFields, response: rowAnswers } },
    async (request) => {
      const { how, flow, at } = request.body;
      const move = {
        kind: 'hand_back' as const,
        by: requireStaff(request).email,
        how: how === 'step' ? ('start_flow' as const) : how,
      };
      const target = { ...(flow === undefined ? {} : { flow }), ...(at === undefined ? {} : { at }) };
      return await change(deps, request, (client, id) => moveConversation(deps, client, id, { ...move, ...target }));
    },
  );
}

function resolveRoute(app: ApiScope, deps: DeskRouteDeps): void {
  const summary = 'Done; the next message of the customer begins anew with the bot';
  app.post(
    '/inbox/conversations/:id/resolve',
    { config, schema: { ...common, summary, body: resolveStaffFields, response: rowAnswers } },
    async (request) => {
      const by = requireStaff(request).email;
      const asks = request.body?.survey ?? false;
      return await change(deps, request, async (client, id) => {
        await moveConversation(deps, client, id, { kind: 'resolve', by });
        if (asks) await askAfterResolving(deps, client, id);
      });
    },
  );
}

type DeskRequest = Pick<FastifyRequest, 'method' | 'url' | 'body' | 'log' | 'actor' | 'routeOptions'> & {
  params: { id: string };
  headers: z.infer<typeof headersOf>;
};

/** The answer comes after what was pushed is worked, where that is possible. */
async function change(
  deps: DeskRouteDeps,
  request: DeskRequest,
  work: (client: pg.PoolClient, id: string) => Promise<void>,
): Promise<InboxRow> {
  const { id } = request.params;
  await answerOnce(deps, request, doneSchema, async (client) => {
    await work(client, id);
    return { conversationId: id };
  });
  deps.onEventsPushed();
  await deps.processNow().catch((error: unknown) => request.log.error({ err: error }, 'a move waits for the worker'));
  const { sla } = await readSettings(deps.db.pool);
  const row = await readRow(deps, id, sla.warnMinutes);
  if (row === null) throw unknownConversation(id);
  return row;
}
