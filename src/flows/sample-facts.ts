// An ordinary made-up customer, for tests and for trying flows: what a test does not mention is taken from here.
import type { FlowFacts } from './flow-run.ts';
import type { TestFacts } from './test-schema.ts';

const dayMs = 86_400_000;

/** Facts of a customer at `now`; `overrides` later in the list win. */
export function sampleFacts(channel: 'zalo' | 'messenger', now: string, ...overrides: TestFacts[]): FlowFacts {
  const start: FlowFacts = {
    now: new Date(now).toISOString(),
    timeZone: 'Asia/Ho_Chi_Minh',
    channel,
    customer: {
      name: 'Nguyễn Thị Lan',
      given_name: 'Lan',
      form_of_address: null,
      phone: null,
      industry: null,
      role: null,
      tags: [],
      language: 'vi',
      attributes: {},
    },
    subscription: null,
    usage: {},
    business: { name: 'Gắn Bó', hotline: '1900 0000', website: 'https://example.test' },
  };
  return overrides.reduce(applyOverrides, start);
}

function applyOverrides(facts: FlowFacts, { customer, subscription, usage, business }: TestFacts): FlowFacts {
  return {
    ...facts,
    customer: { ...facts.customer, ...given(customer ?? {}) },
    subscription: subscription === undefined ? facts.subscription : subscriptionOf(facts, subscription),
    usage: { ...facts.usage, ...usage },
    business: { ...facts.business, ...given(business ?? {}) },
  };
}

function subscriptionOf(facts: FlowFacts, overrides: TestFacts['subscription']): FlowFacts['subscription'] {
  if (overrides === null || overrides === undefined) return null;
  const base = facts.subscription ?? {
    id: 'sub-1',
    product: 'spa',
    plan: null,
    status: 'active',
    value: null,
    started_at: null,
    expires_at: null,
    days_left: null,
  };
  const merged = { ...base, ...given(overrides) };
  const expires = Date.parse(merged.expires_at ?? '');
  const left = Number.isNaN(expires) ? merged.days_left : Math.ceil((expires - Date.parse(facts.now)) / dayMs);
  return { ...merged, days_left: overrides.days_left ?? left };
}

/** Without what was not given at all; null was given. */
function given<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  // Object.fromEntries forgets the keys' types.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
