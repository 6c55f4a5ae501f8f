// Journeys and enrolments as REST shows them.
import { z } from 'zod';
import { journeyStages } from '../flows/journeys/journey.ts';
import { idField, momentAnswer, staffField } from '../http/request-fields.ts';

const counts = z.object({
  active: z.int().meta({ description: 'Enrolments under way.' }),
  planned: z.int().meta({ description: 'Steps that wait for their moment.' }),
  started: z.int(),
  skipped: z.int(),
});

export const journeySummary = z.object({
  id: z.string(),
  title: z.string(),
  stage: z.enum(journeyStages),
  version: z.int(),
  paused: z.object({ by: z.string(), at: momentAnswer }).nullable(),
  counts,
});
export const journeyList = z.object({ items: z.array(journeySummary) });

export const journeyAnswer = journeySummary.extend({
  purpose: z.enum(['service', 'care', 'advertising']),
  priority: z.int(),
  for: z.enum(['subscription', 'order', 'case', 'customer']),
  trigger: z.string().meta({ description: 'date, event, segment, no_activity or manual.' }),
  steps: z.array(
    z.object({
      id: z.string(),
      does: z.string().meta({ examples: ['flow renewal-offer', 'task renewal_call'] }),
      planned: z.int(),
      started: z.int(),
      skipped: z.int(),
    }),
  ),
  reasons: z
    .array(z.object({ step: z.string(), reason: z.string(), count: z.int() }))
    .meta({ description: 'Why steps were skipped, the most frequent first.' }),
});
export type JourneyAnswer = z.infer<typeof journeyAnswer>;
export type JourneySummary = z.infer<typeof journeySummary>;

export const journeyParams = z.object({ id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'is an id such as renewal') });
export const pauseFields = z.strictObject({ by: staffField.optional() }).nullish();

export const enrolFields = z.strictObject({
  journey: journeyParams.shape.id,
  subscription: idField.optional().meta({ description: 'externalId; needed when the customer has several.' }),
});
export type EnrolFields = z.infer<typeof enrolFields>;
export const enrolAnswer = z.object({ enrolment: z.string(), journey: z.string(), steps: z.int() });

export const enrolmentList = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      journey: z.string(),
      for: z.object({ kind: z.string(), id: z.string() }),
      status: z.string().meta({ description: 'active, finished, goal, left or cancelled.' }),
      reason: z.string().nullable(),
      anchorAt: momentAnswer,
      enrolledAt: momentAnswer,
      endedAt: momentAnswer.nullable(),
      steps: z.array(
        z.object({
          step: z.string(),
          occurrence: z.int(),
          dueAt: momentAnswer,
          status: z.string().meta({ description: 'planned, due (in the conversation), started, skipped, cancelled.' }),
          reason: z.string().nullable(),
          decidedAt: momentAnswer.nullable(),
          channel: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export type EnrolmentList = z.infer<typeof enrolmentList>;

export const matchesAnswer = z.object({
  journey: z.string(),
  count: z.int().meta({ description: 'How many match among those that were looked at.' }),
  examined: z.int(),
  isComplete: z.boolean().meta({ description: 'false = the time was up; the rest was not looked at.' }),
  matches: z
    .array(
      z.object({
        customer: z.string().nullable().meta({ description: 'externalId.' }),
        for: z.string().meta({ description: 'The subscription, order or case; the customer where it is for them.' }),
        facts: z.record(z.string(), z.unknown()).meta({ description: 'What made it true.' }),
      }),
    )
    .meta({ description: 'The first 50.' }),
});
export type MatchesAnswer = z.infer<typeof matchesAnswer>;
