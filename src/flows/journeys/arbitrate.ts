// Who may speak when several journeys want to at once: order by priority, a pause between two messages, and the cap.
// What a customer did or bought (service) is told at once; work for staff is no message at all.

import { tooLate } from './decide-step.ts';
import type { Journey, JourneyPurpose, JourneyStep } from './journey.ts';
import { lateLimitOf } from './step-times.ts';

export type CapRules = { perDay: number; perWeek: number; advertisingPerDay: number; gapMs: number };
export const usualCaps: CapRules = { perDay: 2, perWeek: 5, advertisingPerDay: 1, gapMs: 4 * 3_600_000 };
/** The law's own limit, whatever is configured. */
export const mostAdvertisingPerDay = 3;

/** `dueAt`: from when it counts as late (`lateFrom`), not the moment that earlier deferrals moved it to. */
export type DueStep = { id: string; journey: Journey; step: JourneyStep; dueAt: Date };
/** Something that was said to the customer without being asked. */
export type Touch = { at: Date; purpose: JourneyPurpose };
export type Verdict =
  | { id: string; verdict: 'start' }
  | { id: string; verdict: 'defer'; until: Date; reason: string }
  | { id: string; verdict: 'skip'; reason: string };

const dayMs = 86_400_000;

/** One verdict per due step of one customer. Those that start now count as touches for those after them. */
export function arbitrate(
  due: readonly DueStep[],
  touches: readonly Touch[],
  rules: CapRules,
  now: Date,
): readonly Verdict[] {
  const counted = touches.filter(({ purpose }) => purpose !== 'service');
  return due.toSorted(byPriority).map(({ id, journey, step, dueAt }): Verdict => {
    const { purpose } = journey;
    if (purpose === 'service' || step.action.do === 'task') return { id, verdict: 'start' };
    const hold = holdOf(purpose, counted, rules, now);
    if (hold === null) {
      counted.push({ at: now, purpose });
      return { id, verdict: 'start' };
    }
    if (hold.until.getTime() > dueAt.getTime() + lateLimitOf(step)) {
      return { id, verdict: 'skip', reason: `${hold.reason} ${tooLate(step)}` };
    }
    return { id, verdict: 'defer', until: hold.until, reason: hold.reason };
  });
}

function byPriority(a: DueStep, b: DueStep): number {
  const order = a.journey.priority - b.journey.priority || a.dueAt.getTime() - b.dueAt.getTime();
  return order === 0 ? a.id.localeCompare(b.id) : order;
}

/** The rule that holds longest, and until when; null when the message may leave now. */
export function holdOf(
  purpose: JourneyPurpose,
  touches: readonly Touch[],
  rules: CapRules,
  now: Date,
): { until: Date; reason: string } | null {
  const advertising = Math.min(rules.advertisingPerDay, mostAdvertisingPerDay);
  const all = touches.map(({ at }) => at.getTime());
  const ads = touches.filter((touch) => touch.purpose === 'advertising').map(({ at }) => at.getTime());
  const holds = [
    { until: fullUntil(all, 1, rules.gapMs), reason: 'Vừa nhắn khách cách đây chưa lâu.' },
    { until: fullUntil(all, rules.perDay, dayMs), reason: `Đã đủ ${rules.perDay} tin trong 24 giờ.` },
    { until: fullUntil(all, rules.perWeek, 7 * dayMs), reason: `Đã đủ ${rules.perWeek} tin trong 7 ngày.` },
    ...(purpose === 'advertising'
      ? [{ until: fullUntil(ads, advertising, dayMs), reason: `Đã đủ ${advertising} tin quảng cáo trong 24 giờ.` }]
      : []),
  ];
  const longest = holds.filter(({ until }) => until > now.getTime()).sort((a, b) => b.until - a.until)[0];
  return longest === undefined ? null : { until: new Date(longest.until), reason: longest.reason };
}

/** When the last `most` moments no longer fill the span; 0 while there are fewer. With a limit of 0 it never opens. */
function fullUntil(moments: readonly number[], most: number, spanMs: number): number {
  if (most <= 0) return 8.64e15;
  const oldest = moments.toSorted((a, b) => b - a)[most - 1];
  return oldest === undefined ? 0 : oldest + spanMs;
}
