// The REST API under /api: key, error shape, documentation, and the routes of each folder in story order.
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { auditRoutes } from '../audit/routes.ts';
import type { StaffSettings } from '../auth/auth-deps.ts';
import { createAuthenticate } from '../auth/authenticate.ts';
import { forgottenRoutes } from '../auth/forgotten-routes.ts';
import { keyRoutes } from '../auth/key-routes.ts';
import { type CallLimits, createCallLimiter } from '../auth/limit-calls.ts';
import { linkRoutes as staffLinkRoutes } from '../auth/link-routes.ts';
import { meRoutes } from '../auth/me-routes.ts';
import { sessionRoutes } from '../auth/session-routes.ts';
import { staffRoutes } from '../auth/staff-routes.ts';
import { teamRoutes } from '../auth/team-routes.ts';
import { totpRoutes } from '../auth/totp-routes.ts';
import { caseRoutes } from '../cases/case-routes.ts';
import { taskRoutes } from '../cases/task-routes.ts';
import { batchRoutes } from '../customers/batch-routes.ts';
import { type LinkRouteDeps, linkRoutes } from '../customers/link-routes.ts';
import { mergeRoutes } from '../customers/merge-routes.ts';
import { type PageRouteDeps, pageRoutes } from '../customers/page-routes.ts';
import { type RecordRouteDeps, recordRoutes } from '../customers/record-routes.ts';
import { type CustomerRouteDeps, customerRoutes } from '../customers/routes.ts';
import { type SubscriptionRouteDeps, subscriptionRoutes } from '../customers/subscription-routes.ts';
import { type ExportRouteDeps, exportRoutes } from '../exports/routes.ts';
import { titlesOfScripts } from '../flow-library/titles-of-scripts.ts';
import { describeProbes } from '../health/describe-probes.ts';
import { type OperationsParts, operationsRoutes } from '../health/operations-routes.ts';
import { handleError, handleNotFound } from '../http/handle-error.ts';
import { registerOpenApi } from '../http/open-api.ts';
import { type ImportRouteDeps, importRoutes } from '../imports/routes.ts';
import { describeWebhooks } from '../inbound/describe-webhooks.ts';
import { type ActionRouteDeps, actionRoutes } from '../inbox/action-routes.ts';
import { type InboxParts, staffInboxRoutes } from '../inbox/register-inbox.ts';
import { conversationRoutes } from '../inbox/routes.ts';
import { type JourneyRouteDeps, journeyRoutes } from '../journeys/routes.ts';
import { ledgerRoutes } from '../ledger/routes.ts';
import { type OfferRouteDeps, offerRoutes } from '../offers/routes.ts';
import { type SendingRouteDeps, sendingRoutes } from '../outbox/sending-routes.ts';
import type { PrivacyRouteDeps } from '../privacy/privacy-deps.ts';
import { privacyRoutes } from '../privacy/routes.ts';
import { surveyRoutes } from '../surveys/routes.ts';
import { type WebhookRouteDeps, webhookRoutes } from '../webhooks/routes.ts';
import { createTeamCheck } from './check-team.ts';

export type ApiDeps = CustomerRouteDeps &
  SubscriptionRouteDeps &
  RecordRouteDeps &
  LinkRouteDeps &
  Omit<PageRouteDeps, 'titles'> &
  ActionRouteDeps &
  JourneyRouteDeps &
  ImportRouteDeps &
  ExportRouteDeps &
  WebhookRouteDeps & {
    /** Absent = there are no offers. */
    offering?: Pick<OfferRouteDeps, 'offers' | 'offerPack'>;
    /** Absent = nothing is sent from here. */
    sending?: SendingRouteDeps;
    privacy?: PrivacyRouteDeps;
    /** Absent = staff have no inbox here. */
    inbox?: InboxParts;
    /** Absent = nobody looks after channels and what got stuck here. */
    operations?: OperationsParts;
    /** null = there is no key but those that were made; a refusal says how to set one. */
    apiKey: string | null;
    staff: StaffSettings;
    callLimits?: CallLimits;
  };

/** Routes under /api/v1 behind key or session, their description under /api/docs for everybody; unknown ones answer 404. */
export async function registerApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(
    async (api) => {
      api.setValidatorCompiler(validatorCompiler);
      api.setSerializerCompiler(serializerCompiler);
      api.setErrorHandler(handleError);
      api.setNotFoundHandler(handleNotFound);
      await registerOpenApi(api, { ...describeWebhooks(), ...describeProbes() });
      await api.register(async (v1) => registerVersion1(v1, deps), { prefix: '/v1' });
    },
    { prefix: '/api' },
  );
}

async function registerVersion1(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.decorateRequest('actor', '');
  app.decorateRequest('staff', null);
  await app.register(cookie);
  const auth = { ...deps, ...deps.staff };
  // By the program's own clock: what counts down in a browser asks no other.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('date', deps.clock.now().toUTCString());
  });
  const limitCalls = await createCallLimiter(app, deps.callLimits);
  app.addHook('onRequest', createAuthenticate({ ...auth, limitCalls }));
  app.addHook('preHandler', createTeamCheck(deps));
  await registerPeople(app, auth);
  await app.register(customerRoutes(deps));
  await app.register(pageRoutes({ ...deps, titles: () => titlesOfScripts(deps.scripts()) }));
  await app.register(subscriptionRoutes(deps));
  await app.register(recordRoutes(deps));
  await app.register(batchRoutes(deps));
  await app.register(mergeRoutes(deps));
  await app.register(linkRoutes(deps));
  if (deps.offering) await app.register(offerRoutes({ ...deps, ...deps.offering }));
  await app.register(surveyRoutes(deps));
  await app.register(caseRoutes(deps));
  await app.register(taskRoutes(deps));
  await app.register(ledgerRoutes(deps));
  if (deps.sending) await app.register(sendingRoutes(deps.sending));
  await app.register(conversationRoutes(deps));
  await app.register(actionRoutes(deps));
  if (deps.inbox) await app.register(staffInboxRoutes({ ...deps, ...deps.inbox }));
  if (deps.operations) await app.register(operationsRoutes({ ...deps, ...deps.operations }));
  await app.register(journeyRoutes(deps));
  await app.register(keyRoutes(deps));
  await app.register(auditRoutes(deps));
  await app.register(importRoutes(deps));
  await app.register(exportRoutes(deps));
  await app.register(webhookRoutes(deps));
  if (deps.privacy) await app.register(privacyRoutes(deps.privacy));
}

async function registerPeople(app: FastifyInstance, auth: ApiDeps & StaffSettings): Promise<void> {
  await app.register(sessionRoutes(auth));
  await app.register(forgottenRoutes(auth));
  await app.register(meRoutes(auth));
  await app.register(totpRoutes(auth));
  await app.register(staffLinkRoutes(auth));
  await app.register(staffRoutes(auth));
  await app.register(teamRoutes(auth));
}
