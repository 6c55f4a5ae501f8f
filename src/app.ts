// The HTTP side of the program, in the order of the story. Built without listening, so that tests can inject requests.
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { type ApiDeps, registerApi } from './api/register-api.ts';
import { type HealthDeps, registerHealth } from './health/routes.ts';
import { handleError, handleNotFound } from './http/handle-error.ts';
import { refuseUnreadable } from './http/refuse-unreadable.ts';
import { type ConnectionLimits, connectionLimits, limitSlowClients, serverLimits } from './http/slow-clients.ts';
import { registerWebhooks, type WebhookDeps } from './inbound/routes.ts';
import { registerCalendar } from './inbox/calendar-routes.ts';
import { registerUnsubscribe, type UnsubscribeDeps } from './inbox/unsubscribe-routes.ts';
import { type ConnectDeps, registerZaloConnect } from './inbox/zalo-connect-routes.ts';
import { builtAppDir } from './web/build-app.ts';
import { serveApp } from './web/serve-app.ts';

export type AppDeps = {
  log: FastifyBaseLogger;
  webhooks: WebhookDeps;
  health: HealthDeps;
  api: ApiDeps;
  connect: ConnectDeps | null;
  /** Absent = no e-mail goes out that could lead there. */
  unsubscribe?: UnsubscribeDeps;
  sandboxUrl: string | null;
  /** Proxies whose word about addresses is believed; null = nobody's. */
  trustProxy: string[] | null;
  /** Shorter only in tests. */
  limits?: ConnectionLimits;
};

const MIB = 1024 * 1024;

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { limits = connectionLimits } = deps;
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MIB,
    // Without a word Fastify loads compilers of its own, which nobody asks and every start would wait for.
    schemaController: { compilersFactory: { buildValidator: () => noCompiler, buildSerializer: () => noCompiler } },
    ...serverLimits(limits),
    // Who is still connected when we leave is served once more and told to go: a restart refuses nobody.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    // Nothing is decided by an address that the caller wrote.
    trustProxy: deps.trustProxy ?? false,
    // Malformed addresses never reach a hook, and a throw here would end the process.
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply.headers(bareHeaders)),
    clientErrorHandler: refuseUnreadable,
  });
  limitSlowClients(app, limits);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  await app.register(helmet, { contentSecurityPolicy: { directives: strictPolicy } });
  await app.register(formbody);
  await app.register(async (scope) => registerWebhooks(scope, deps.webhooks));
  await app.register(async (scope) => registerApi(scope, deps.api));
  await app.register(async (scope) => registerHealth(scope, deps.health));
  await app.register(async (scope) => registerCalendar(scope, { db: deps.api.db }));
  const { connect, unsubscribe } = deps;
  if (unsubscribe) await app.register(async (scope) => registerUnsubscribe(scope, unsubscribe));
  if (connect) await app.register(async (scope) => registerZaloConnect(scope, connect));
  const { sandboxUrl, api } = deps;
  await app.register(async (scope) => serveApp(scope, { webDir: builtAppDir, sandboxUrl, timeZone: api.timeZone }));
  return app;
}

function noCompiler(): never {
  throw new TypeError('A route with schemas stands where Zod compiles them: register-api.ts.');
}

/** What helmet says everywhere else. */
const bareHeaders = {
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};

const strictPolicy = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'upgrade-insecure-requests': null,
};
