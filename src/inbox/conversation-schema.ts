// A conversation over REST: who leads it, where its flow stands, what may still be said.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { conversationStateSchema } from '../conversations/conversation.ts';
import { idField, momentAnswer, staffField, textField } from '../http/request-fields.ts';

const windowAnswer = z.object({
  isOpen: z.boolean(),
  kind: z.enum(['free', 'charged', 'template', 'human_agent', 'feedback']).nullable(),
  closesAt: momentAnswer.nullable(),
  leftMs: z.int().nullable().meta({ description: 'Milliseconds until it closes; null when unknown or closed.' }),
  reason: z.string(),
});

export const conversationAnswer = z.object({
  id: z.uuid(),
  channel: channelNameSchema,
  peerId: z.string(),
  customer: z.string().nullable(),
  state: conversationStateSchema,
  owner: z.string().nullable(),
  flow: z.string().nullable(),
  version: z.int().nullable().meta({ description: 'Number of the flow version that the run is on.' }),
  step: z.string().nullable(),
  waitingSince: momentAnswer.nullable(),
  takenOverAt: momentAnswer.nullable(),
  resolvedAt: momentAnswer.nullable(),
  lastInteractionAt: momentAnswer.nullable(),
  window: windowAnswer.meta({ description: 'For a plain text that the program writes now.' }),
  agentWindow: windowAnswer.meta({ description: 'For a plain text that a person types now.' }),
  misunderstandings: z.int(),
  createdAt: momentAnswer,
  updatedAt: momentAnswer,
});
export type ConversationAnswer = z.infer<typeof conversationAnswer>;

export const conversationList = z.object({ items: z.array(conversationAnswer) });
export const conversationQuery = z.object({
  customer: idField.meta({ description: 'externalId of the customer; required.' }),
});
export const conversationParams = z.object({ id: z.uuid() });

export const takeOverFields = z.strictObject({
  owner: staffField,
  force: z.boolean().default(false).meta({ description: 'Also from a colleague who holds it.' }),
});

export const handBackFields = z
  .strictObject({
    by: staffField,
    how: z.enum(['resume', 'end', 'start_flow']).default('resume').meta({
      description:
        'resume: ask the pending question again; end: end the flow; start_flow: begin `flow` (at step `at`).',
    }),
    flow: textField(100).optional(),
    at: textField(100).optional(),
  })
  .refine((fields) => (fields.how === 'start_flow') === (fields.flow !== undefined), {
    path: ['flow'],
    error: 'goes together with how = start_flow',
  });

export const resolveFields = z.strictObject({ by: staffField });

export const agentMessageFields = z.strictObject({
  text: textField(10_000).meta({ description: 'As long as need be: cut into what the channel takes.' }),
  author: staffField,
});

export const agentMessageAnswer = z.object({
  conversationId: z.string(),
  messages: z.array(z.object({ id: z.string(), status: z.string(), text: z.string() })),
});

export const startFlowFields = z
  .strictObject({
    at: textField(100).optional().meta({ description: 'Step to begin at; the beginning when left out.' }),
    subscription: idField.optional().meta({ description: 'externalId of the subscription that it is about.' }),
    force: z.boolean().default(false).meta({ description: 'Ask also when the customer was asked a survey lately.' }),
  })
  .nullish();

export const startFlowAnswer = z.object({
  eventId: z.string(),
  flow: z.string(),
  channel: channelNameSchema,
  conversationId: z.string().nullable(),
});
