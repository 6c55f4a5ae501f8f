// What staff may offer one customer now, why not the rest, and what goes with their industry.
import type pg from 'pg';
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { factsScope, holds } from '../flows/condition.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import { readIssues } from './consider-offer.ts';
import { isHeldOut } from './hold-out.ts';
import { judgeOffer, type KnownIssue, type OfferVerdict } from './judge-offer.ts';
import type { OfferDefinition } from './offer-book.ts';
import type { OfferPack } from './offer-schema.ts';
import { listIssuesOf } from './read-issues.ts';

/** Something of the customer that an offer may be for; the customer themselves first. */
export type OfferSubject = { kind: string; id: string; facts: FlowFacts };

export type PackDeps = {
  catalogue: () => Catalogue;
  secretKey: Uint8Array;
  clock: { now(): Date };
  /** What conditions may read about them. */
  readSubjects: (client: pg.PoolClient, customerId: string) => Promise<readonly OfferSubject[]>;
};

export async function readOfferPack(deps: PackDeps, client: pg.PoolClient, customerId: string): Promise<OfferPack> {
  const catalogue = deps.catalogue();
  const subjects = await deps.readSubjects(client, customerId);
  const issues = await readIssues(client, customerId, catalogue);
  const [self] = subjects;
  const subscriptions = subjects.filter(({ kind }) => kind === 'subscription');
  const candidates = subscriptions.length > 0 ? subscriptions : subjects.slice(0, 1);
  const industry = self?.facts.customer.industry ?? null;
  return {
    offers: catalogue.offers.map((definition) => itemOf(deps, customerId, definition, candidates, issues)),
    companions: industry === null ? [] : [...catalogue.companions(industry)],
    issues: await listIssuesOf(client, customerId),
  };
}

/** For the subscription that it fits, else for the first, with the reason why not. */
function itemOf(
  { secretKey, clock }: PackDeps,
  customerId: string,
  definition: OfferDefinition,
  candidates: readonly OfferSubject[],
  issues: readonly KnownIssue[],
): OfferPack['offers'][number] {
  const now = clock.now();
  const isOut = isHeldOut(secretKey, customerId, definition.code, definition.holdOutPercent);
  const judged = candidates.map((subject) => {
    const isEligible = holds(definition.eligible, factsScope(subject.facts));
    const subscriptionId = subject.kind === 'subscription' ? subject.id : null;
    const question = { definition, isEligible, isHeldOut: isOut, subscriptionId, enrolmentId: null, issues, now };
    return { subject, reason: reasonOf(judgeOffer(question), definition) };
  });
  const best = judged.find(({ reason }) => reason === null) ?? judged[0];
  const { code, title, kind, benefit, price, gift } = definition;
  return {
    ...{ code, title, kind, benefit, price, gift },
    isEligible: best?.reason === null,
    subscription: best?.subject.kind === 'subscription' ? (best.subject.facts.subscription?.id ?? null) : null,
    reason: best === undefined ? 'Chưa có dữ liệu về khách.' : best.reason,
  };
}

function reasonOf(judged: OfferVerdict, { code, holdOutPercent }: OfferDefinition): string | null {
  switch (judged.verdict) {
    case 'skip':
      return judged.reason;
    case 'held_out':
      return `Khách thuộc nhóm đối chứng ${holdOutPercent} % của ưu đãi ${code}, xin đừng mời.`;
    case 'again':
    case 'issue':
      return null;
  }
}
