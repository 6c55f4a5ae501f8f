// REST: what an inbox shows. Queues, counts, one thread with its card, and the live stream.
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { CallingStaff } from '../http/api-access.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { conversationCard } from './context-schema.ts';
import { conversationParams } from './conversation-schema.ts';
import { countConversations } from './count-conversations.ts';
import { inboxCounts, inboxPage, queueQuery } from './inbox-schema.ts';
import { readSettings } from './inbox-settings.ts';
import type { InboxStreams } from './inbox-streams.ts';
import { readDraft, readPresence } from './keep-notes.ts';
import { type ListDeps, listConversations, readRow } from './list-conversations.ts';
import { unknownConversation } from './lock-conversation.ts';
import { type ContextDeps, readContext } from './read-context.ts';
import { readTimeline } from './read-timeline.ts';
import { searchInbox } from './search.ts';
import { searchAnswer, searchQuery } from './search-schema.ts';
import { timelinePage, timelineQuery } from './timeline-schema.ts';

export type InboxReadDeps = ListDeps &
  ContextDeps & {
    streams: Pick<InboxStreams, 'add'>;
    /** Calls back when the session is over; answers how to stop listening. */
    onSessionEnded: (staff: CallingStaff, end: () => void) => () => void;
  };

const tags = ['inbox'];
const config = { scope: 'conversations:read' } as const;

export function inboxRoutes(deps: InboxReadDeps): FastifyPluginAsyncZod {
  return async (app) => {
    queueRoute(app, deps);
    countsRoute(app, deps);
    cardRoute(app, deps);
    timelineRoute(app, deps);
    streamRoute(app, deps);
    searchRoute(app, deps);
  };
}

function queueRoute(app: ApiScope, deps: InboxReadDeps): void {
  const summary = 'A queue of conversations, what is due first standing first';
  app.get(
    '/inbox/conversations',
    { config, schema: { tags, summary, querystring: queueQuery, response: { 200: inboxPage, ...errorAnswers } } },
    async (request) => {
      const { sla } = await readSettings(deps.db.pool);
      return await listConversations(deps, request.query, { viewer: viewerOf(request), warnMinutes: sla.warnMinutes });
    },
  );
}

function countsRoute(app: ApiScope, { db, clock }: InboxReadDeps): void {
  app.get(
    '/inbox/counts',
    {
      config,
      schema: { tags, summary: 'How many stand in each queue', response: { 200: inboxCounts, ...errorAnswers } },
    },
    async (request) => await countConversations(db.pool, viewerOf(request), clock.now()),
  );
}

function cardRoute(app: ApiScope, deps: InboxReadDeps): void {
  const summary = 'One conversation with the card of its customer, your draft and who else is there';
  app.get(
    '/inbox/conversations/:id',
    {
      config,
      schema: { tags, summary, params: conversationParams, response: { 200: conversationCard, ...errorAnswers } },
    },
    async (request) => {
      const { id } = request.params;
      const { pool } = deps.db;
      const { sla } = await readSettings(pool);
      const [row, context, people, draft] = await Promise.all([
        readRow(deps, id, sla.warnMinutes),
        readContext(deps, id),
        readPresence(pool, deps.clock.now(), id),
        request.staff ? readDraft(pool, request.staff.id, id) : null,
      ]);
      if (row === null || context === null) throw unknownConversation(id);
      return { ...row, context, draft, presence: (people.get(id) ?? []).filter((one) => one.id !== request.staff?.id) };
    },
  );
}

function timelineRoute(app: ApiScope, { db, scripts }: InboxReadDeps): void {
  const schema = {
    tags,
    summary: "The customer's whole thread on every channel, newest first",
    params: conversationParams,
    querystring: timelineQuery,
    response: { 200: timelinePage, ...errorAnswers },
  };
  app.get('/inbox/conversations/:id/timeline', { config, schema }, async (request) => {
    const timeline = await readTimeline({ pool: db.pool, scripts }, request.params.id, request.query);
    if (timeline === null) throw unknownConversation(request.params.id);
    return timeline;
  });
}

function streamRoute(app: ApiScope, { streams, onSessionEnded }: InboxReadDeps): void {
  const schema = {
    tags,
    summary: 'What changes, as it changes',
    description:
      'Server-sent events: conversation {id, changedAt}, gone {id} of what you may see no more, counts, presence {conversationId, people}, hello {cursor}, beat every 15 seconds, and reset when too much happened: read everything anew. Come back with Last-Event-ID.',
    response: {
      200: { description: 'Events, until one of us leaves.', content: { 'text/event-stream': { schema: z.string() } } },
      ...errorAnswers,
    },
  };
  app.get('/inbox/stream', { config, schema }, async (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { ...headersOf(reply.getHeaders()), ...streamHeaders });
    const { staff } = request;
    const lastEventId = request.headers['last-event-id'];
    const end = await streams.add(reply.raw, viewerOf(request), typeof lastEventId === 'string' ? lastEventId : null);
    if (!staff) return;
    const forget = onSessionEnded(staff, end);
    // Whoever left while they were greeted says so no more.
    if (reply.raw.destroyed) forget();
    else reply.raw.on('close', forget);
  });
}

/** No proxy on the way may keep, press together or hold back what is said. */
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
};

/** What every other answer says as well: the policy of the page and its kin. */
function headersOf(headers: Record<string, number | string | string[] | undefined>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

function searchRoute(app: ApiScope, { db }: InboxReadDeps): void {
  const summary = 'Customers and messages by their words, with and without dấu';
  app.get(
    '/search',
    { config, schema: { tags, summary, querystring: searchQuery, response: { 200: searchAnswer, ...errorAnswers } } },
    async (request) => await searchInbox(db.pool, request.query, viewerOf(request)),
  );
}
