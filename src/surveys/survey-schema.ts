// Surveys over REST: results with what they are made of, and the rows behind them.
import { z } from 'zod';
import { pageQuery, pageSchema } from '../http/page.ts';
import { idField, momentAnswer, momentField } from '../http/request-fields.ts';
import { surveyMetrics } from './score-bounds.ts';

/** How far a question got: `queued` until its message left, `unsent` when it did not. */
export const surveyStates = ['queued', 'asked', 'answered', 'expired', 'unsent'] as const;

const period = {
  from: momentField.optional().meta({ description: 'Questions that left since; 30 days ago when left out.' }),
  to: momentField.optional().meta({ description: 'and before; now when left out.' }),
};

export const resultQuery = z.object({ ...period, metric: z.enum(surveyMetrics).optional() });

const measure = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });

export const resultAnswer = z.object({
  metric: z.enum(surveyMetrics),
  definition: z.string(),
  asked: z.int().meta({ description: 'Questions that reached the customer.' }),
  answered: z.int(),
  expired: z.int(),
  waiting: z.int().meta({ description: 'Asked, neither answered nor expired yet.' }),
  unsent: z.int().meta({ description: 'Questions that could not be sent; they count in nothing else.' }),
  average: z.number().nullable(),
  score: measure.meta({
    description: 'CSAT and CES: share of good answers, 0–1. NPS: −100 to 100. With a 95 % interval.',
  }),
  scores: z.record(z.string(), z.int()).meta({ description: 'Score → how many answers.' }),
  recovered: z.object({
    low: z.int().meta({ description: 'Low answers whose case is closed.' }),
    askedAgain: z.int(),
    recovered: z.int(),
    rate: measure,
  }),
});
export type ResultAnswer = z.infer<typeof resultAnswer>;

export const resultList = z.object({ from: momentAnswer, to: momentAnswer, items: z.array(resultAnswer) });

export const answerQuery = pageQuery.extend({
  ...period,
  metric: z.enum(surveyMetrics).optional(),
  status: z.enum(surveyStates).optional(),
  customer: idField.optional().meta({ description: 'externalId of a customer.' }),
  cursor: z.uuid().optional().meta({ description: 'The nextCursor of the page before.' }),
});
export type AnswerQuery = z.infer<typeof answerQuery>;

export const surveyAnswerRow = z.object({
  id: z.uuid(),
  customer: z.string().nullable().meta({ description: 'externalId; null when only known from chatting.' }),
  customerId: z.uuid(),
  metric: z.string(),
  status: z.string(),
  score: z.int().nullable(),
  comment: z.string().nullable(),
  flow: z.string(),
  askedAt: momentAnswer,
  answeredAt: momentAnswer.nullable(),
  caseId: z.uuid().nullable().meta({ description: 'The case that it opened, or that it asked again about.' }),
  isRepeat: z.boolean().meta({ description: 'True = asked again after the case was closed.' }),
});
export const answerPage = pageSchema(surveyAnswerRow);
