// Everything of one customer on one page, as REST answers it; and what staff change there. By our own id, because whoever
// only ever chatted has no other.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { momentAnswer, textField } from '../http/request-fields.ts';
import { consentFields, customerFields } from './customer-schema.ts';

const moment = momentAnswer.nullable();
const text = z.string().nullable();

const identity = z.object({
  id: z.uuid(),
  channel: channelNameSchema,
  peerId: z.string(),
  displayName: text,
  followedAt: moment,
  unfollowedAt: moment,
  lastInteractionAt: moment,
  unreachableReason: text,
  conversationId: z.uuid().nullable(),
  state: text,
  window: z.object({ isOpen: z.boolean(), closesAt: moment, reason: z.string() }),
});
const title = text.meta({ description: 'As the catalogue and the flow files call it; null when they do not know it.' });
const state = z.object({ plan: text, planTitle: title, status: z.string(), expiresAt: moment });
const change = z.object({ kind: z.string(), at: momentAnswer, before: state.nullable(), after: state });
const subscription = z.object({
  externalId: z.string(),
  product: z.string(),
  productTitle: title,
  plan: text,
  planTitle: title,
  value: z.number().nullable(),
  status: z.string(),
  startedAt: moment,
  expiresAt: moment,
  owner: text,
  changes: z.array(change),
});
const order = z.object({
  externalId: z.string(),
  kind: z.string(),
  amount: z.number(),
  offerCode: text,
  refundOf: text,
  at: momentAnswer,
});
const usage = z.object({
  metric: z.string(),
  months: z.array(z.object({ month: z.string(), total: z.number(), events: z.number() })),
});
const survey = z.object({
  id: z.uuid(),
  metric: z.string(),
  status: z.string(),
  score: z.number().nullable(),
  comment: text,
  askedAt: momentAnswer,
  answeredAt: moment,
});
const offer = z.object({
  id: z.uuid(),
  code: z.string(),
  title,
  state: z.string(),
  benefit: text,
  reason: text,
  sentAt: moment,
  deadlineAt: moment,
});
const work = z.object({
  id: z.uuid(),
  kind: z.string(),
  words: z.string(),
  status: z.string(),
  owner: text,
  dueAt: momentAnswer,
  outcome: text,
});
const booking = z.object({
  id: z.uuid(),
  topic: z.string(),
  startsAt: momentAnswer,
  durationMinutes: z.number(),
  meetingUrl: text,
  /** Called off then; null = it stands. */
  cancelledAt: moment,
});
const enrolmentStep = z.object({
  step: z.string(),
  title,
  dueAt: momentAnswer,
  status: z.string(),
  reason: text,
  channel: text,
});
const enrolment = z.object({
  id: z.uuid(),
  journey: z.string(),
  title,
  status: z.string(),
  reason: text,
  enrolledAt: momentAnswer,
  steps: z.array(enrolmentStep),
});
const consent = z.object({
  id: z.uuid(),
  purpose: z.string(),
  channel: z.string(),
  granted: z.boolean(),
  source: z.string(),
  wording: text,
  at: momentAnswer,
  holds: z.boolean().meta({ description: 'The newest word of its purpose and channel.' }),
});
const joint = z.object({
  id: z.uuid(),
  stayingId: z.uuid(),
  goingId: z.uuid(),
  goingName: text,
  by: z.string(),
  at: momentAnswer,
  undoneAt: moment,
});
const split = z.object({
  at: momentAnswer,
  otherId: z.uuid(),
  by: text,
  isThere: z.boolean().meta({ description: 'The other is still a customer of their own: it can be undone.' }),
});

export const customerPage = z.object({
  id: z.uuid(),
  externalId: text,
  name: text,
  formOfAddress: text,
  phone: text,
  email: text,
  industry: text,
  role: text,
  tags: z.array(z.string()),
  language: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  optedOutAt: moment,
  createdAt: momentAnswer,
  identities: z.array(identity),
  subscriptions: z.array(subscription),
  orders: z.array(order),
  usage: z.array(usage),
  surveys: z.array(survey),
  offers: z.array(offer),
  cases: z.array(work),
  tasks: z.array(work),
  bookings: z.array(booking),
  enrolments: z.array(enrolment),
  consents: z.array(consent),
  merges: z.array(joint),
  splits: z.array(split),
});
export type CustomerPage = z.infer<typeof customerPage>;

/** What the database says; windows are asked of the channel's rules, titles of the files. */
const storedState = state.omit({ planTitle: true });
export const storedPage = customerPage.extend({
  identities: z.array(identity.omit({ window: true })),
  subscriptions: z.array(
    subscription
      .omit({ productTitle: true, planTitle: true })
      .extend({ changes: z.array(change.extend({ before: storedState.nullable(), after: storedState })) }),
  ),
  offers: z.array(offer.omit({ title: true })),
  enrolments: z.array(enrolment.omit({ title: true }).extend({ steps: z.array(enrolmentStep.omit({ title: true })) })),
});
export type StoredPage = z.infer<typeof storedPage>;

export const staffFields = customerFields.omit({ identities: true, consents: true });

export const sayFields = consentFields
  .pick({ purpose: true, channel: true, granted: true, wording: true })
  .extend({ reason: textField(100).meta({ description: 'How the customer said so; becomes part of the source.' }) });

export const otherQuery = z.object({ otherId: z.uuid() });
export const joinFields = z.strictObject({ otherId: z.uuid().meta({ description: 'Who goes.' }) });

export const joinPreview = z.object({
  going: z.object({ id: z.uuid(), externalId: text, name: text }),
  moves: z.record(z.string(), z.int()).meta({ description: 'Rows that would move, by table.' }),
  fills: z.record(z.string(), z.string()).meta({ description: 'Empty fields that would be filled, and with what.' }),
});
export type JoinPreview = z.infer<typeof joinPreview>;

export const splitFields = z.strictObject({ identityId: z.uuid() });
export const splitAnswer = z.object({
  id: z.uuid().meta({ description: 'The new customer; merging them back undoes it.' }),
  moved: z.record(z.string(), z.int()),
});
export type SplitAnswer = z.infer<typeof splitAnswer>;
