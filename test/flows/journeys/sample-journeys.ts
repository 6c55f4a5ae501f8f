// What tests of journeys share: a made-up customer with one subscription, and journeys from a few lines.

import type { CareState, Subject } from '../../../src/flows/journeys/care-state.ts';
import { compileJourney } from '../../../src/flows/journeys/compile-journey.ts';
import type { Journey } from '../../../src/flows/journeys/journey.ts';
import { readJourney } from '../../../src/flows/journeys/read-journey.ts';
import { sampleFacts } from '../../../src/flows/sample-facts.ts';
import type { TestFacts } from '../../../src/flows/test-schema.ts';

export const timeZone = 'Asia/Ho_Chi_Minh';
export const day = 86_400_000;
export const hour = 3_600_000;

/** "2026-11-24 09:00" on the wall clock of the business. */
export function at(local: string): Date {
  return new Date(`${local.replace(' ', 'T')}:00+07:00`);
}

/** Throws with all problems when the file cannot be read. */
export function journeyOf(source: string): Journey {
  const id = /^id: ([a-z-]+)$/m.exec(source)?.[1] ?? 'thu';
  const { journey, problems } = readJourney(`${id}.journey.yaml`, source);
  if (journey === null || problems.length > 0) throw new Error(JSON.stringify(problems, null, 2));
  return compileJourney(journey);
}

export const renewal = journeyOf(`id: thu
title: Gia hạn
stage: renewal
for: subscription
trigger: { on: date, of: subscription.expires_at }
goal: since.subscription_renewed > 0
late: 3 days
steps:
  - { id: truoc_30, offset: -30 days, at: "09:00", flow: nhac }
  - { id: truoc_7, offset: -7 days, at: "09:00", flow: nhac }
  - { id: goi, offset: -1 day, task: "Gọi {customer.name}" }
`);

export function subscription(fields: TestFacts['subscription'] = {}, more: TestFacts = {}): Subject {
  const facts = sampleFacts('zalo', '2026-11-24T09:00:00+07:00', { ...more, subscription: fields });
  return { kind: 'subscription', id: 'sub-1', facts };
}

export function stateOf(fields: Partial<CareState> = {}): CareState {
  const subjects = fields.subjects ?? [subscription({ expires_at: '2027-06-01T12:00:00+07:00' })];
  return {
    customerId: 'customer-1',
    isOptedOut: false,
    isErased: false,
    lastActivityAt: null,
    enrolments: [],
    segments: new Set(),
    signals: [],
    ...fields,
    subjects,
  };
}
