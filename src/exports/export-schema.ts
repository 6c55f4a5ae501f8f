// Which rows a table holds: the same words as the lists have.
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { DAY_MS } from '../clock.ts';
import { HttpError } from '../errors.ts';
import { readMoment } from '../http/read-moment.ts';
import { idField, momentField, textField } from '../http/request-fields.ts';
import { touchpointQuery } from '../ledger/touchpoint-schema.ts';
import { offerStateSchema } from '../offers/offer-state.ts';
import { answerQuery } from '../surveys/survey-schema.ts';

const period = {
  from: momentField.optional().meta({ description: 'Since then; from the beginning when left out.' }),
  to: momentField.optional().meta({ description: 'and before; without an end when left out.' }),
};

export const customersQuery = z.object({
  ...period,
  product: textField(100).optional().meta({ description: 'Only who has, or had, a subscription of it.' }),
});
export type CustomersQuery = z.infer<typeof customersQuery>;

export const answersQuery = answerQuery.pick({ metric: true, status: true, customer: true }).extend(period);
export type AnswersQuery = z.infer<typeof answersQuery>;

export const offersQuery = z.object({
  ...period,
  code: textField(60).optional(),
  state: offerStateSchema.optional(),
});
export type OffersQuery = z.infer<typeof offersQuery>;

const MOST_DAYS = 92;

export const touchpointsQuery = z.object({
  from: momentField.meta({ description: 'Since then.' }),
  to: momentField.meta({ description: `and before; at most ${MOST_DAYS} days later.` }),
  kind: touchpointQuery.shape.kind,
  customer: idField.optional().meta({ description: 'externalId of a customer.' }),
  channel: channelNameSchema.optional(),
});
export type TouchpointsQuery = z.infer<typeof touchpointsQuery>;

/** null = without an end. */
export type Period = { from: Date | null; to: Date | null };

/** What begins later than it ends holds nothing: said instead of an empty file. Throws bad_period. */
export function readPeriod(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  timeZone: string,
): Period {
  const begin = from === undefined ? null : readMoment(from, timeZone);
  const end = to === undefined ? null : readMoment(to, timeZone);
  if (begin !== null && end !== null && begin >= end)
    throw new HttpError(422, 'bad_period', '`to` must be later than `from`.');
  return { from: begin, to: end };
}

/** Throws bad_period, period_too_long. */
export function readShortPeriod(
  { from, to }: Pick<TouchpointsQuery, 'from' | 'to'>,
  timeZone: string,
): { from: Date; to: Date } {
  readPeriod({ from, to }, timeZone);
  const period = { from: readMoment(from, timeZone), to: readMoment(to, timeZone) };
  if (period.to.getTime() - period.from.getTime() <= MOST_DAYS * DAY_MS) return period;
  const message = `A period is at most ${MOST_DAYS} days; ask for several files.`;
  throw new HttpError(422, 'period_too_long', message, { mostDays: MOST_DAYS });
}
