// May this customer get this offer now? Pure: from what was offered before to a yes, a no with its reason, or silence
// for the sake of comparison.
import { DAY_MS } from '../clock.ts';
import type { OfferDefinition, OfferKind } from './offer-book.ts';
import { type OfferState, openStates } from './offer-state.ts';

/** What was offered to the customer before, any code. */
export type KnownIssue = {
  id: string;
  code: string;
  /** null = the catalogue no longer knows the code. */
  kind: OfferKind | null;
  state: OfferState;
  /** Why its message has not left, while `eligible`. */
  reason: string | null;
  subscriptionId: string | null;
  enrolmentId: string | null;
  /** null = no script has said it yet. */
  runId: string | null;
  deadlineAt: Date | null;
  createdAt: Date;
};

export type OfferQuestion = {
  definition: OfferDefinition;
  isEligible: boolean;
  isHeldOut: boolean;
  subscriptionId: string | null;
  enrolmentId: string | null;
  issues: readonly KnownIssue[];
  now: Date;
};

export type OfferVerdict =
  | { verdict: 'issue' }
  /** An issue that exists already and may be said, or said again. */
  | { verdict: 'again'; issueId: string }
  | { verdict: 'skip'; reason: string }
  /** `isKnown`: the row that says so is there already. */
  | { verdict: 'held_out'; isKnown: boolean };

/** A conversation may be busy for three days; after that what was meant to be said no longer counts as on its way. */
const ON_ITS_WAY_MS = 4 * DAY_MS;

export function judgeOffer(question: OfferQuestion): OfferVerdict {
  const { definition, issues, now } = question;
  const { code } = definition;
  if (!question.isEligible) return skip(`Khách không thuộc diện nhận ưu đãi ${code}.`);
  const same = issues.filter((issue) => issue.code === code && isSameSubject(question, issue));
  const given = same.filter((issue) => issue.state !== 'held_out');
  if (given.some((issue) => isOnItsWay(issue, now) && issue.runId !== null)) {
    return skip(`Ưu đãi ${code} đang chờ gửi đến khách.`);
  }
  const used = given.find((issue) => issue.state !== 'eligible' && usesUp(question, issue));
  if (used) return skip(`Khách đã được mời ưu đãi ${code} rồi.`);
  const other = issues.find((issue) => issue.code !== code && blocks(question, issue));
  if (other) return skip(`Khách đang có ưu đãi cùng loại còn hiệu lực: ${other.code}.`);
  const heldOut = same.find((issue) => issue.state === 'held_out' && isSameOccasion(question, issue));
  if (heldOut) return { verdict: 'held_out', isKnown: true };
  const open = given.find((issue) => issue.state === 'eligible' || isOpen(issue, now));
  if (open) return { verdict: 'again', issueId: open.id };
  return question.isHeldOut ? { verdict: 'held_out', isKnown: false } : { verdict: 'issue' };
}

function skip(reason: string): OfferVerdict {
  return { verdict: 'skip', reason };
}

/** Of a once-per-customer offer all issues count; of the others those for the same subscription. */
function isSameSubject({ definition, subscriptionId }: OfferQuestion, issue: KnownIssue): boolean {
  return definition.once === 'customer' || issue.subscriptionId === subscriptionId;
}

/** What may come again and again still does not come again to who answered it in the same enrolment. */
function usesUp({ definition, enrolmentId }: OfferQuestion, issue: KnownIssue): boolean {
  if (definition.once !== 'never') return true;
  const isAnswered = issue.state === 'accepted' || issue.state === 'declined';
  return isAnswered && enrolmentId !== null && issue.enrolmentId === enrolmentId;
}

function isSameOccasion({ definition, enrolmentId }: OfferQuestion, issue: KnownIssue): boolean {
  return definition.once !== 'never' || issue.enrolmentId === enrolmentId;
}

function blocks({ definition, subscriptionId, now }: OfferQuestion, issue: KnownIssue): boolean {
  if (issue.kind !== definition.kind) return false;
  if (issue.subscriptionId !== null && subscriptionId !== null && issue.subscriptionId !== subscriptionId) return false;
  return isOpen(issue, now) || isOnItsWay(issue, now);
}

function isOpen(issue: KnownIssue, now: Date): boolean {
  const states: readonly string[] = openStates;
  return states.includes(issue.state) && (issue.deadlineAt === null || issue.deadlineAt > now);
}

function isOnItsWay(issue: KnownIssue, now: Date): boolean {
  const isFresh = now.getTime() - issue.createdAt.getTime() < ON_ITS_WAY_MS;
  return issue.state === 'eligible' && issue.reason === null && isFresh;
}
