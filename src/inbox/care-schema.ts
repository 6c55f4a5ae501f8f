// What staff do for the customer of a conversation, over REST: begin a flow, book a training, open work, write down a yes
// or no; and what they may choose from.
import { z } from 'zod';
import { momentAnswer, momentField, textField } from '../http/request-fields.ts';

export const templateChoice = z.object({
  id: z.string(),
  text: z.string().meta({ description: 'As approved, with its placeholders.' }),
  price: z.int().meta({ description: 'Đồng.' }),
  parameters: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      max: z.int(),
      required: z.boolean(),
      value: z.string().meta({ description: 'What is known of this customer; empty = to be filled in.' }),
    }),
  ),
});
export type TemplateChoice = z.infer<typeof templateChoice>;
export const templateChoices = z.object({ items: z.array(templateChoice) });

export const flowChoices = z.object({ items: z.array(z.object({ id: z.string(), title: z.string() })) });
export const flowSteps = z.object({
  id: z.string(),
  title: z.string(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string().meta({ description: 'Its first words.' }),
      hasOtherWay: z.boolean().meta({
        description: 'Begun here while the window is closed, it goes by template, e-mail or task.',
      }),
    }),
  ),
});
export const flowParams = z.object({ flow: textField(100) });

export const trainingChoices = z.object({
  items: z.array(
    z.object({
      flow: z.string(),
      step: z.string(),
      title: z.string(),
      durationMinutes: z.int(),
      slots: z.array(momentAnswer),
    }),
  ),
});
export type TrainingChoices = z.infer<typeof trainingChoices>;

export const bookFields = z.strictObject({
  flow: textField(100).meta({ description: 'Whose hours these are, with its step: see the list of trainings.' }),
  step: textField(100),
  startsAt: z.iso.datetime({ offset: true }),
});
export type BookFields = z.infer<typeof bookFields>;
export const bookAnswer = z.object({
  id: z.uuid(),
  startsAt: momentAnswer,
  calendarUrl: z.string(),
  messages: z.array(z.object({ id: z.string(), sendAt: momentAnswer })).meta({
    description: 'The confirmation now, the reminder an hour before.',
  }),
});
export type BookAnswer = z.infer<typeof bookAnswer>;

export const beginFields = z.strictObject({
  flow: textField(100),
  at: textField(100).optional().meta({ description: 'The step to begin at; the beginning when left out.' }),
});

const dueAndOwner = {
  ownerId: z.uuid().nullish().meta({ description: 'Left out: whoever looks after the subscription.' }),
  dueAt: momentField.optional().meta({ description: 'In 24 hours when left out.' }),
};
export const workFields = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('case'), words: textField(300), ...dueAndOwner }),
  z.strictObject({ kind: z.literal('task'), words: textField(300), ...dueAndOwner }),
]);
export type WorkFields = z.infer<typeof workFields>;
export const workDone = z.object({ id: z.uuid(), owner: z.string().nullable(), dueAt: momentAnswer });
export type WorkDone = z.infer<typeof workDone>;

export const offerParams = z.object({ id: z.uuid(), code: textField(60) });
export const offerFields = z.strictObject({
  answer: z.enum(['accepted', 'declined']),
  reason: textField(1_000).optional().meta({ description: 'What the customer said.' }),
});

export const messageParams = z.object({ id: z.uuid(), messageId: z.uuid() });
export const cancelAnswer = z.object({ id: z.string(), status: z.string() });
export const doneAnswer = z.object({ conversationId: z.string() });
