// What conditions and texts of a run may read: facts, variables, guides. Names are looked up among own keys only.
import type { FlowFacts } from './flow-run.ts';
import type { GuideLibrary } from './guides/guide-library.ts';

export type Value = string | number | boolean | null | readonly string[];
/** What a run remembers; plain JSON. */
export type Variables = Record<string, string | number | boolean | null>;

export type RunScope = { facts: FlowFacts; variables: Variables; guides: GuideLibrary };

/** Whoever has a spa is not shown how a school does it. */
export function guidesFor({ products, subscription }: FlowFacts, guides: GuideLibrary): GuideLibrary {
  return guides.forProducts(products ?? (subscription === null ? [] : [subscription.product]));
}

const factFields: Readonly<Record<string, readonly string[]>> = {
  customer: [
    'name',
    'given_name',
    'form_of_address',
    'phone',
    'industry',
    'role',
    'tags',
    'language',
    'orders',
    'spent',
  ],
  subscription: ['id', 'product', 'plan', 'status', 'value', 'started_at', 'expires_at', 'days_left'],
  business: ['name', 'hotline', 'website'],
  booking: ['calendar_url'],
  training: ['starts_at', 'topic', 'meeting_url', 'calendar_url'],
  conversation: ['asked', 'first'],
  order: ['id', 'kind', 'amount', 'at', 'items', 'offer_code'],
  case: ['id', 'kind', 'reason', 'outcome', 'opened_at', 'closed_at'],
  feature: ['id', 'title', 'guide', 'metric', 'benefit'],
  features: ['total', 'used', 'unused'],
  companion: ['product', 'title', 'benefit'],
  product: ['title'],
  plan: ['title', 'rank', 'next_title', 'next_price'],
  offer: ['code', 'personal_code', 'benefit', 'price', 'gift', 'deadline'],
  tip: ['id', 'title', 'text', 'link'],
  survey: ['csat', 'nps', 'ces'],
};
const loneNames = ['address', 'Address', 'now', 'channel'] as const;

/** Words that a variable must not be called. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...Object.keys(factFields),
  ...loneNames,
  'usage',
  'since',
  ...['and', 'or', 'not', 'in', 'is', 'empty', 'has', 'mentions', 'true', 'false'],
  ...['__proto__', 'constructor', 'prototype'],
]);

/** Every name a text or condition may use, for hints; `usage.*`, `since.*` and `customer.attributes.*` are open. */
export function knownNames(variables: Iterable<string>): string[] {
  const dotted = Object.entries(factFields).flatMap(([group, fields]) => fields.map((field) => `${group}.${field}`));
  return [...variables, ...loneNames, ...dotted];
}

export type NameReader = (scope: RunScope) => Value;

/** How to read a dotted name, or null when no such name exists. Never walks into anything but known fields. */
export function nameReader(name: string, variables: ReadonlySet<string>): NameReader | null {
  if (variables.has(name)) return (scope) => ownValue(scope.variables, name);
  const dot = name.indexOf('.');
  if (dot === -1) return loneReader(name);
  const group = name.slice(0, dot);
  const field = name.slice(dot + 1);
  if (group === 'usage') return isPlainName(field) ? (scope) => ownValue(scope.facts.usage, field) : null;
  if (group === 'since') return isPlainName(field) ? (scope) => countOf(scope.facts.since, field) : null;
  if (group === 'customer' && field.startsWith('attributes.'))
    return attributeReader(field.slice('attributes.'.length));
  if (!(Object.hasOwn(factFields, group) && factFields[group]?.includes(field))) return null;
  return (scope) => ownValue(groupOf(scope, group), field);
}

/** "anh", "chị" … as known, else "anh/chị". */
export function addressOf(scope: RunScope): string {
  return scope.facts.customer.form_of_address?.trim() || 'anh/chị';
}

function loneReader(name: string): NameReader | null {
  switch (name) {
    case 'address':
      return addressOf;
    case 'Address':
      return (scope) => capitalise(addressOf(scope));
    case 'now':
      return (scope) => scope.facts.now;
    case 'channel':
      return (scope) => scope.facts.channel;
    default:
      return null;
  }
}

function attributeReader(key: string): NameReader | null {
  return isPlainName(key) ? (scope) => ownValue(scope.facts.customer.attributes, key) : null;
}

function groupOf(scope: RunScope, group: string): Record<string, unknown> {
  switch (group) {
    case 'customer':
      return scope.facts.customer;
    case 'subscription':
    case 'booking':
    case 'training':
    case 'conversation':
    case 'order':
    case 'case':
    case 'feature':
    case 'features':
    case 'companion':
    case 'product':
    case 'plan':
    case 'offer':
    case 'survey':
    case 'tip':
    case 'business':
      return scope.facts[group] ?? {};
    default:
      throw new RangeError(`No facts are called "${group}".`);
  }
}

/** What never happened happened 0 times, so that `since.x > 0` and `since.x == 0` both mean what they say. */
function countOf(counts: Readonly<Record<string, number>> | undefined, kind: string): number {
  return counts !== undefined && Object.hasOwn(counts, kind) ? (counts[kind] ?? 0) : 0;
}

function ownValue(record: Record<string, unknown>, key: string): Value {
  const value = Object.hasOwn(record, key) ? record[key] : null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

function isPlainName(name: string): boolean {
  return /^[\p{L}\p{N}_.-]{1,80}$/u.test(name) && !name.split('.').some((part) => reservedKeys.has(part));
}

const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '']);

export function capitalise(text: string): string {
  return text.charAt(0).toLocaleUpperCase('vi') + text.slice(1);
}

/** Null, empty text, empty list. */
export function isEmptyValue(value: Value): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
