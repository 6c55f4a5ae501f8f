// REST: how the channels do, and the way to connect an account anew.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { withoutSecrets } from '../auth/once-secretly.ts';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { answerOnce } from '../http/answer-once.ts';
import { errorAnswers } from '../http/error-answer.ts';
import { type ChannelHealthDeps, readChannelHealth } from './channel-health.ts';
import { channelHealthList, connectAnswer } from './channel-health-schema.ts';

export type ChannelRouteDeps = ChannelHealthDeps & {
  db: Database;
  /** A fresh address that begins the visit to Zalo's page; null = Zalo is not configured. */
  connectUrl: () => string | null;
};

const tags = ['channels'];

export function channelRoutes(deps: ChannelRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/channels',
      {
        config: { scope: 'settings:read' },
        schema: { tags, summary: 'How each channel does', response: { 200: channelHealthList, ...errorAnswers } },
      },
      async () => {
        const items = await readChannelHealth(deps);
        const open = new Set(items.map(({ channel }) => channel));
        return { items, off: channelNameSchema.options.filter((name) => !open.has(name)) };
      },
    );
    app.post(
      '/channels/zalo/connect',
      {
        config: { scope: 'keys' },
        schema: {
          tags,
          summary: 'Begin to connect the Official Account, or to authorise it again',
          description: 'Open the address in a browser. 409 channel_off when Zalo is not configured.',
          response: { 200: connectAnswer, ...errorAnswers },
        },
      },
      async (request) => {
        const url = deps.connectUrl();
        if (url === null) throw new HttpError(409, 'channel_off', 'Zalo is not configured: set ZALO_… in .env.');
        // The address opens a door: it is not remembered.
        await answerOnce(deps, withoutSecrets(request), connectAnswer, async () => ({ url: '' }));
        return { url };
      },
    );
  };
}
