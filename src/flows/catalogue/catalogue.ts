// What the business sells and may say, ready to be asked: offers, products, templates, tips, holidays.
import type { ApprovedTemplate, TemplateRegistry } from '../approved-template.ts';
import { type Condition, readyCondition } from '../condition.ts';
import { durationMs } from '../duration.ts';
import { localParts } from '../local-time.ts';
import { foldText } from '../vietnamese-text.ts';
import type { CatalogueData, OfferFields, offerKinds, TemplateFields } from './catalogue-schema.ts';

export type OfferDefinition = {
  code: string;
  title: string;
  kind: (typeof offerKinds)[number];
  eligible: Condition | null;
  benefit: string;
  /** Đồng. */
  price: number | null;
  gift: string | null;
  deadline: { days: number } | { field: string } | null;
  once: 'customer' | 'subscription' | 'never';
  hasPersonalCode: boolean;
  holdOutPercent: number;
  windowMs: number;
};
export type Product = CatalogueData['products']['products'][number];
export type Plan = Product['plans'][number];
export type Feature = Product['features'][number];
export type Companion = { product: string; title: string; benefit: string | null };
export type Tip = { id: string; title: string; text: string; for: Condition | null; link: string | null };
export type CatalogueTemplate = ApprovedTemplate & { samples: Readonly<Record<string, string>> };

export type Catalogue = {
  offers: readonly OfferDefinition[];
  products: readonly Product[];
  tips: readonly Tip[];
  templates: TemplateRegistry & ReadonlyMap<string, CatalogueTemplate>;
  offer(code: string): OfferDefinition | null;
  /** By id or title, dấu and capitals aside. */
  product(name: string): Product | null;
  /** By id, title or another name of it. */
  plan(product: string, plan: string): Plan | null;
  /** The next bigger one. */
  nextPlan(product: string, plan: string): Plan | null;
  features(product: string): readonly Feature[];
  companions(industry: string): readonly Companion[];
  template(id: string): CatalogueTemplate | null;
  /** Days when the business rests, YYYY-MM-DD, both ends included. */
  holidays: CatalogueData['holidays']['days'];
  /** The holiday's name when the moment lies in one, where the business is. */
  isHoliday(ms: number, timeZone: string): string | null;
};

/** What was not written is empty. */
export function makeCatalogue(data: Partial<CatalogueData> = {}): Catalogue {
  const offers = (data.offers?.offers ?? []).map(readyOffer);
  const products = data.products?.products ?? [];
  const byCode = new Map(offers.map((offer) => [offer.code, offer]));
  const templates = new Map((data.templates?.templates ?? []).map((one) => [one.id, readyTemplate(one)]));
  const industries = new Map(
    Object.entries(data.products?.industries ?? {}).map(([name, { companions }]) => [foldText(name), companions]),
  );
  const product = finder(products, ({ id, title }) => [id, title]);
  const plans = new Map(products.map((one) => [one, finder(one.plans, ({ id, title, also }) => [id, title, ...also])]));
  const plan = (of: string, name: string) => {
    const found = product(of);
    return found === null ? null : (plans.get(found)?.(name) ?? null);
  };
  return {
    offers,
    products,
    templates,
    holidays: data.holidays?.days ?? [],
    tips: (data.tips?.tips ?? []).map(({ for: condition, link = null, ...tip }) => ({
      ...tip,
      link,
      for: condition === undefined ? null : readyCondition(condition),
    })),
    offer: (code) => byCode.get(code) ?? null,
    product,
    plan,
    nextPlan: (of, name) => biggerPlan(product(of), plan(of, name)),
    features: (of) => product(of)?.features ?? [],
    companions: (industry) =>
      (industries.get(foldText(industry)) ?? []).map((one) => ({ ...one, benefit: one.benefit ?? null })),
    template: (id) => templates.get(id) ?? null,
    isHoliday: holidayFinder(data.holidays?.days ?? []),
  };
}

export const emptyCatalogue: Catalogue = makeCatalogue();

function readyOffer(offer: OfferFields): OfferDefinition {
  const { code, title, kind, eligible, benefit, deadline, once } = offer;
  return {
    code,
    title,
    kind,
    eligible: eligible === undefined ? null : readyCondition(eligible),
    benefit,
    price: offer.price ?? null,
    gift: offer.gift ?? null,
    deadline: typeof deadline === 'string' ? { field: deadline } : (deadline ?? null),
    once,
    hasPersonalCode: offer.personal_code,
    holdOutPercent: offer.hold_out,
    windowMs: durationMs(offer.window),
  };
}

function readyTemplate({
  provider_id: providerId,
  note: _note,
  parameters,
  ...rest
}: TemplateFields): CatalogueTemplate {
  const samples = Object.fromEntries(Object.entries(parameters).map(([name, { sample }]) => [name, sample]));
  return { ...rest, providerId, parameters, samples };
}

/** Finds by name, with or without dấu; of two that are called the same, the first. */
function finder<Thing>(things: readonly Thing[], namesOf: (thing: Thing) => readonly string[]) {
  const byName = new Map(
    things.toReversed().flatMap((thing) => namesOf(thing).map((name): [string, Thing] => [foldText(name), thing])),
  );
  return (name: string): Thing | null => (name === '' ? null : (byName.get(foldText(name)) ?? null));
}

function biggerPlan(product: Product | null, plan: Plan | null): Plan | null {
  if (product === null || plan === null) return null;
  const bigger = product.plans.filter(({ rank }) => rank > plan.rank);
  return bigger.toSorted((a, b) => a.rank - b.rank)[0] ?? null;
}

function holidayFinder(days: CatalogueData['holidays']['days']): Catalogue['isHoliday'] {
  return (ms, timeZone) => {
    const { year, month, day } = localParts(ms, timeZone);
    const today = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    return days.find(({ from, to }) => from <= today && today <= to)?.name ?? null;
  };
}
