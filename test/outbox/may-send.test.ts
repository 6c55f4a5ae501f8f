import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { DAY_MS, HOUR_MS } from '../../src/clock.ts';
import { capFreeAt, maySend, type SendQuestion, type SendRules } from '../../src/outbox/may-send.ts';
import { aTemplate } from './a-template.ts';

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

  test.each<[string, Partial<SendQuestion>, Date, string]>([
    [
      'advertising whose consent was taken back',
      { purpose: 'advertising', hasAdvertisingConsent: false },
      morning,
      'skip',
    ],
    [
      'advertising after an opt-out, agreed to or not',
      { purpose: 'advertising', hasAdvertisingConsent: true, optedOutAt: morning },
      morning,
      'skip',
    ],
    [
      'one moment before it is too old',
      { purpose: 'answer', expiresAt: new Date(morning.getTime() + 1) },
      morning,
      'send',
    ],
    ['one moment after', { purpose: 'answer', expiresAt: new Date(morning.getTime() - 1) }, morning, 'skip'],
    ['care of the bot while an agent leads', { conversationState: 'with_agent' }, morning, 'skip'],
    [
      'the program’s own word while an agent leads',
      { author: 'system', conversationState: 'with_agent' },
      morning,
      'send',
    ],
    ['an agent’s care is unasked as well', { author: 'agent', optedOutAt: morning }, morning, 'skip'],
    ['the bot once it is resolved', { purpose: 'answer', conversationState: 'resolved' }, morning, 'send'],
    ['an answer to somebody who blocked us is tried', { purpose: 'answer', unreachableReason: 'x' }, morning, 'send'],
  ])('%s: %j', (_name, changes, now, verdict) => {
    expect(maySend(question(changes, now), now, rules).verdict).toBe(verdict);
  });

  test('a person may write for longer on Messenger, a program may not', () => {
    const asked = {
      channel: 'messenger',
      purpose: 'answer',
      lastInteractionAt: new Date(morning.getTime() - 2 * DAY_MS),
    } as const;
    expect(maySend(question({ ...asked, author: 'agent' }), morning, rules).verdict).toBe('send');
    for (const author of ['flow', 'system'] as const)
      expect(maySend(question({ ...asked, author }), morning, rules).verdict).toBe('closed');
  });

  test('a follow opens what a word would open', () => {
    const asked = question({ lastInteractionAt: null, followedAt: morning });
    expect(maySend(asked, morning, rules).verdict).toBe('send');
  });

  test('advertising rests longer than care, by its own hours', () => {
    const early = { ...rules, advertisingRest: { start: '20:00', end: '10:01', timeZone } };
    const asked = { purpose: 'advertising', hasAdvertisingConsent: true } as const;
    expect(maySend(question(asked), morning, early)).toEqual({
      verdict: 'defer',
      until: new Date('2026-11-23T03:01:00Z'),
      reason: 'Đang trong giờ yên tĩnh.',
      because: 'quiet',
    });
    expect(maySend(question(), morning, early).verdict).toBe('send');
  });

  test('over the cap advertising waits, care does not', () => {
    const advertisedAt = [1, 2, 3].map((hours) => new Date(morning.getTime() - hours * HOUR_MS));
    const asked = { advertisedAt, hasAdvertisingConsent: true };
    expect(maySend(question({ ...asked, purpose: 'advertising' }), morning, rules)).toMatchObject({
      verdict: 'defer',
      because: 'cap',
      until: new Date(morning.getTime() + 21 * HOUR_MS + 1),
    });
    expect(maySend(question(asked), morning, rules).verdict).toBe('send');
  });

  test('a template costs what our list says, if it is there', () => {
    const priced = { ...rules, templates: new Map([['nhac', aTemplate]]) };
    const costOf = (name: string | undefined) => {
      const message = {
        kind: 'template' as const,
        templateId: '1',
        language: 'vi',
        parameters: {},
        ...(name ? { name } : {}),
      };
      const decision = maySend(question({ message }), morning, priced);
      return decision.verdict === 'send' ? decision.permit.costAmount : decision.verdict;
    };
    expect(['nhac', 'khac', undefined].map(costOf)).toEqual([300, 0, 0]);
    expect(maySend(question(), morning, priced)).toMatchObject({ permit: { costAmount: 0, mode: 'free' } });
  });

  test.each<[string, number[], number, number | null]>([
    ['nobody yet', [], 3, null],
    ['one less than the cap', [0, 1], 3, null],
    ['the cap', [0, 1, 2], 3, DAY_MS - 2 + 1],
    ['in any order', [2, 0, 1], 3, DAY_MS - 2 + 1],
    ['more than the cap: the oldest that counts', [0, 1, 2, 3], 3, DAY_MS - 2 + 1],
    ['a day ago to the millisecond still counts', [0, 1, DAY_MS], 3, 1],
    ['a millisecond more does not', [0, 1, DAY_MS + 1], 3, null],
    ['a cap of one', [5], 1, DAY_MS - 5 + 1],
    ['none at all', [], 0, DAY_MS],
  ])('the cap is free again: %s', (_name, ages, perDay, inMs) => {
    const at = ages.map((age) => new Date(morning.getTime() - age));
    expect(capFreeAt(at, morning, perDay)).toEqual(inMs === null ? null : new Date(morning.getTime() + inMs));
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
