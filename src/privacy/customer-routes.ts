// REST: what one customer may ask for: proof of consent, a copy of everything, erasure.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { lockPeople } from '../customers/lock-people.ts';
import { recordConsents } from '../customers/record-consents.ts';
import { unknownCustomer } from '../customers/routes.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { describeChange } from '../http/describe-change.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { customerParams } from '../http/request-fields.ts';
import { writeAudit } from '../http/write-audit.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { readConsents } from './consents.ts';
import { eraseCustomer } from './erase-customer.ts';
import { exportCustomer } from './export-customer.ts';
import type { PrivacyRouteDeps } from './privacy-deps.ts';
import { consentHistory, consentsBody, erasureReceipt, exportDocument } from './privacy-schema.ts';

export function customerPrivacyRoutes(deps: PrivacyRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    consentRoutes(app, deps);
    exportRoute(app, deps);
    eraseRoute(app, deps);
  };
}

async function idOf({ db }: Pick<PrivacyRouteDeps, 'db'>, externalId: string): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [externalId]);
  const [row] = rows;
  if (!row) throw unknownCustomer(externalId);
  return row.id;
}

function consentRoutes(app: ApiScope, deps: PrivacyRouteDeps): void {
  const schema = { tags: ['privacy'], params: customerParams, response: { 200: consentHistory, ...errorAnswers } };
  app.get(
    '/customers/:externalId/consents',
    { config: { scope: 'privacy' }, schema: { ...schema, summary: 'Every consent ever given or refused: the proof' } },
    async (request) => await readConsents(deps.db.pool, await idOf(deps, request.params.externalId)),
  );
  app.post(
    '/customers/:externalId/consents',
    {
      config: { scope: 'privacy' },
      schema: {
        ...schema,
        summary: 'Add what a customer allowed or refused',
        description: 'Only ever added to; the newest word of a purpose and channel holds.',
        headers: onceHeaders,
        body: consentsBody,
      },
    },
    async (request) =>
      await answerOnce(deps, request, consentHistory, async (client) => {
        const { named } = await lockPeople(client, request.params.externalId, [], deps.clock.now());
        if (!named) throw unknownCustomer(request.params.externalId);
        await writeTouchpoints(client, await recordConsents(deps, client, named.id, request.body.consents));
        return await readConsents(client, named.id);
      }),
  );
}

function exportRoute(app: ApiScope, deps: PrivacyRouteDeps): void {
  app.get(
    '/customers/:externalId/export',
    {
      config: { scope: 'privacy' },
      schema: {
        tags: ['privacy'],
        summary: 'Everything about one customer',
        description:
          'One JSON document, streamed: `tables` with every row by the names of the database, `files` with their bytes as base64 up to 20 MiB in all, `leftOut` with the reason for each table that is not there.',
        params: customerParams,
        response: { 200: exportDocument, ...errorAnswers },
      },
    },
    async (request, reply) => await sendExport(deps, request, reply, await idOf(deps, request.params.externalId)),
  );
}

/** Streams the document; that it left is told to the ledger and to the audit before. */
export async function sendExport(
  deps: PrivacyRouteDeps,
  { actor, routeOptions, params }: Pick<FastifyRequest, 'actor' | 'routeOptions' | 'params'>,
  reply: FastifyReply,
  customerId: string,
): Promise<FastifyReply> {
  const now = deps.clock.now();
  await deps.db.transaction('note-export', async (client) => {
    await writeTouchpoints(client, [{ at: now, kind: 'data_exported', customerId, data: { by: actor } }]);
    const { url = '/api/v1/customers/:externalId/export' } = routeOptions;
    await writeAudit(
      client,
      describeChange({ method: 'GET', url, actor, routeOptions, params, body: undefined }, null, now),
    );
  });
  reply.type('application/json; charset=utf-8');
  reply.header('content-disposition', 'attachment; filename="customer-export.json"');
  return await reply.send(Readable.from(exportCustomer(deps, { customerId, now })));
}

function eraseRoute(app: ApiScope, deps: PrivacyRouteDeps): void {
  app.delete(
    '/customers/:externalId',
    {
      config: { scope: 'privacy' },
      schema: {
        tags: ['privacy'],
        summary: 'Erase a customer',
        description:
          'At once and for good: records, messages, files, what waits to be sent. Scores, amounts and dates stay, of nobody. Whoever comes back is new, and gets nothing unasked until they ask for it. The answer is the receipt.',
        params: customerParams,
        headers: onceHeaders,
        response: { 200: erasureReceipt, ...errorAnswers },
      },
    },
    async (request) => {
      // The audit of this call must not name whom it erased.
      const { method, url, headers, actor, routeOptions } = request;
      const nameless = { method, url, headers, actor, routeOptions, body: undefined, params: {} };
      return await answerOnce(deps, nameless, erasureReceipt, async (client) => {
        const { externalId } = request.params;
        const { rows } = await client.query<{ id: string }>('SELECT id FROM customers WHERE external_id = $1', [
          externalId,
        ]);
        const [row] = rows;
        const receipt = row && (await eraseCustomer(deps, client, { customerId: row.id, actor, reason: 'api' }));
        if (!receipt) throw unknownCustomer(externalId);
        return receipt;
      });
    },
  );
}
