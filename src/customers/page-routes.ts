// REST: the page of one customer, and what staff change on it.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { byIdParams } from '../http/request-fields.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { changeCustomer } from './change-customer.ts';
import { type JoinDeps, joinCustomers } from './join-customers.ts';
import { lockTogether } from './lock-people.ts';
import { mergeAnswer } from './merge-schema.ts';
import {
  type CustomerPage,
  customerPage,
  joinFields,
  joinPreview,
  otherQuery,
  sayFields,
  splitAnswer,
  splitFields,
  staffFields,
} from './page-schema.ts';
import { previewJoin } from './preview-join.ts';
import { type ReadPageDeps, readPage } from './read-page.ts';
import { recordConsents } from './record-consents.ts';
import { unknownCustomer } from './routes.ts';
import { splitCustomer } from './split-customer.ts';

export type PageRouteDeps = ReadPageDeps & JoinDeps & { db: Database; timeZone: string };

const tags = ['customers'];
const once = { tags, params: byIdParams, headers: onceHeaders };
const pageAnswers = { 200: customerPage, ...errorAnswers };
/** Whoever speaks with customers learns their name, and their no. */
const talking = { scope: 'conversations:write' } as const;
const managing = { scope: 'records:write' } as const;

export function pageRoutes(deps: PageRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    readRoute(app, deps);
    changeRoute(app, deps);
    consentRoute(app, deps);
    joinRoutes(app, deps);
    splitRoute(app, deps);
  };
}

/** Throws unknown_customer. */
async function requirePage(deps: ReadPageDeps, client: pg.ClientBase | pg.Pool, id: string): Promise<CustomerPage> {
  const page = await readPage(deps, client, id);
  if (page) return page;
  throw unknownCustomer(id);
}

async function lockOne(client: pg.ClientBase, id: string): Promise<void> {
  const [present] = await lockTogether(client, [id]);
  if (present === undefined) throw unknownCustomer(id);
}

function readRoute(app: ApiScope, deps: PageRouteDeps): void {
  const summary = 'Everything of one customer but the ledger';
  app.get(
    '/customers/by-id/:id',
    { config: { scope: 'records:read' }, schema: { tags, summary, params: byIdParams, response: pageAnswers } },
    async (request) => await requirePage(deps, deps.db.pool, request.params.id),
  );
}

function changeRoute(app: ApiScope, deps: PageRouteDeps): void {
  const summary = 'Change what is known of a customer; fields left out stay';
  const schema = { ...once, summary, body: staffFields, response: pageAnswers };
  app.patch('/customers/by-id/:id', { config: talking, schema }, async (request) => {
    const { id } = request.params;
    return await answerOnce(deps, request, customerPage, async (client) => {
      await lockOne(client, id);
      const now = deps.clock.now();
      const fields = await changeCustomer(client, id, request.body, now);
      const data = { isNew: false, fields, by: request.actor };
      if (fields.length > 0)
        await writeTouchpoints(client, [{ at: now, kind: 'customer_saved', customerId: id, data }]);
      return await requirePage(deps, client, id);
    });
  });
}

function consentRoute(app: ApiScope, deps: PageRouteDeps): void {
  const summary = 'The customer said yes or no to a member of staff';
  const schema = { ...once, summary, body: sayFields, response: pageAnswers };
  app.post('/customers/by-id/:id/consents', { config: talking, schema }, async (request) => {
    const { id } = request.params;
    const { reason, ...said } = request.body;
    return await answerOnce(deps, request, customerPage, async (client) => {
      await lockOne(client, id);
      const source = `${request.actor}: ${reason}`;
      await writeTouchpoints(client, await recordConsents(deps, client, id, [{ ...said, source }]));
      return await requirePage(deps, client, id);
    });
  });
}

function joinRoutes(app: ApiScope, deps: PageRouteDeps): void {
  const preview = { tags, summary: 'What a merge with another customer would do', params: byIdParams };
  app.get(
    '/customers/by-id/:id/merges/preview',
    {
      config: managing,
      schema: { ...preview, querystring: otherQuery, response: { 200: joinPreview, ...errorAnswers } },
    },
    async (request) => await previewJoin(deps.db.pool, request.params.id, request.query.otherId),
  );
  const summary = 'Two customers are one person; the one in the address stays';
  const schema = { ...once, summary, body: joinFields, response: { 200: mergeAnswer, ...errorAnswers } };
  app.post('/customers/by-id/:id/merges', { config: managing, schema }, async (request) => {
    const { id } = request.params;
    return await answerOnce(deps, request, mergeAnswer, (client) =>
      joinCustomers(deps, client, { id }, request.body, request.actor),
    );
  });
}

function splitRoute(app: ApiScope, deps: PageRouteDeps): void {
  const schema = {
    ...once,
    summary: 'One identity becomes a customer of its own, with what was said and done there',
    description: 'Subscriptions, orders, consents and usage stay. Merging the two again undoes it.',
    body: splitFields,
    response: { 200: splitAnswer, ...errorAnswers },
  };
  app.post('/customers/by-id/:id/split', { config: managing, schema }, async (request) => {
    const wish = { customerId: request.params.id, identityId: request.body.identityId, by: request.actor };
    return await answerOnce(deps, request, splitAnswer, (client) => splitCustomer(deps, client, wish));
  });
}
