// REST: customers.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { customerParams } from '../http/request-fields.ts';
import { customerAnswer, customerFields } from './customer-schema.ts';
import { readCustomer } from './read-customer.ts';
import { type SaveCustomerDeps, saveCustomer } from './save-customer.ts';

export type CustomerRouteDeps = SaveCustomerDeps & { db: Database };

export function customerRoutes(deps: CustomerRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    putCustomerRoute(app, deps);
    getCustomerRoute(app, deps);
  };
}

function putCustomerRoute(app: ApiScope, deps: CustomerRouteDeps): void {
  app.put(
    '/customers/:externalId',
    {
      config: { scope: 'records:write' },
      schema: {
        tags: ['customers'],
        summary: 'Create or change a customer',
        description:
          'An identity that has already chatted attaches to that person. If it chatted before the customer was known under this id, both become one: nothing is doubled, only empty fields are filled. An identity of another known customer is refused (409 identity_taken).',
        params: customerParams,
        headers: onceHeaders,
        body: customerFields,
        response: { 200: customerAnswer, ...errorAnswers },
      },
    },
    async (request) =>
      await answerOnce(deps, request, customerAnswer, (client) =>
        saveCustomer(deps, client, request.params.externalId, request.body),
      ),
  );
}

function getCustomerRoute(app: ApiScope, deps: CustomerRouteDeps): void {
  app.get(
    '/customers/:externalId',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['customers'],
        summary: 'One customer, with identities and the consents that hold',
        params: customerParams,
        response: { 200: customerAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const customer = await readCustomer(deps.db.pool, request.params.externalId);
      if (!customer) throw unknownCustomer(request.params.externalId);
      return customer;
    },
  );
}

/** For a customer named in the address. */
export function unknownCustomer(externalId: string): HttpError {
  return new HttpError(404, 'unknown_customer', `There is no customer "${externalId}".`);
}
