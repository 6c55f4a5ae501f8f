// REST: what got stuck: read it, mend it, replay it, or let it go with a reason.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Problem } from '../flows/problem.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { pageQuery, toPage } from '../http/page.ts';
import {
  type DeadCounts,
  deadCounts,
  deadQuery,
  discardDeliveriesFields,
  discardEventsFields,
  failedDeliveryPage,
  flowProblemList,
  parkedEventPage,
  type RepairAnswer,
  repairAnswer,
  replayDeliveriesFields,
  replayEventsFields,
  settleFields,
  stuckMessagePage,
} from './dead-letters-schema.ts';
import { discardFailed, readFailedDeliveries, replayFailed } from './failed-deliveries.ts';
import type { Repair } from './note-repairs.ts';
import { discardEvents, readParkedEvents, replayEvents } from './parked-events.ts';
import { readStuckMessages, settleByHand } from './stuck-messages.ts';

export type DeadLetterDeps = {
  db: Database;
  clock: Clock;
  flowProblems: () => readonly Problem[];
  onEventsPushed: () => void;
  onMessagesQueued: () => void;
  onWebhooksQueued: () => void;
};

const reading = { scope: 'audit:read' } as const;
const tags = ['stuck'];

export function deadLetterRoutes(deps: DeadLetterDeps): FastifyPluginAsyncZod {
  return async (app) => {
    readRoutes(app, deps);
    const events = 'Events that no try could work';
    repairRoute(app, deps, '/dead-letters/events/replay', {
      summary: `${events}: once more, with the flows as they are now`,
      body: replayEventsFields,
      work: (client, repair, { ids }) => replayEvents(client, repair, ids),
      ring: deps.onEventsPushed,
    });
    repairRoute(app, deps, '/dead-letters/events/discard', {
      summary: `${events}: never`,
      body: discardEventsFields,
      work: discardEvents,
    });
    repairRoute(app, deps, '/dead-letters/messages/settle', {
      summary: 'Messages whose fate is unknown: what a person saw in the chat on the channel',
      body: settleFields,
      work: settleByHand,
      ring: deps.onMessagesQueued,
    });
    repairRoute(app, deps, '/dead-letters/deliveries/replay', {
      summary: 'Webhooks that never arrived: once more, under their own ids',
      body: replayDeliveriesFields,
      work: (client, repair, { ids }) => replayFailed(client, repair, ids),
      ring: deps.onWebhooksQueued,
    });
    repairRoute(app, deps, '/dead-letters/deliveries/discard', {
      summary: 'Webhooks that never arrived: never',
      body: discardDeliveriesFields,
      work: discardFailed,
    });
  };
}

function readRoutes(app: ApiScope, deps: DeadLetterDeps): void {
  const { db, flowProblems } = deps;
  const get = (summary: string, answer: z.ZodType) => ({
    config: reading,
    schema: { tags, summary, response: { 200: answer, ...errorAnswers } },
  });
  app.get('/dead-letters', get('How much got stuck', deadCounts), () => countDead(deps));
  app.get(
    '/dead-letters/flows',
    get('Flow files that did not pass: where, what, how to mend it', flowProblemList),
    async () => ({ items: [...flowProblems()] }),
  );
  const paged = <T extends z.ZodType>(querystring: T, summary: string, answer: z.ZodType) => {
    const { config, schema } = get(summary, answer);
    return { config, schema: { ...schema, querystring } };
  };
  app.get(
    '/dead-letters/events',
    paged(pageQuery, 'Events that no try could work', parkedEventPage),
    async ({ query }) => toPage(await readParkedEvents(db.pool, query), query.limit),
  );
  app.get(
    '/dead-letters/messages',
    paged(deadQuery, 'Messages whose fate is unknown', stuckMessagePage),
    async ({ query }) => toPage(await readStuckMessages(db.pool, query), query.limit),
  );
  app.get(
    '/dead-letters/deliveries',
    paged(deadQuery, 'Webhooks that never arrived', failedDeliveryPage),
    async ({ query }) => toPage(await readFailedDeliveries(db.pool, query), query.limit),
  );
}

const COUNT = `
SELECT (SELECT count(*)::int FROM inbound_queue WHERE parked_at IS NOT NULL) AS events,
  (SELECT count(*)::int FROM outbound_messages WHERE status IN ('parked', 'uncertain')) AS messages,
  (SELECT count(*)::int FROM outgoing_deliveries WHERE status = 'failed') AS deliveries`;

async function countDead({ db, flowProblems }: DeadLetterDeps): Promise<DeadCounts> {
  const { rows } = await db.pool.query<Omit<DeadCounts, 'flows'>>(COUNT);
  if (rows[0] === undefined) throw new Error('Counting answers one row.');
  return { ...rows[0], flows: flowProblems().length };
}

type RepairRoute<T extends z.ZodType> = {
  summary: string;
  body: T;
  work: (client: pg.ClientBase, repair: Repair, wish: z.output<T>) => Promise<RepairAnswer>;
  ring?: () => void;
};

function repairRoute<T extends z.ZodType>(
  app: ApiScope,
  deps: DeadLetterDeps,
  path: string,
  { summary, body, work, ring }: RepairRoute<T>,
): void {
  const schema = { tags, summary, headers: onceHeaders, body, response: { 200: repairAnswer, ...errorAnswers } };
  app.post(path, { config: { scope: 'settings:write' }, schema }, async (request) => {
    const repair = { actor: request.actor, action: `POST ${path}`, now: deps.clock.now() };
    const answer = await answerOnce(deps, request, repairAnswer, (client) =>
      // Checked already; said once more for the compiler.
      work(client, repair, body.parse(request.body)),
    );
    ring?.();
    return answer;
  });
}
