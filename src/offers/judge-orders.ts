// Which offer brought which order. Pure, over all orders and offers of one customer at once, so that the answer is the
// same in whatever order they became known.
import { DAY_MS } from '../clock.ts';
import { type OfferDefinition, type OfferKind, USUAL_WINDOW_MS } from './offer-book.ts';
import { readPersonalCode } from './personal-code.ts';

export type Attribution = 'direct' | 'assisted' | 'none';

export type JudgedIssue = {
  id: string;
  code: string;
  personalCode: string | null;
  state: string;
  subscriptionId: string | null;
  createdAt: Date;
  /** The customer said yes; null = has not. */
  acceptedAt: Date | null;
  /** Messages of this offer that reached the customer. */
  touches: readonly Date[];
};

export type JudgedOrder = {
  id: string;
  externalId: string;
  kind: 'order' | 'refund';
  offerCode: string | null;
  subscriptionId: string | null;
  refundOf: string | null;
  at: Date;
};

export type OrderVerdict = { attribution: Attribution; issueId: string | null };

const NONE: OrderVerdict = { attribution: 'none', issueId: null };
/** Other systems date an order by its day alone, which begins before the message that brought it. */
const SAME_DAY_MS = DAY_MS;

type Book = { offer(code: string): Pick<OfferDefinition, 'kind' | 'windowMs'> | null };

/** One verdict per order; null for a refund whose order is not known (yet). */
export function judgeOrders(
  orders: readonly JudgedOrder[],
  issues: readonly JudgedIssue[],
  book: Book,
): Map<string, OrderVerdict | null> {
  const heldOut = new Set(issues.filter((issue) => issue.state === 'held_out').map((issue) => issue.code));
  // Whoever was held out is what the others are compared with: whatever they buy counts for nobody.
  const offered = issues.filter((issue) => !heldOut.has(issue.code));
  const verdicts = new Map<string, OrderVerdict | null>();
  const spent = new Set<string>();
  const bought = orders.filter((order) => order.kind === 'order').toSorted(byTime);
  for (const order of bought) {
    const issue = carriedCode(order, offered);
    if (!issue) continue;
    spent.add(issue.id);
    verdicts.set(order.id, { attribution: 'direct', issueId: issue.id });
  }
  for (const order of bought) {
    if (verdicts.has(order.id)) continue;
    const yes = acceptedBefore(order, offered, spent, book);
    if (yes) spent.add(yes.id);
    verdicts.set(order.id, yes ? { attribution: 'direct', issueId: yes.id } : touched(order, offered, book));
  }
  for (const refund of orders.filter((order) => order.kind === 'refund')) {
    const of = bought.find((order) => order.externalId === refund.refundOf);
    const verdict = of ? verdicts.get(of.id) : undefined;
    verdicts.set(refund.id, refund.refundOf === null ? NONE : (verdict ?? null));
  }
  return verdicts;
}

function byTime(a: JudgedOrder, b: JudgedOrder): number {
  return a.at.getTime() - b.at.getTime() || (a.externalId < b.externalId ? -1 : 1);
}

/** The order names the code of an offer made to this customer before it, their own or the common one. */
function carriedCode(order: JudgedOrder, issues: readonly JudgedIssue[]): JudgedIssue | null {
  if (order.offerCode === null) return null;
  const personal = readPersonalCode(order.offerCode);
  const named = issues.filter(
    (issue) =>
      (issue.personalCode === personal || sameCode(issue.code, order.offerCode)) &&
      issue.createdAt.getTime() - SAME_DAY_MS <= order.at.getTime(),
  );
  // What the customer had turned down, or let pass, only when nothing else fits.
  const standing = named.filter((issue) => !GIVEN_UP.includes(issue.state));
  return newest(standing, (issue) => issue.createdAt) ?? newest(named, (issue) => issue.createdAt);
}

const GIVEN_UP = ['declined', 'ignored', 'expired'];

function sameCode(code: string, typed: string | null): boolean {
  return code === typed?.trim().toUpperCase();
}

/** A yes in the chat brings one order: the first after it within the window. */
function acceptedBefore(
  order: JudgedOrder,
  issues: readonly JudgedIssue[],
  spent: ReadonlySet<string>,
  book: Book,
): JudgedIssue | null {
  const fitting = issues.filter((issue) => {
    if (issue.acceptedAt === null || spent.has(issue.id) || !fits(order, issue, book)) return false;
    return isWithin(order.at, issue.acceptedAt, windowMs(issue, book));
  });
  return newest(fitting, (issue) => issue.acceptedAt ?? issue.createdAt);
}

function touched(order: JudgedOrder, issues: readonly JudgedIssue[], book: Book): OrderVerdict {
  const fitting = issues.flatMap((issue) => {
    if (!fits(order, issue, book)) return [];
    const window = windowMs(issue, book);
    return issue.touches.filter((at) => isWithin(order.at, at, window)).map((at) => ({ issue, at }));
  });
  const last = newest(fitting, ({ at }) => at);
  return last ? { attribution: 'assisted', issueId: last.issue.id } : NONE;
}

/** A renewal or an upgrade is about one subscription; a companion product never is about the one that exists. */
const ABOUT_ONE: readonly OfferKind[] = ['renewal', 'upsell', 'win_back'];

function fits(order: JudgedOrder, issue: JudgedIssue, book: Book): boolean {
  if (order.subscriptionId === null || issue.subscriptionId === null) return true;
  const kind = book.offer(issue.code)?.kind;
  return kind === undefined || !ABOUT_ONE.includes(kind) || order.subscriptionId === issue.subscriptionId;
}

function isWithin(orderAt: Date, at: Date, window: number): boolean {
  const since = orderAt.getTime() - at.getTime();
  return since >= -SAME_DAY_MS && since <= window;
}

function windowMs(issue: JudgedIssue, book: Book): number {
  return book.offer(issue.code)?.windowMs ?? USUAL_WINDOW_MS;
}

function newest<T extends { id: string } | { issue: { id: string } }>(items: readonly T[], at: (item: T) => Date) {
  const idOf = (item: T) => ('issue' in item ? item.issue.id : item.id);
  return items.toSorted((a, b) => at(b).getTime() - at(a).getTime() || (idOf(a) < idOf(b) ? -1 : 1))[0] ?? null;
}
