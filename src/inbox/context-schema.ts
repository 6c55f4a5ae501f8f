// The card beside a thread over REST: all that a person should know about the customer before they answer.
import { z } from 'zod';
import { momentAnswer } from '../http/request-fields.ts';
import { inboxRow } from './inbox-schema.ts';

export const contextAnswer = z.object({
  plan: z.string().nullable(),
  product: z.string().nullable(),
  planTitle: z.string().nullable(),
  productTitle: z.string().nullable(),
  subscriptionStatus: z.string().nullable(),
  expiresAt: momentAnswer.nullable(),
  subscriptions: z.array(
    z.object({
      externalId: z.string(),
      product: z.string(),
      plan: z.string().nullable(),
      status: z.string(),
      value: z.int().nullable(),
      expiresAt: momentAnswer.nullable(),
    }),
  ),
  lastScores: z.array(
    z.object({ metric: z.string(), score: z.int(), comment: z.string().nullable(), at: momentAnswer }),
  ),
  openOffers: z.array(
    z.object({
      id: z.uuid(),
      code: z.string(),
      state: z.string(),
      benefit: z.string().nullable(),
      deadlineAt: momentAnswer.nullable(),
    }),
  ),
  openCases: z.array(
    z.object({
      id: z.uuid(),
      kind: z.string(),
      reason: z.string(),
      owner: z.string().nullable(),
      dueAt: momentAnswer,
    }),
  ),
  openTasks: z.array(
    z.object({ id: z.uuid(), kind: z.string(), title: z.string(), owner: z.string().nullable(), dueAt: momentAnswer }),
  ),
  usage: z.record(z.string(), z.number()),
  features: z
    .array(z.object({ id: z.string(), title: z.string(), metric: z.string() }))
    .meta({ description: 'What their product can do: usage is read against it.' }),
  flow: z
    .object({
      id: z.string(),
      title: z.string(),
      step: z.string().nullable(),
      asked: z.string().nullable().meta({ description: 'What the bot said last in it.' }),
    })
    .nullable(),
  companions: z.array(z.object({ product: z.string(), title: z.string(), benefit: z.string().nullable() })),
  consent: z.object({ optedOutAt: momentAnswer.nullable(), advertising: z.boolean().nullable() }),
  window: z.object({
    mode: z.enum(['free', 'charged', 'template', 'human_agent', 'feedback']).nullable(),
    closesAt: momentAnswer.nullable(),
    cost: z.int().meta({ description: 'Đồng for the next message.' }),
    reason: z.string(),
  }),
  scriptWindow: z
    .object({ isOpen: z.boolean(), reason: z.string() })
    .meta({ description: 'For what a script says: on Messenger it closes days before that of a person.' }),
  checklist: z.array(z.object({ id: z.string(), title: z.string(), isDone: z.boolean() })),
  otherChannels: z.array(
    z.object({ conversationId: z.uuid().nullable(), channel: z.string(), state: z.string().nullable() }),
  ),
  customer: z.object({
    phone: z.string().nullable(),
    email: z.string().nullable(),
    industry: z.string().nullable(),
    role: z.string().nullable(),
    tags: z.array(z.string()),
    formOfAddress: z.string().nullable(),
    language: z.string(),
  }),
});
export type ContextAnswer = z.infer<typeof contextAnswer>;

export const conversationCard = inboxRow.extend({
  context: contextAnswer,
  draft: z.string().nullable(),
  presence: z.array(z.object({ id: z.uuid(), name: z.string(), typing: z.boolean() })),
});
