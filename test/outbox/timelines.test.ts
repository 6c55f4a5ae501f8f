// Ten thousand lives of messages on a clock of our own, judged again by arithmetic that shares nothing with the rules: not one
// leaves outside its window, without consent, above the cap, or while people rest.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { DAY_MS, HOUR_MS } from '../../src/clock.ts';
import { earliestLoudTime } from '../../src/flows/quiet-hours.ts';
import { capFreeAt, maySend, type SendQuestion, type SendRules } from '../../src/outbox/may-send.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
/** Tết Đinh Mùi, and a single day. */
const holidays = [
  { from: '2027-02-04', to: '2027-02-10' },
  { from: '2027-01-01', to: '2027-01-01' },
];
const rulesWith = (quiet: { start: string; end: string }): SendRules => ({
  window: defaultWindowRules,
  quietHours: { ...quiet, timeZone, holidays },
  advertisingRest: { start: '22:00', end: '07:00', timeZone, holidays },
  advertisingPerDay: 3,
  spendLimit: null,
  templates: new Map(),
});

/** Vietnam has no summer time: seven hours, always. */
const local = (at: Date) => new Date(at.getTime() + 7 * HOUR_MS).toISOString();
const dayOf = (at: Date) => local(at).slice(0, 10);
const timeOf = (at: Date) => local(at).slice(11, 19);
const isIn = (time: string, { start, end }: { start: string; end: string }) =>
  start <= end ? time >= `${start}:00` && time < `${end}:00` : time >= `${start}:00` || time < `${end}:00`;

type Life = {
  channel: 'zalo' | 'messenger' | 'email';
  purpose: 'care' | 'advertising';
  queuedMs: number;
  expiresMs: number;
};
type Person = { seenMs: number[]; consents: { atMs: number; granted: boolean }[]; optedOutMs: number | null };
const START = Date.parse('2026-12-30T00:00:00+07:00');
const span = fc.integer({ min: 0, max: 60 * DAY_MS });
const life = fc.record<Life>({
  channel: fc.constantFrom('zalo', 'messenger', 'email'),
  purpose: fc.constantFrom('care', 'advertising'),
  queuedMs: span,
  expiresMs: fc.integer({ min: HOUR_MS, max: 12 * DAY_MS }),
});
const person = fc.record<Person>({
  seenMs: fc.array(span, { maxLength: 20 }),
  consents: fc.array(fc.record({ atMs: span, granted: fc.boolean() }), { maxLength: 4 }),
  optedOutMs: fc.option(span, { freq: 3 }),
});
const quietHours = fc.constantFrom(
  { start: '21:00', end: '07:30' },
  { start: '00:00', end: '00:00' },
  { start: '12:00', end: '13:15' },
);

const latest = (times: readonly number[], now: number) => Math.max(...times.filter((at) => at <= now), -1);
const consentAt = ({ consents }: Person, now: number) =>
  consents
    .filter(({ atMs }) => atMs <= now)
    .toSorted((a, b) => a.atMs - b.atMs)
    .at(-1)?.granted ?? null;

function questionOf(one: Life, who: Person, ms: number, advertisedAt: Date[]): SendQuestion {
  const seen = latest(who.seenMs, ms);
  const isOut = who.optedOutMs !== null && who.optedOutMs <= ms;
  return {
    channel: one.channel,
    message: { kind: 'text', text: 'x', choices: [], links: [] },
    purpose: one.purpose,
    author: 'flow',
    expiresAt: new Date(START + one.queuedMs + one.expiresMs),
    conversationState: 'bot',
    optedOutAt: isOut ? new Date(START + ms) : null,
    hasAdvertisingConsent: consentAt(who, ms),
    advertisedAt,
    lastInteractionAt: seen < 0 ? null : new Date(START + seen),
    followedAt: null,
    unreachableReason: null,
  };
}

type Sent = { one: Life; at: Date };

/** Plays the messages of one person in the order of time; whatever is put off comes again at the moment it was told. */
function playTimeline(lives: readonly Life[], who: Person, rules: SendRules): Sent[] {
  const waiting = lives.map((one) => ({ one, ms: one.queuedMs }));
  const sent: Sent[] = [];
  for (let turns = 0; waiting.length > 0 && turns < 500; turns += 1) {
    waiting.sort((a, b) => a.ms - b.ms);
    const next = waiting.shift();
    if (next === undefined) break;
    const now = new Date(START + next.ms);
    const advertised = sent.flatMap(({ one, at }) => (one.purpose === 'advertising' ? [at] : []));
    const decision = maySend(questionOf(next.one, who, next.ms, advertised), now, rules);
    if (decision.verdict === 'send') sent.push({ one: next.one, at: now });
    if (decision.verdict !== 'defer') continue;
    expect(decision.until.getTime()).toBeGreaterThan(now.getTime());
    waiting.push({ one: next.one, ms: decision.until.getTime() - START });
  }
  expect(waiting).toEqual([]);
  return sent;
}

test('10,000 timelines: nothing leaves that may not', () => {
  let count = 0;
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 10 }), person, quietHours, (lives, who, quiet) => {
      const sent = playTimeline(lives, who, rulesWith(quiet));
      count += sent.length;
      for (const { one, at } of sent) {
        const ms = at.getTime() - START;
        const age = ms - latest(who.seenMs, ms);
        const hasBeenSeen = latest(who.seenMs, ms) >= 0;
        expect(holidays.some(({ from, to }) => from <= dayOf(at) && dayOf(at) <= to)).toBe(false);
        expect(isIn(timeOf(at), quiet) && quiet.start !== quiet.end).toBe(false);
        expect(who.optedOutMs !== null && who.optedOutMs <= ms).toBe(false);
        expect(at.getTime()).toBeLessThan(START + one.queuedMs + one.expiresMs);
        if (one.channel === 'zalo') expect(hasBeenSeen && age <= 7 * DAY_MS).toBe(true);
        if (one.channel === 'messenger') expect(hasBeenSeen && age <= DAY_MS).toBe(true);
        if (one.purpose !== 'advertising') continue;
        expect(consentAt(who, ms)).toBe(true);
        expect(timeOf(at) >= '07:00:00' && timeOf(at) < '22:00:00').toBe(true);
        const within = sent.filter(
          (other) =>
            other.one.purpose === 'advertising' && other.at <= at && at.getTime() - other.at.getTime() <= DAY_MS,
        );
        expect(within.length).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 10_000 },
  );
  // A rule that lets nothing through would pass all of the above.
  expect(count).toBeGreaterThan(5_000);
}, 60_000);

describe('the edges, to the second', () => {
  const rules = rulesWith({ start: '00:00', end: '00:00' });
  const always: Person = { seenMs: [0], consents: [{ atMs: 0, granted: true }], optedOutMs: null };
  test.each([
    ['06:59:59', 'defer', '07:00:00'],
    ['07:00:00', 'send', null],
    ['21:59:59', 'send', null],
    ['22:00:00', 'defer', '07:00:00'],
    ['23:59:59', 'defer', '07:00:00'],
  ])('advertising at %s: %s', (time, verdict, until) => {
    const now = new Date(`2026-12-30T${time}+07:00`);
    const one: Life = { channel: 'email', purpose: 'advertising', queuedMs: 0, expiresMs: 9 * DAY_MS };
    const decision = maySend(questionOf(one, always, now.getTime() - START, []), now, rules);
    expect(decision.verdict).toBe(verdict);
    expect(decision.verdict === 'defer' ? timeOf(decision.until) : null).toBe(until);
  });

  test.each([
    ['zalo', 7 * DAY_MS, 'send'],
    ['zalo', 7 * DAY_MS + 1, 'closed'],
    ['messenger', DAY_MS, 'send'],
    ['messenger', DAY_MS + 1, 'closed'],
  ] as const)('%s %d ms after the last word: %s', (channel, ageMs, verdict) => {
    const now = new Date('2026-12-15T10:00:00+07:00');
    const one: Life = { channel, purpose: 'care', queuedMs: 0, expiresMs: 90 * DAY_MS };
    const asked = { ...questionOf(one, always, 0, []), lastInteractionAt: new Date(now.getTime() - ageMs) };
    expect(maySend({ ...asked, expiresAt: null }, now, rules).verdict).toBe(verdict);
  });
});

describe('the cap', () => {
  const now = new Date('2026-12-15T10:00:00Z');
  const ago = (ms: number) => new Date(now.getTime() - ms);
  test('the fourth waits until the first of the three is more than 24 hours old', () => {
    const sent = [ago(HOUR_MS), ago(23 * HOUR_MS), ago(2 * HOUR_MS)];
    expect(capFreeAt(sent, now, 3)?.getTime()).toBe(now.getTime() + HOUR_MS + 1);
    expect(capFreeAt(sent.slice(0, 2), now, 3)).toBeNull();
  });
  test('exactly 24 hours old still counts, a millisecond more does not', () => {
    expect(capFreeAt([ago(DAY_MS), ago(1), ago(2)], now, 3)?.getTime()).toBe(now.getTime() + 1);
    expect(capFreeAt([ago(DAY_MS + 1), ago(1), ago(2)], now, 3)).toBeNull();
  });
  test('a setting of none lets none through', () => {
    expect(capFreeAt([], now, 0)).not.toBeNull();
  });
});

describe('holidays', () => {
  const quiet = { start: '21:00', end: '07:30', timeZone, holidays };
  test.each([
    ['2027-02-03T20:59:59+07:00', '2027-02-03T20:59:59+07:00'],
    ['2027-02-03T21:00:00+07:00', '2027-02-11T07:30:00+07:00'],
    ['2027-02-07T12:00:00+07:00', '2027-02-11T07:30:00+07:00'],
    ['2027-02-10T23:59:59+07:00', '2027-02-11T07:30:00+07:00'],
    ['2027-02-11T07:30:00+07:00', '2027-02-11T07:30:00+07:00'],
    ['2026-12-31T22:00:00+07:00', '2027-01-02T07:30:00+07:00'],
  ])('%s → %s', (now, loud) => {
    expect(earliestLoudTime(new Date(now), quiet).toISOString()).toBe(new Date(loud).toISOString());
  });
  test('without calendar and nights every moment is loud', () => {
    const now = new Date('2027-02-07T03:00:00+07:00');
    expect(earliestLoudTime(now, { start: '00:00', end: '00:00', timeZone })).toBe(now);
  });
});
