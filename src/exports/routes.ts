// REST: tables for Excel. Whoever takes one leaves a row of the audit before the first byte leaves.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { describeChange } from '../http/describe-change.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { writeAudit } from '../http/write-audit.ts';
import { answerTable } from './answer-table.ts';
import { momentCell } from './cell-words.ts';
import { customerTable } from './customer-table.ts';
import {
  answersQuery,
  customersQuery,
  offersQuery,
  readPeriod,
  readShortPeriod,
  touchpointsQuery,
} from './export-schema.ts';
import { offerTable } from './offer-table.ts';
import { touchpointTable } from './touchpoint-table.ts';
import { type Table, writeCsv } from './write-csv.ts';

export type ExportRouteDeps = { db: Database; clock: Clock; timeZone: string };

const config = { scope: 'exports' } as const;

const description =
  'CSV in UTF-8 with a byte order mark, streamed; times are those of the business. Cells that could be taken for a formula begin with an apostrophe; line breaks become " / ".';

function schemaOf<Q extends z.ZodType>(summary: string, querystring: Q) {
  const response = {
    200: { description: 'The table.', content: { 'text/csv': { schema: z.string() } } },
    ...errorAnswers,
  };
  return { tags: ['exports'], summary, description, querystring, response };
}

export function exportRoutes(deps: ExportRouteDeps): FastifyPluginAsyncZod {
  const source = { pool: deps.db.pool, timeZone: deps.timeZone };
  return async (app) => {
    const customers = schemaOf('Customers, each with subscription, last score and consents', customersQuery);
    app.get('/exports/customers.csv', { config, schema: customers }, async (request, reply) => {
      const table = customerTable(source, request.query, readPeriod(request.query, deps.timeZone));
      return await sendTable(deps, request, reply, 'khach-hang', table);
    });
    const answers = schemaOf('Surveys that were asked, and the answers', answersQuery);
    app.get('/exports/survey-answers.csv', { config, schema: answers }, async (request, reply) => {
      const table = answerTable(source, request.query, readPeriod(request.query, deps.timeZone));
      return await sendTable(deps, request, reply, 'khao-sat', table);
    });
    const offers = schemaOf('Offers made, and what became of them', offersQuery);
    app.get('/exports/offers.csv', { config, schema: offers }, async (request, reply) => {
      const table = offerTable(source, request.query, readPeriod(request.query, deps.timeZone));
      return await sendTable(deps, request, reply, 'uu-dai', table);
    });
    touchpointRoute(app, deps);
  };
}

function touchpointRoute(app: ApiScope, deps: ExportRouteDeps): void {
  const { db, timeZone } = deps;
  const schema = schemaOf('The ledger of a period', touchpointsQuery);
  app.get('/exports/touchpoints.csv', { config, schema }, async (request, reply) => {
    const period = readShortPeriod(request.query, timeZone);
    const table = touchpointTable({ pool: db.pool, timeZone }, request.query, period);
    return await sendTable(deps, request, reply, 'nhat-ky', table);
  });
}

type Asker = Pick<FastifyRequest, 'method' | 'url' | 'actor' | 'routeOptions' | 'query'>;

async function sendTable(
  { db, clock, timeZone }: ExportRouteDeps,
  { method, url, actor, routeOptions, query }: Asker,
  reply: FastifyReply,
  name: string,
  table: Table,
): Promise<FastifyReply> {
  const now = clock.now();
  await db.transaction('note-export', async (client) => {
    await writeAudit(client, describeChange({ method, url, actor, routeOptions, body: query }, null, now));
  });
  reply.type('text/csv; charset=utf-8; header=present');
  const day = momentCell(now, timeZone)?.slice(0, 10);
  reply.header('content-disposition', `attachment; filename="${name}-${day}.csv"`);
  reply.header('cache-control', 'no-store');
  return await reply.send(Readable.from(writeCsv(table)));
}
