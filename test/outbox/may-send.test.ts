import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { maySend, type SendQuestion, type SendRules } from '../../src/outbox/may-send.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
const rules: SendRules = {
  window: defaultWindowRules,
  quietHours: { start: '21:00', end: '07:30', timeZone },
  advertisingRest: { start: '22:00', end: '07:00', timeZone },
  advertisingPerDay: 3,
  spendLimit: null,
  templates: new Map(),
};
/** 10:00 in Vietnam. */
const morning = new Date('2026-11-23T03:00:00Z');
/** 22:00 in Vietnam. */
const night = new Date('2026-11-23T15:00:00Z');

function question(changes: Partial<SendQuestion> = {}, now = morning): SendQuestion {
  return {
    channel: 'zalo',
    message: { kind: 'text', text: 'Dạ em chào chị Lan', choices: [], links: [] },
    purpose: 'care',
    author: 'flow',
    expiresAt: null,
    conversationState: 'bot',
    optedOutAt: null,
    hasAdvertisingConsent: null,
    advertisedAt: [],
    lastInteractionAt: new Date(now.getTime() - 3_600_000),
    followedAt: null,
    unreachableReason: null,
    ...changes,
  };
}

describe('what may leave', () => {
  test.each<[string, Partial<SendQuestion>, Date, string, string | null]>([
    ['care by day', {}, morning, 'send', null],
    ['care at night waits', {}, night, 'defer', 'yên tĩnh'],
    ['an answer at night leaves', { purpose: 'answer' }, night, 'send', null],
    ['care after an opt-out', { optedOutAt: morning }, morning, 'skip', 'từ chối'],
    ['an answer after an opt-out leaves', { purpose: 'answer', optedOutAt: morning }, morning, 'send', null],
    ['the confirmation of an opt-out leaves', { purpose: 'confirmation', optedOutAt: morning }, night, 'send', null],
    [
      'the bot while an agent leads',
      { purpose: 'answer', conversationState: 'with_agent' },
      morning,
      'skip',
      'phụ trách',
    ],
    [
      'the bot while an agent is awaited',
      { purpose: 'answer', conversationState: 'waiting_for_agent' },
      morning,
      'skip',
      'chờ nhân viên',
    ],
    [
      'the polite line of a hand-over',
      { purpose: 'confirmation', conversationState: 'waiting_for_agent' },
      morning,
      'send',
      null,
    ],
    [
      'the agent who leads',
      { purpose: 'answer', author: 'agent', conversationState: 'with_agent' },
      morning,
      'send',
      null,
    ],
    ['advertising nobody agreed to', { purpose: 'advertising' }, morning, 'skip', 'chưa đồng ý'],
    ['advertising agreed to', { purpose: 'advertising', hasAdvertisingConsent: true }, morning, 'send', null],
    ['an expired message', { purpose: 'answer', expiresAt: morning }, morning, 'skip', 'quá hạn'],
    ['care for somebody who blocked us', { unreachableReason: 'Khách đã chặn OA.' }, morning, 'closed', 'chặn'],
    ['nobody who ever wrote', { lastInteractionAt: null }, morning, 'closed', 'chưa từng'],
  ])('%s', (_name, changes, now, verdict, words) => {
    const decision = maySend(question(changes, now), now, rules);
    expect(decision.verdict).toBe(verdict);
    if (words !== null) expect('reason' in decision ? decision.reason : '').toContain(words);
  });

  test('what waits for the morning leaves at its first minute', () => {
    const decision = maySend(question({}, night), night, rules);
    expect(decision).toMatchObject({ verdict: 'defer', until: new Date('2026-11-24T00:30:00Z') });
  });

  test('unasked messages never leave in quiet hours, after an opt-out or outside the window, whenever asked', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 10 * 86_400_000 }),
        fc.constantFrom('zalo' as const, 'messenger' as const),
        fc.boolean(),
        (now, ageMs, channel, isOut) => {
          const asked = question({
            channel,
            lastInteractionAt: new Date(now.getTime() - ageMs),
            optedOutAt: isOut ? now : null,
          });
          const decision = maySend(asked, now, rules);
          if (decision.verdict !== 'send') return;
          const local = new Intl.DateTimeFormat('en-GB', {
            timeZone: 'Asia/Ho_Chi_Minh',
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          }).format(now);
          expect(isOut).toBe(false);
          expect(local >= '07:30' && local < '21:00').toBe(true);
          expect(ageMs).toBeLessThanOrEqual((channel === 'zalo' ? 7 * 24 : 24) * 3_600_000);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
