// What has been sent and what will be, as REST and screens read it.
import { z } from 'zod';
import { momentAnswer } from '../http/request-fields.ts';

const count = z.int().min(0);
const dong = z.int().min(0).meta({ description: 'Đồng.' });

export const sentGroup = z.object({
  channel: z.string(),
  purpose: z
    .string()
    .nullable()
    .meta({ description: 'answer, confirmation, care, advertising; null = by hand, elsewhere' }),
  kind: z.string().nullable().meta({ description: 'free, charged, template, email, or the package that paid' }),
  today: count,
  month: count,
  costToday: dong,
  costMonth: dong,
});

export const sendingQuota = z.object({
  asOf: momentAnswer,
  zalo: z
    .object({
      askedAt: momentAnswer,
      quotas: z.array(
        z.object({
          of: z.enum(['consultation', 'template_by_phone']),
          total: z.int().nullable(),
          remain: z.int().nullable(),
          validThrough: z.string().nullable(),
        }),
      ),
    })
    .nullable()
    .meta({ description: 'What Zalo said last; null = nothing yet, or Zalo is off. Meta names no such number.' }),
  sent: z.array(sentGroup),
  spending: z.object({ limit: dong.nullable(), month: dong, left: z.int().nullable() }),
  advertisingPerDay: count.meta({ description: 'At most so many for one customer in 24 hours.' }),
});
export type SendingQuota = z.infer<typeof sendingQuota>;

export const forecastQuery = z.object({
  days: z.coerce.number().int().min(1).max(90).default(30).meta({ description: 'How far ahead.' }),
});

const way = z
  .enum(['free', 'charged', 'template', 'email', 'task', 'none'])
  .meta({ description: 'The likely rung, should the customer stay silent until then.' });

export const sendingForecast = z.object({
  asOf: momentAnswer,
  days: count,
  planned: z.array(z.object({ day: z.iso.date(), journey: z.string(), way, messages: count, cost: dong })),
  totals: z.array(z.object({ way, messages: count, cost: dong })),
  spending: z.object({
    limit: dong.nullable(),
    spentThisMonth: dong,
    stopsOn: z.iso.date().nullable().meta({ description: 'The day the limit of its month would be reached.' }),
  }),
  zaloPackage: z
    .object({ remain: z.int().nullable(), charged: count })
    .nullable()
    .meta({ description: 'Messages that the package still pays, against those planned after 48 hours.' }),
});
export type SendingForecast = z.infer<typeof sendingForecast>;
