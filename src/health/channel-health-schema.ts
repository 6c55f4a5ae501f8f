// How each channel does, for the page that says what to do about it.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { momentAnswer } from '../http/request-fields.ts';

const moment = momentAnswer.nullable();

export const channelTrouble = z.enum([
  'not_connected',
  'needs_reauthorisation',
  'refresh_expires_soon',
  'token_refresh_failing',
  'sending_paused',
  'errors_lately',
  'nothing_came_lately',
  'stuck_messages',
  'parked_events',
  'quota_spent',
]);
export type ChannelTrouble = z.infer<typeof channelTrouble>;

export const channelHealth = z.object({
  channel: channelNameSchema,
  accountId: z.string(),
  lastInAt: moment.meta({ description: 'The last message of a customer.' }),
  lastOutAt: moment,
  lastWebhookAt: moment.meta({ description: 'The last event of any kind that the provider told.' }),
  token: z
    .object({
      status: z.string(),
      reason: z.string().nullable(),
      renewedAt: moment,
      expiresAt: moment,
      refreshExpiresAt: moment.meta({ description: 'After it the owner must connect the account again.' }),
    })
    .nullable()
    .meta({ description: 'null = the channel has none that ages.' }),
  isPaused: z.boolean().meta({ description: 'Nothing leaves now: the provider refused or failed again and again.' }),
  errors: z
    .array(z.object({ code: z.string(), count: z.int(), reason: z.string().nullable() }))
    .meta({ description: 'Of the last hour.' }),
  quotas: z.array(
    z.object({ of: z.string(), total: z.int().nullable(), remain: z.int().nullable(), validThrough: moment }),
  ),
  queued: z.int(),
  uncertain: z.int(),
  parked: z.int(),
  parkedEvents: z.int(),
  canConnect: z.boolean(),
  troubles: z.array(channelTrouble).meta({ description: 'What somebody should do something about, worst first.' }),
});
export type ChannelHealthAnswer = z.infer<typeof channelHealth>;

export const channelHealthList = z.object({
  items: z.array(channelHealth),
  off: z.array(channelNameSchema).meta({ description: 'Not configured in .env.' }),
});
export const connectAnswer = z.object({
  url: z.string().meta({ description: "Leads to the provider's own page; good for one hour." }),
});
