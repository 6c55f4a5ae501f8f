// What the pretend providers remember: people, what their phones show, tokens, templates. Also the shape of the state file.
import { z } from 'zod';

export const sandboxChannelSchema = z.enum(['zalo', 'messenger']);
export type SandboxChannel = z.infer<typeof sandboxChannelSchema>;

/** Something a phone can tap that answers the account. */
export const shownChoiceSchema = z.object({
  kind: z.enum(['query_show', 'query_hide', 'postback', 'quick_reply', 'phone_reply', 'email_reply']),
  title: z.string(),
  payload: z.string(),
});
export type ShownChoice = z.infer<typeof shownChoiceSchema>;

/** Something a phone can tap that leaves the chat; `target` is an address or a phone number. */
export const shownLinkSchema = z.object({
  kind: z.enum(['url', 'phone', 'sms']),
  title: z.string(),
  target: z.string(),
});
export type ShownLink = z.infer<typeof shownLinkSchema>;

export const shownItemSchema = z.object({
  title: z.string(),
  subtitle: z.string().default(''),
  imageUrl: z.string().nullable().default(null),
  choices: z.array(shownChoiceSchema).default([]),
  links: z.array(shownLinkSchema).default([]),
});
export type ShownItem = z.infer<typeof shownItemSchema>;

/** One bubble on a phone. `id` is the provider's message id. */
export const shownMessageSchema = z.object({
  id: z.string(),
  from: z.enum(['person', 'program', 'staff']),
  /** ISO, by the sandbox's clock. */
  at: z.string(),
  kind: z.enum([
    'text',
    'image',
    'video',
    'audio',
    'sticker',
    'file',
    'location',
    'contact',
    'list',
    'template',
    'info_request',
    'feedback',
    'receipt',
  ]),
  text: z.string().default(''),
  subtitle: z.string().default(''),
  mediaUrl: z.string().nullable().default(null),
  /** Buttons that belong to the bubble. */
  choices: z.array(shownChoiceSchema).default([]),
  links: z.array(shownLinkSchema).default([]),
  /** Messenger chips above the composer; gone once anything else is said. */
  quickReplies: z.array(shownChoiceSchema).default([]),
  items: z.array(shownItemSchema).default([]),
  /** How far it got: for the account's messages on the person's phone, for the person's at our webhook. */
  state: z.enum(['sending', 'sent', 'delivered', 'read', 'failed']).default('sent'),
  quotedText: z.string().nullable().default(null),
  reaction: z.string().nullable().default(null),
  /** Zalo: the message cost money (48 hours to 7 days after the last interaction). */
  isCharged: z.boolean().default(false),
  /** Said by API but not drawn (a tap on oa.query.hide). */
  isHidden: z.boolean().default(false),
  /** The caller's own id where the provider carries one (Messenger metadata, ZNS tracking_id). */
  outboundMessageId: z.string().nullable().default(null),
  adminId: z.string().nullable().default(null),
  /** customer_feedback: the question that is asked. */
  feedback: z.object({ questionId: z.string(), type: z.string() }).nullable().default(null),
});
export type ShownMessage = z.infer<typeof shownMessageSchema>;
export type NewMessage = z.input<typeof shownMessageSchema>;

export const personSchema = z.object({
  /** Zalo user id (18 digits) or PSID (17 digits). */
  id: z.string(),
  channel: sandboxChannelSchema,
  name: z.string(),
  phone: z.string().nullable().default(null),
  userIdByApp: z.string(),
  isFollowing: z.boolean().default(false),
  isBlocking: z.boolean().default(false),
  hasOpenedChat: z.boolean().default(false),
  /** Epoch ms by the sandbox's clock. */
  followedAt: z.number().nullable().default(null),
  lastInteractionAt: z.number().nullable().default(null),
  /** Zalo: messages said after a follow and before any interaction; 3 at most. */
  welcomesUsed: z.number().default(0),
  /** Real epoch ms until which "is typing" shows. */
  typingUntil: z.number().default(0),
  tags: z.array(z.string()).default([]),
  messages: z.array(shownMessageSchema).default([]),
});
export type Person = z.infer<typeof personSchema>;

/** A ZBS/ZNS template: `{{name}}` in `text` stands for a parameter. */
export const znsTemplateSchema = z.object({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  /** Whether it may also be sent by user id. */
  byUserId: z.boolean().default(true),
  status: z.enum(['ENABLE', 'PENDING_REVIEW', 'REJECT', 'DISABLE']).default('ENABLE'),
  params: z
    .array(z.object({ name: z.string(), required: z.boolean().default(true), maxLength: z.number().default(30) }))
    .default([]),
});
export type ZnsTemplate = z.infer<typeof znsTemplateSchema>;

/** A Messenger utility template; `{{1}}` or `{{name}}` in the texts stand for parameters. */
export const utilityTemplateSchema = z.object({
  name: z.string(),
  language: z.string(),
  status: z.enum(['APPROVED', 'PENDING', 'REJECTED']).default('APPROVED'),
  header: z.string().nullable().default(null),
  body: z.string(),
  buttons: z.array(z.object({ type: z.enum(['POSTBACK', 'URL']), text: z.string(), target: z.string() })).default([]),
});
export type UtilityTemplate = z.infer<typeof utilityTemplateSchema>;

export const credentialsSchema = z.object({
  zaloAppId: z.string(),
  zaloAppSecret: z.string(),
  zaloOaId: z.string(),
  zaloOaSecretKey: z.string(),
  /** When set, a permission request with another redirect_uri is refused (-14003). */
  zaloCallbackUrl: z.string().nullable(),
  messengerAppId: z.string(),
  messengerAppSecret: z.string(),
  messengerVerifyToken: z.string(),
  messengerPageId: z.string(),
  messengerPageAccessToken: z.string(),
});
export type Credentials = z.infer<typeof credentialsSchema>;

export const zaloTokensSchema = z.object({
  accessToken: z.string(),
  accessExpiresAt: z.number(),
  refreshToken: z.string(),
  refreshExpiresAt: z.number(),
});
export type ZaloTokens = z.infer<typeof zaloTokensSchema>;

export const sandboxStateSchema = z.object({
  version: z.literal(1),
  credentials: credentialsSchema,
  tokens: zaloTokensSchema,
  clockOffsetMs: z.number(),
  people: z.array(personSchema),
  znsTemplates: z.array(znsTemplateSchema),
  utilityTemplates: z.array(utilityTemplateSchema),
  messengerProfile: z.record(z.string(), z.unknown()),
  subscribedFields: z.array(z.string()),
  /** Zalo package messages left for the charged days; 0 = each one is charged. */
  zaloSubQuota: z.number(),
});
export type SandboxState = z.infer<typeof sandboxStateSchema>;
