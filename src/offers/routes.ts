// REST: offers, the issues behind their numbers, and what one customer may get or has said.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type pg from 'pg';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { viewerOf } from '../http/may-see.ts';
import { customerParams } from '../http/request-fields.ts';
import { type AnswerDeps, answerOffer } from './answer-offer.ts';
import { type PackDeps, readOfferPack } from './offer-pack.ts';
import {
  answerFields,
  answerParams,
  codeParams,
  issueAnswer,
  issuePage,
  issueQuery,
  offerList,
  packAnswer,
} from './offer-schema.ts';
import { listIssues } from './read-issues.ts';
import { OFFER_DEFINITION, readOffers } from './read-offers.ts';

export type OfferRouteDeps = AnswerDeps & { db: Database; offerPack: Omit<PackDeps, 'clock'> };

const read = { scope: 'records:read' } as const;

export function offerRoutes(deps: OfferRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    listRoutes(app, deps);
    packRoute(app, deps);
    answerRoute(app, deps, 'accept');
    answerRoute(app, deps, 'decline');
  };
}

function listRoutes(app: ApiScope, { db, offers }: OfferRouteDeps): void {
  app.get(
    '/offers',
    {
      config: read,
      schema: {
        tags: ['offers'],
        summary: 'Offers, how far they got, and their lift over the control group',
        response: { 200: offerList, ...errorAnswers },
      },
    },
    async () => ({ definition: OFFER_DEFINITION, items: await readOffers(db.pool, offers) }),
  );
  app.get(
    '/offers/:code/issues',
    {
      config: read,
      schema: {
        tags: ['offers'],
        summary: 'To whom an offer was made, newest first',
        params: codeParams,
        querystring: issueQuery,
        response: { 200: issuePage, ...errorAnswers },
      },
    },
    async (request) => await listIssues(db.pool, request.params.code, request.query, viewerOf(request)),
  );
}

function packRoute(app: ApiScope, deps: OfferRouteDeps): void {
  app.get(
    '/customers/:externalId/offers',
    {
      config: read,
      schema: {
        tags: ['offers'],
        summary: 'What may be offered to a customer now, why not the rest, and what goes with their industry',
        params: customerParams,
        response: { 200: packAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await deps.db.reading(async (client) => {
        const customerId = await requireKnown(client, request.params.externalId);
        return await readOfferPack({ ...deps.offerPack, clock: deps.clock }, client, customerId);
      }),
  );
}

function answerRoute(app: ApiScope, deps: OfferRouteDeps, verb: 'accept' | 'decline'): void {
  const answer = verb === 'accept' ? 'accepted' : 'declined';
  app.post(
    `/customers/:externalId/offers/:code/${verb}`,
    {
      config: { scope: 'conversations:write' },
      schema: {
        tags: ['offers'],
        summary: `Write down that the customer ${answer} an offer`,
        description:
          'The newest open issue of that code, or of the personal code, moves. A yes may also follow a no. Orders are judged again at once. 409 no_open_offer when there is none.',
        params: answerParams,
        headers: onceHeaders,
        body: answerFields,
        response: { 200: issueAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, issueAnswer, async (client) => {
        const { externalId, code } = request.params;
        const customerId = await requireKnown(client, externalId);
        return await answerOffer(deps, client, { customerId, code, answer, fields: request.body });
      }),
  );
}

async function requireKnown(client: pg.ClientBase, externalId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  const [row] = rows;
  if (row) return row.id;
  throw new HttpError(404, 'unknown_customer', `There is no customer "${externalId}".`);
}
