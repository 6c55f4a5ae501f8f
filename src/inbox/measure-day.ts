// How quickly people answered today, out of the lines of the ledger. Pure; counted in open minutes, as promises are.
import { type BusinessHours, businessMinutesBetween } from './business-clock.ts';

export type DayLine = {
  conversationId: string;
  kind: string;
  at: Date;
  /** Who answered; null = not a person's line. */
  staffId: string | null;
};
export type FirstReply = { conversationId: string; staffId: string | null; minutes: number };
export type Day = {
  /** Conversations, once each. */
  handedOver: string[];
  firstReplies: FirstReply[];
  resolved: { conversationId: string; minutes: number | null }[];
  repliesOf: Map<string, number>;
};

/** `lines` in the order of the ledger: handed_over, reply_queued, resolved, handed_back. */
export function measureDay(lines: readonly DayLine[], hours: BusinessHours): Day {
  const day: Day = { handedOver: [], firstReplies: [], resolved: [], repliesOf: new Map() };
  const since = new Map<string, { at: Date; isAnswered: boolean }>();
  const called = new Set<string>();
  for (const { conversationId, kind, at, staffId } of lines) {
    const stay = since.get(conversationId);
    if (kind === 'handed_over') {
      called.add(conversationId);
      // Back in the queue before anybody answered: the customer waits since the first call.
      if (stay === undefined || stay.isAnswered) since.set(conversationId, { at, isAnswered: false });
    }
    if (kind === 'reply_queued') {
      if (staffId !== null) day.repliesOf.set(staffId, (day.repliesOf.get(staffId) ?? 0) + 1);
      if (stay && !stay.isAnswered) {
        day.firstReplies.push({ conversationId, staffId, minutes: businessMinutesBetween(stay.at, at, hours) });
        since.set(conversationId, { ...stay, isAnswered: true });
      }
    }
    if (kind === 'resolved') {
      const minutes = stay ? businessMinutesBetween(stay.at, at, hours) : null;
      day.resolved.push({ conversationId, minutes });
    }
    if (kind === 'resolved' || kind === 'handed_back') since.delete(conversationId);
  }
  day.handedOver = [...called];
  return day;
}

/** The middle one; null of none. */
export function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle === undefined ? null : Math.round(middle * 10) / 10;
}
