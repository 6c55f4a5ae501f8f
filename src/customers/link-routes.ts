// REST: links for a known customer.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database } from '../database.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { customerParams } from '../http/request-fields.ts';
import { type IssueLinksDeps, issueLinks, linkAnswer, linkFields } from './issue-links.ts';

export type LinkRouteDeps = IssueLinksDeps & { db: Database };

const DAYS = 7;

export function linkRoutes(deps: LinkRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/customers/:externalId/links',
      {
        config: { scope: 'records:write' },
        schema: {
          tags: ['customers'],
          summary: 'Links by which this customer becomes the person who chats',
          description:
            'For one person, once, until they expire. Whoever opens the link of Messenger, or types the code on either channel, is attached to this customer.',
          params: customerParams,
          headers: onceHeaders,
          body: linkFields,
          response: { 200: linkAnswer, ...errorAnswers },
        },
      },
      async (request) =>
        await answerOnce(deps, request, linkAnswer, (client) =>
          issueLinks(deps, client, request.params.externalId, request.body?.days ?? DAYS),
        ),
    );
  };
}
