// All that people who run the program see and mend while it runs.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type ChannelRouteDeps, channelRoutes } from './channel-routes.ts';
import { type DeadLetterDeps, deadLetterRoutes } from './dead-letter-routes.ts';

export type OperationsDeps = ChannelRouteDeps & DeadLetterDeps;
/** What only these routes need, beside what all routes have. */
export type OperationsParts = Pick<OperationsDeps, 'channels' | 'zaloQuota' | 'connectUrl' | 'flowProblems'>;

export function operationsRoutes(deps: OperationsDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(channelRoutes(deps));
    await app.register(deadLetterRoutes(deps));
  };
}
