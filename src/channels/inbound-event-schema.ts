// One thing that happened on a channel, normalised. Made by <channel>/parse-webhook.ts, stored and worked by inbound/.
import { z } from 'zod';

/** Where customers chat with us. */
export const chatChannelSchema = z.enum(['zalo', 'messenger']);
export type ChatChannel = z.infer<typeof chatChannelSchema>;

/** E-mail only goes out: nothing comes in by it, no flow runs on it. */
export const channelNameSchema = z.enum([...chatChannelSchema.options, 'email']);
export type ChannelName = z.infer<typeof channelNameSchema>;

export function isChat(channel: ChannelName): channel is ChatChannel {
  return channel !== 'email';
}

export const attachmentSchema = z.object({
  kind: z.enum(['image', 'video', 'audio', 'file', 'sticker', 'location', 'link', 'contact_card', 'template', 'other']),
  url: z.string().optional(),
  name: z.string().optional(),
  title: z.string().optional(),
  stickerId: z.string().optional(),
  latitude: z.string().optional(),
  longitude: z.string().optional(),
  phone: z.string().optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Where a person came from: m.me ref, ad, QR, shop. */
export const referralSchema = z.object({
  ref: z.string().optional(),
  source: z.string().optional(),
  type: z.string().optional(),
  adId: z.string().optional(),
});

export const inboundBodySchema = z.discriminatedUnion('kind', [
  /** Written or tapped by the customer. A tap carries `payload`; on Zalo a tap is a plain text. */
  z.object({
    kind: z.literal('message'),
    messageId: z.string().nullable(),
    text: z.string().nullable(),
    payload: z.string().optional(),
    attachments: z.array(attachmentSchema).default([]),
    quotedMessageId: z.string().optional(),
    referral: referralSchema.optional(),
  }),
  z.object({ kind: z.literal('follow'), source: z.string().optional() }),
  z.object({ kind: z.literal('unfollow'), source: z.string().optional() }),
  /** The customer opened the chat for the first time without writing (Zalo user_click_chatnow, Messenger Get Started without payload). */
  z.object({ kind: z.literal('opened_chat'), referral: referralSchema.optional() }),
  z.object({
    kind: z.literal('receipt'),
    receipt: z.enum(['delivered', 'read']),
    messageIds: z.array(z.string()).default([]),
    /** Everything said at or before this moment (Messenger), ISO. */
    watermark: z.string().optional(),
    /** Our own outbound message id, when the provider hands it back (ZNS tracking_id). */
    outboundMessageId: z.string().optional(),
  }),
  /** Something our account said. `author` program: through the API with our mark; person: typed in the provider's own inbox. */
  z.object({
    kind: z.literal('echo'),
    messageId: z.string().nullable(),
    author: z.enum(['program', 'person']),
    text: z.string().nullable(),
    attachments: z.array(attachmentSchema).default([]),
    /** Our own outbound message id (Messenger metadata). */
    outboundMessageId: z.string().optional(),
    adminId: z.string().optional(),
    appId: z.string().optional(),
  }),
  z.object({
    kind: z.literal('reaction'),
    messageId: z.string().nullable(),
    emoji: z.string().nullable(),
    removed: z.boolean().default(false),
    by: z.enum(['customer', 'account']).default('customer'),
  }),
  z.object({ kind: z.literal('edit'), messageId: z.string(), text: z.string(), editNumber: z.number() }),
  z.object({
    kind: z.literal('contact_shared'),
    name: z.string().optional(),
    phone: z.string().optional(),
    email: z.string().optional(),
    address: z.string().optional(),
    birthday: z.string().optional(),
  }),
  z.object({ kind: z.literal('referral'), referral: referralSchema }),
  /** A provider's own rating form was filled in (ZNS rating, Messenger customer feedback). */
  z.object({
    kind: z.literal('feedback'),
    questionId: z.string().optional(),
    metric: z.enum(['csat', 'nps', 'ces', 'free_form', 'rating']),
    score: z.number().nullable(),
    comment: z.string().optional(),
    messageId: z.string().optional(),
    outboundMessageId: z.string().optional(),
  }),
  /** Thread ownership moved between apps (Messenger conversation routing). */
  z.object({
    kind: z.literal('thread_control'),
    action: z.enum(['passed_to_us', 'taken_from_us', 'requested', 'roles_changed']),
    appId: z.string().optional(),
    metadata: z.string().optional(),
  }),
  /** The customer asks for their data to be deleted (Zalo user_withdraw). */
  z.object({ kind: z.literal('data_withdrawal') }),
  /** Something about the account, not about a person: template status, quality, quota, policy enforcement … */
  z.object({
    kind: z.literal('account'),
    name: z.string(),
    /** What the provider says of one of our templates; the id is theirs. */
    template: z
      .object({
        providerId: z.string(),
        /** Where one id stands for the same words in several languages. */
        language: z.string().optional(),
        approval: z.enum(['approved', 'pending', 'rejected', 'disabled']).optional(),
        quality: z.string().optional(),
        reason: z.string().optional(),
      })
      .optional(),
  }),
  /** Known or unknown, nothing to do but keep it. */
  z.object({ kind: z.literal('unhandled'), name: z.string() }),
]);
export type InboundBody = z.infer<typeof inboundBodySchema>;

export type InboundEvent = {
  channel: ChannelName;
  /** OA id or page id. */
  accountId: string;
  /** The person's id on the channel; null when the event is about the account. "phone:84…" for ZNS by phone. */
  peerId: string | null;
  /** The provider's own name: user_send_text, message, postback … */
  providerEvent: string;
  /** The provider's time, or the time of receipt when it gave none. */
  occurredAt: Date;
  /** Unique within channel + account + peer + providerEvent: the provider's id, or a hash of the raw bytes. */
  providerId: string;
  /** Whether this act opens the messaging window. */
  opensWindow: boolean;
  /** Messenger standby: another app owns the thread; record, never answer. */
  standby: boolean;
  body: InboundBody;
};
