// An ordinary made-up customer, for tests and for trying flows: what a test does not mention is taken from here.
import type { FlowFacts, JourneyFacts } from './flow-run.ts';
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

/** What is not said of a thing that a test mentions. */
const blank = {
  order: { id: 'order-1', kind: 'order', amount: null, at: null, items: [], offer_code: null },
  case: { id: 'case-1', kind: 'other', reason: null, outcome: null, opened_at: null, closed_at: null },
  feature: { id: 'feature-1', title: 'tính năng mới', guide: null, metric: 'feature_1', benefit: null },
  companion: { product: 'product-2', title: 'Sản phẩm đi kèm', benefit: null },
  product: { title: 'Phần mềm' },
  plan: { title: 'Cơ bản', rank: 1, next_title: null, next_price: null },
  offer: { code: 'UU-DAI', personal_code: null, benefit: null, price: null, gift: null, deadline: null },
  tip: { id: 'tip-1', title: 'Mẹo nhỏ', text: 'Mẹo nhỏ', link: null },
  training: { topic: 'Đào tạo', meeting_url: null, calendar_url: null },
};

function careOverrides(facts: FlowFacts, overrides: TestFacts): Partial<JourneyFacts> {
  const part = <Part extends object>(
    now: Part | null | undefined,
    wanted: Partial<Part> | null,
    empty: Part,
  ): Part | null => (wanted === null ? null : { ...empty, ...now, ...given(wanted) });
  const { order, case: opened, feature, companion, product, plan, offer, tip, survey, features } = overrides;
  return {
    ...(order === undefined ? {} : { order: part(facts.order, order, blank.order) }),
    ...(opened === undefined ? {} : { case: part(facts.case, opened, blank.case) }),
    ...(feature === undefined ? {} : { feature: part(facts.feature, feature, blank.feature) }),
    ...(companion === undefined ? {} : { companion: part(facts.companion, companion, blank.companion) }),
    ...(product === undefined ? {} : { product: part(facts.product, product, blank.product) }),
    ...(plan === undefined ? {} : { plan: part(facts.plan, plan, blank.plan) }),
    ...(offer === undefined ? {} : { offer: part(facts.offer, offer, blank.offer) }),
    ...(tip === undefined ? {} : { tip: part(facts.tip, tip, blank.tip) }),
    ...(survey === undefined ? {} : { survey: { ...facts.survey, ...given(survey) } }),
    ...(features === undefined ? {} : { features }),
  };
}

/** `facts` with what a test says changed. */
export function applyOverrides(facts: FlowFacts, overrides: TestFacts): FlowFacts {
  const { customer, subscription, training, usage, business } = overrides;
  return {
    ...facts,
    ...careOverrides(facts, overrides),
    ...(training === undefined ? {} : { training: training && { ...blank.training, ...given(training) } }),
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
