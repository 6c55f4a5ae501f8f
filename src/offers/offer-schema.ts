// Offers over REST: what there is and how it does, the rows behind the numbers, what one customer may get.
import { z } from 'zod';
import { offerKinds } from '../flows/catalogue/catalogue-schema.ts';
import { pageQuery, pageSchema } from '../http/page.ts';
import { customerParams, idField, momentAnswer, staffField, textField } from '../http/request-fields.ts';
import { offerStateSchema } from './offer-state.ts';

const shareAnswer = z.object({
  converted: z.int(),
  total: z.int(),
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

export const offerAnswer = z.object({
  code: z.string(),
  isInCatalogue: z.boolean().meta({ description: 'False = only its history is left.' }),
  title: z.string().nullable(),
  kind: z.enum(offerKinds).nullable(),
  eligible: z.string().nullable().meta({ description: 'The condition as written; null = everybody.' }),
  benefit: z.string().nullable(),
  price: z.int().nullable(),
  gift: z.string().nullable(),
  once: z.string().nullable(),
  holdOutPercent: z.number().nullable(),
  windowDays: z.number().nullable(),
  states: z.record(z.string(), z.int()).meta({ description: 'State → how many issues.' }),
  offered: shareAnswer,
  heldOut: shareAnswer,
  lift: z.object({ difference: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() }),
  conversions: z
    .object({ direct: z.int(), assisted: z.int() })
    .meta({ description: 'Of those offered and converted: who said yes (direct), who only heard of it (assisted).' }),
  revenue: z.object({ direct: z.int(), assisted: z.int() }).meta({ description: 'Đồng, refunds subtracted.' }),
});
export type OfferAnswerRow = z.infer<typeof offerAnswer>;

export const offerList = z.object({
  definition: z.string().meta({ description: 'How converted, lift and revenue are counted.' }),
  items: z.array(offerAnswer),
});

export const codeParams = z.object({ code: textField(60) });

export const issueQuery = pageQuery.extend({
  state: offerStateSchema.optional(),
  cursor: z.uuid().optional().meta({ description: 'The nextCursor of the page before.' }),
});
export type IssueQuery = z.infer<typeof issueQuery>;

export const issueAnswer = z.object({
  id: z.uuid(),
  code: z.string(),
  personalCode: z.string().nullable(),
  customer: z.string().nullable().meta({ description: 'externalId; null when only known from chatting.' }),
  customerId: z.uuid(),
  subscription: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  journey: z.string().nullable(),
  flow: z.string().nullable(),
  createdAt: momentAnswer.nullable(),
  sentAt: momentAnswer.nullable(),
  answeredAt: momentAnswer.nullable(),
  deadlineAt: momentAnswer.nullable(),
  orders: z.array(z.object({ id: z.string(), kind: z.string(), amount: z.int(), attribution: z.string() })),
});
export type IssueAnswer = z.infer<typeof issueAnswer>;
export const issuePage = pageSchema(issueAnswer);

export const packAnswer = z.object({
  offers: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      kind: z.enum(offerKinds),
      benefit: z.string(),
      price: z.int().nullable(),
      gift: z.string().nullable(),
      isEligible: z.boolean(),
      subscription: z.string().nullable().meta({ description: 'The subscription that it would be for.' }),
      reason: z.string().nullable().meta({ description: 'Why not now.' }),
    }),
  ),
  companions: z.array(z.object({ product: z.string(), title: z.string(), benefit: z.string().nullable() })),
  issues: z.array(issueAnswer).meta({ description: 'What was offered so far, newest first.' }),
});
export type OfferPack = z.infer<typeof packAnswer>;

export const answerParams = customerParams.extend({ code: textField(60) });
export const answerFields = z.strictObject({
  by: staffField,
  reason: textField(1_000).optional().meta({ description: 'What the customer said; kept with the answer.' }),
  subscription: idField.optional().meta({ description: 'Which one, when it was offered for several.' }),
});
export type AnswerFields = z.infer<typeof answerFields>;
