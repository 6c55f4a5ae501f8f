// What people call plans, offers and journeys, beside the ids under which they are kept. Files may have changed since:
// what they no longer know keeps its id alone.
import type { CustomerPage, StoredPage } from './page-schema.ts';

/** Each answers null for what the files do not know. */
export type Titles = {
  product(product: string): string | null;
  plan(product: string, plan: string): string | null;
  offer(code: string): string | null;
  journey(journey: string): { title: string; step(step: string): string | null } | null;
};

type Titled = Pick<CustomerPage, 'subscriptions' | 'offers' | 'enrolments'>;

export function withTitles<Page extends Pick<StoredPage, keyof Titled>>(page: Page, titles: Titles) {
  return {
    ...page,
    subscriptions: page.subscriptions.map((one) => subscriptionOf(one, titles)),
    offers: page.offers.map((offer) => ({ ...offer, title: titles.offer(offer.code) })),
    enrolments: page.enrolments.map((enrolment) => {
      const journey = titles.journey(enrolment.journey);
      const steps = enrolment.steps.map((step) => ({ ...step, title: journey?.step(step.step) ?? null }));
      return { ...enrolment, title: journey?.title ?? null, steps };
    }),
  } satisfies Titled;
}

function subscriptionOf(one: StoredPage['subscriptions'][number], titles: Titles): Titled['subscriptions'][number] {
  const planTitle = (plan: string | null) => (plan === null ? null : titles.plan(one.product, plan));
  const titled = <State extends { plan: string | null }>(state: State) => ({
    ...state,
    planTitle: planTitle(state.plan),
  });
  return {
    ...titled(one),
    productTitle: titles.product(one.product),
    changes: one.changes.map(({ before, after, ...change }) => ({
      ...change,
      before: before && titled(before),
      after: titled(after),
    })),
  };
}
