// REST: what staff do for the customer from beside the thread: begin a script, book a training, open work, write down what
// was said about an offer, take back what was planned.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { answerOffer } from '../offers/answer-offer.ts';
import { type BeginDeps, beginFlow } from './begin-flow.ts';
import { type BookDeps, bookTraining } from './book-training.ts';
import { cancelPlanned } from './cancel-planned.ts';
import {
  beginFields,
  bookAnswer,
  bookFields,
  cancelAnswer,
  doneAnswer,
  messageParams,
  offerFields,
  offerParams,
  workDone,
  workFields,
} from './care-schema.ts';
import type { ChoiceDeps } from './choice-routes.ts';
import { conversationParams } from './conversation-schema.ts';
import type { DeskRouteDeps } from './desk-routes.ts';
import { findThread, openWork } from './open-work.ts';
import { requireStaff } from './staff-actor.ts';

export type CareRouteDeps = Omit<DeskRouteDeps & BeginDeps & BookDeps, 'scripts'> &
  Pick<ChoiceDeps, 'factsOf' | 'scripts'>;

const config = { scope: 'conversations:write' } as const;
const common = { tags: ['inbox'], params: conversationParams, headers: onceHeaders };

export function careRoutes(deps: CareRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    beginRoute(app, deps);
    bookRoute(app, deps);
    workRoute(app, deps);
    offerRoute(app, deps);
    cancelRoute(app, deps);
  };
}

function beginRoute(app: ApiScope, deps: CareRouteDeps): void {
  const schema = {
    ...common,
    summary: 'Begin a script for this customer, at any step; the bot leads again',
    body: beginFields,
    response: { 200: doneAnswer, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/flows', { config, schema }, async (request) => {
    const { id } = request.params;
    const by = requireStaff(request).email;
    const answer = await answerOnce(deps, request, doneAnswer, async (client) => {
      await beginFlow(deps, client, id, { ...request.body, by });
      return { conversationId: id };
    });
    deps.onEventsPushed();
    await deps.processNow().catch((error: unknown) => request.log.error({ err: error }, 'a script waits to begin'));
    return answer;
  });
}

function bookRoute(app: ApiScope, deps: CareRouteDeps): void {
  const schema = {
    ...common,
    summary: 'Book a training; the customer gets the confirmation with its calendar file',
    description: '409 slot_gone, already_booked, window_closed: then nothing was booked.',
    body: bookFields,
    response: { 200: bookAnswer, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/bookings', { config, schema }, async (request) => {
    const { id: conversationId } = request.params;
    const staff = requireStaff(request);
    const facts = await deps.factsOf(conversationId);
    const booked = await answerOnce(deps, request, bookAnswer, (client) =>
      bookTraining(deps, client, { conversationId, staff, fields: request.body, facts }),
    );
    deps.onMessagesQueued();
    return booked;
  });
}

function workRoute(app: ApiScope, deps: CareRouteDeps): void {
  const schema = {
    ...common,
    summary: 'Open a case or a task for this customer',
    body: workFields,
    response: { 200: workDone, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/work', { config, schema }, async (request) => {
    const by = requireStaff(request).email;
    const { id: conversationId } = request.params;
    return await answerOnce(deps, request, workDone, (client) =>
      openWork(deps, client, { conversationId, fields: request.body, by }),
    );
  });
}

function offerRoute(app: ApiScope, deps: CareRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'Write down what the customer said about an open offer',
    params: offerParams,
    headers: onceHeaders,
    body: offerFields,
    response: { 200: doneAnswer, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/offers/:code', { config, schema }, async (request) => {
    const by = requireStaff(request).email;
    const { id, code } = request.params;
    const { answer, reason } = request.body;
    return await answerOnce(deps, request, doneAnswer, async (client) => {
      const { customerId } = await findThread(client, id);
      const fields = { by, ...(reason === undefined ? {} : { reason }) };
      const offering = { clock: deps.clock, offers: () => deps.scripts().catalogue };
      await answerOffer(offering, client, { customerId, code, answer, fields });
      return { conversationId: id };
    });
  });
}

function cancelRoute(app: ApiScope, deps: CareRouteDeps): void {
  const schema = {
    tags: ['inbox'],
    summary: 'Take back a message that was planned for later',
    params: messageParams,
    headers: onceHeaders,
    response: { 200: cancelAnswer, ...errorAnswers },
  };
  app.post('/inbox/conversations/:id/messages/:messageId/cancel', { config, schema }, async (request) => {
    const staff = requireStaff(request);
    const { id: conversationId, messageId } = request.params;
    return await answerOnce(deps, request, cancelAnswer, (client) =>
      cancelPlanned(deps, client, { conversationId, messageId, staff }),
    );
  });
}
