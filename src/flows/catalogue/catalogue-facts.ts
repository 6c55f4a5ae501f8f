// What the catalogue adds to the facts of a customer: their plan and the next, the feature they miss, what goes with it.
import { factsScope, holds } from '../condition.ts';
import type { FlowFacts, JourneyFacts } from '../flow-run.ts';
import { readDate } from '../local-time.ts';
import { nameReader } from '../run-scope.ts';
import type { Catalogue, Feature, OfferDefinition } from './catalogue.ts';

type Known = Pick<FlowFacts, 'subscription' | 'usage' | 'customer'>;
export type CatalogueFacts = Pick<JourneyFacts, 'product' | 'plan' | 'feature' | 'features' | 'companion'>;

/** A pure function over catalogue and what is known; the caller spreads it into the facts. */
export function catalogueFacts(catalogue: Catalogue, known: Known): CatalogueFacts {
  const name = known.subscription?.product ?? '';
  const product = catalogue.product(name);
  const features = catalogue.features(name);
  const unused = features.filter((feature) => !isUsed(feature, known.usage));
  const [missing] = unused;
  return {
    product: product === null ? null : { title: product.title },
    plan: planFacts(catalogue, name, known.subscription?.plan ?? ''),
    feature: missing === undefined ? null : featureFacts(missing),
    features: { total: features.length, used: features.length - unused.length, unused: unused.length },
    companion: companionFacts(catalogue, known),
  };
}

/** A latest value of 0 may only mean "not this week": a month that counted counts. */
export function isUsed({ metric }: Pick<Feature, 'metric'>, usage: FlowFacts['usage']): boolean {
  return [metric, `${metric}.month`, `${metric}.last_month`].some(
    (key) => Object.hasOwn(usage, key) && (usage[key] ?? 0) > 0,
  );
}

/** The first useful thing that is meant for this customer and that they never had. */
export function firstTip({ tips }: Catalogue, facts: FlowFacts, shared: ReadonlySet<string>): FlowFacts['tip'] {
  const tip = tips.find((one) => !shared.has(one.id) && holds(one.for, factsScope(facts)));
  return tip === undefined ? null : { id: tip.id, title: tip.title, text: tip.text, link: tip.link };
}

/** Until when an offer that is sent now stands; null = without end. */
export function offerDeadline(offer: OfferDefinition, facts: FlowFacts): Date | null {
  const { deadline } = offer;
  if (deadline === null) return null;
  if ('days' in deadline) return new Date(Date.parse(facts.now) + deadline.days * 86_400_000);
  const value = nameReader(deadline.field, new Set())?.(factsScope(facts));
  const ms = typeof value === 'string' ? readDate(value, facts.timeZone) : null;
  return ms === null ? null : new Date(ms);
}

function featureFacts({ id, title, guide, metric, benefit }: Feature) {
  return { id, title, guide: guide ?? null, metric, benefit: benefit ?? null };
}

function planFacts(catalogue: Catalogue, product: string, name: string): CatalogueFacts['plan'] {
  const plan = catalogue.plan(product, name);
  if (plan === null) return null;
  const next = catalogue.nextPlan(product, name);
  return { title: plan.title, rank: plan.rank, next_title: next?.title ?? null, next_price: next?.price ?? null };
}

/** Of the customer's industry; when that is not known, of the one that the product is made for. */
function companionFacts(catalogue: Catalogue, { subscription, customer }: Known): CatalogueFacts['companion'] {
  const companions = catalogue.companions(customer.industry ?? subscription?.product ?? '');
  return companions.find(({ product }) => product !== subscription?.product) ?? null;
}
