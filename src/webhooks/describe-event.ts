// What the outside hears of an event: ids and numbers that its own systems know. No phone, no message text.
import { z } from 'zod';

/** Whatever else a touchpoint holds stays inside: a new field is not told until it is named here. */
const TOLD = [
  'code',
  'order',
  'subscription',
  'case',
  'caseId',
  'kind',
  'priority',
  'dueAt',
  'offer',
  'offerIssueId',
  'personalCode',
  'price',
  'survey',
  'metric',
  'score',
  'isRepeat',
  'product',
  'plan',
  'value',
  'status',
  'expiresAt',
  'from',
  'to',
  'startedAt',
  'source',
  'attribution',
  'channel',
  'flow',
  'step',
  'journey',
  'isTest',
] as const;

const value = z.union([z.string().max(200), z.number(), z.boolean()]);
const data = z.record(z.string(), z.unknown()).catch({});

export type DescribedEvent = { type: string; at: Date; data: unknown; customer: string | null };

/** The body as it is signed and sent. */
export function describeEvent(event: DescribedEvent): string {
  const held = data.parse(event.data);
  const told = TOLD.flatMap((name) => {
    const one = value.safeParse(held[name]);
    return one.success ? [[name, one.data] as const] : [];
  });
  return JSON.stringify({
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { customer: event.customer, ...Object.fromEntries(told) },
  });
}
