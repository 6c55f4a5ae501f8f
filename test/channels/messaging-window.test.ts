// What may be said when: the rules of both channels as tables, at their edges to the millisecond, and for any history.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askWindow, defaultWindowRules, type WindowQuestion } from '../../src/channels/messaging-window.ts';
import { renderMessage } from '../../src/channels/messenger/render-message.ts';
import { messageSchema } from '../../src/flows/message-schema.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 14:00 in Việt Nam. */
const noon = new Date('2026-11-21T07:00:00.000Z');
const ago = (ms: number): Date => new Date(noon.getTime() - ms);

function ask(over: Partial<WindowQuestion>): string {
  const answer = askWindow({
    channel: 'messenger',
    now: noon,
    lastInteractionAt: null,
    followedAt: null,
    messageKind: 'text',
    purpose: 'care',
    writtenBy: 'program',
    ...over,
  });
  if (!answer.allowed) return 'no';
  const { mode, messagingType, tag, costAmount } = answer.permit;
  return [mode, messagingType, tag, costAmount > 0 ? costAmount : undefined]
    .filter((part) => part !== undefined)
    .join(' ');
}

describe('Messenger', () => {
  it.each<[string, Partial<WindowQuestion>, string]>([
    ['never wrote', {}, 'no'],
    ['a follow of Zalo is nothing here', { followedAt: ago(0) }, 'no'],
    ['just now, an answer', { lastInteractionAt: ago(0), purpose: 'answer' }, 'free RESPONSE'],
    ['just now, a confirmation', { lastInteractionAt: ago(0), purpose: 'confirmation' }, 'free RESPONSE'],
    ['just now, care', { lastInteractionAt: ago(0) }, 'free UPDATE'],
    ['just now, advertising', { lastInteractionAt: ago(0), purpose: 'advertising' }, 'free UPDATE'],
    ['just now, a person', { lastInteractionAt: ago(0), purpose: 'answer', writtenBy: 'person' }, 'free RESPONSE'],
    ['24 h − 1 ms', { lastInteractionAt: ago(DAY - 1) }, 'free UPDATE'],
    ['24 h', { lastInteractionAt: ago(DAY) }, 'free UPDATE'],
    ['24 h + 1 ms', { lastInteractionAt: ago(DAY + 1) }, 'no'],
    ['24 h + 1 ms, an answer of the program', { lastInteractionAt: ago(DAY + 1), purpose: 'answer' }, 'no'],
    [
      '24 h − 1 ms, a person',
      { lastInteractionAt: ago(DAY - 1), writtenBy: 'person', purpose: 'answer' },
      'free RESPONSE',
    ],
    [
      '24 h + 1 ms, a person',
      { lastInteractionAt: ago(DAY + 1), writtenBy: 'person', purpose: 'answer' },
      'human_agent MESSAGE_TAG HUMAN_AGENT',
    ],
    [
      '7 d, a person',
      { lastInteractionAt: ago(7 * DAY), writtenBy: 'person', purpose: 'answer' },
      'human_agent MESSAGE_TAG HUMAN_AGENT',
    ],
    ['7 d + 1 ms, a person', { lastInteractionAt: ago(7 * DAY + 1), writtenBy: 'person', purpose: 'answer' }, 'no'],
    ['2 d, a person, a picture', { lastInteractionAt: ago(2 * DAY), writtenBy: 'person', messageKind: 'image' }, 'no'],
    [
      '2 d, a person, advertising',
      { lastInteractionAt: ago(2 * DAY), writtenBy: 'person', purpose: 'advertising' },
      'no',
    ],
    ['1 h, the rating form', { lastInteractionAt: ago(HOUR), messageKind: 'feedback' }, 'free UPDATE'],
    [
      '24 h + 1 ms, the rating form',
      { lastInteractionAt: ago(DAY + 1), messageKind: 'feedback' },
      'feedback MESSAGE_TAG CUSTOMER_FEEDBACK',
    ],
    [
      '7 d, the rating form',
      { lastInteractionAt: ago(7 * DAY), messageKind: 'feedback' },
      'feedback MESSAGE_TAG CUSTOMER_FEEDBACK',
    ],
    ['7 d + 1 ms, the rating form', { lastInteractionAt: ago(7 * DAY + 1), messageKind: 'feedback' }, 'no'],
    [
      '2 d, the rating form as advertising',
      { lastInteractionAt: ago(2 * DAY), messageKind: 'feedback', purpose: 'advertising' },
      'no',
    ],
    ['a utility template, never wrote', { messageKind: 'template' }, 'template UTILITY'],
    [
      'a utility template after a year',
      { messageKind: 'template', lastInteractionAt: ago(365 * DAY) },
      'template UTILITY',
    ],
    [
      'a utility template as advertising',
      { messageKind: 'template', lastInteractionAt: ago(0), purpose: 'advertising' },
      'no',
    ],
    ['a customer whose clock is ahead', { lastInteractionAt: ago(-HOUR) }, 'free UPDATE'],
  ])('%s', (_name, question, expected) => {
    expect(ask(question)).toBe(expected);
  });

  it.each([
    [2 * DAY, 'program', /Quá 24 giờ.*nhân viên tự viết \(7 ngày\)/],
    [7 * DAY, 'program', /Quá 24 giờ.*nhân viên tự viết \(7 ngày\)/],
    [7.1 * DAY, 'program', /Quá 7 ngày.*chỉ gửi được mẫu tin tiện ích/],
    [7.1 * DAY, 'person', /Quá 7 ngày.*chỉ gửi được mẫu tin tiện ích/],
  ] as const)('after %d ms the %s is told what is still possible', (ms, writtenBy, says) => {
    const base = { channel: 'messenger', now: noon, followedAt: null, messageKind: 'text', purpose: 'answer' } as const;
    const answer = askWindow({ ...base, lastInteractionAt: ago(ms), writtenBy });
    expect(answer).toEqual({ allowed: false, reason: expect.stringMatching(says) });
  });
});

describe('Zalo', () => {
  it.each<[string, Partial<WindowQuestion>, string]>([
    ['never wrote nor followed', {}, 'no'],
    ['followed just now', { followedAt: ago(0) }, 'free RESPONSE'],
    ['followed long ago, wrote just now', { followedAt: ago(90 * DAY), lastInteractionAt: ago(0) }, 'free RESPONSE'],
    ['wrote long ago, followed just now', { followedAt: ago(0), lastInteractionAt: ago(90 * DAY) }, 'free RESPONSE'],
    ['48 h − 1 ms', { lastInteractionAt: ago(2 * DAY - 1) }, 'free RESPONSE'],
    ['48 h', { lastInteractionAt: ago(2 * DAY) }, 'free RESPONSE'],
    ['48 h + 1 ms', { lastInteractionAt: ago(2 * DAY + 1) }, 'charged UPDATE 55'],
    ['7 d', { lastInteractionAt: ago(7 * DAY) }, 'charged UPDATE 55'],
    ['7 d + 1 ms', { lastInteractionAt: ago(7 * DAY + 1) }, 'no'],
    ['7 d + 1 ms, a person', { lastInteractionAt: ago(7 * DAY + 1), writtenBy: 'person' }, 'no'],
    ['a template, never wrote', { messageKind: 'template' }, 'template UTILITY'],
    ['a template after a year', { messageKind: 'template', lastInteractionAt: ago(365 * DAY) }, 'template UTILITY'],
  ])('%s', (_name, question, expected) => {
    expect(ask({ channel: 'zalo', ...question })).toBe(expected);
  });

  it.each<[string, string, 'free RESPONSE' | 'no']>([
    ['21:59:59.999', '2026-11-21T14:59:59.999Z', 'free RESPONSE'],
    ['22:00:00.000', '2026-11-21T15:00:00.000Z', 'no'],
    ['23:59:59.999', '2026-11-21T16:59:59.999Z', 'no'],
    ['00:00:00.000', '2026-11-21T17:00:00.000Z', 'no'],
    ['05:59:59.999', '2026-11-21T22:59:59.999Z', 'no'],
    ['06:00:00.000', '2026-11-21T23:00:00.000Z', 'free RESPONSE'],
  ])('advertising at %s in Việt Nam', (_name, iso, expected) => {
    const now = new Date(iso);
    expect(ask({ channel: 'zalo', now, lastInteractionAt: now, purpose: 'advertising' })).toBe(expected);
    expect(ask({ channel: 'zalo', now, lastInteractionAt: now, purpose: 'care' })).toBe('free RESPONSE');
  });
});

describe('what else is said of a permit', () => {
  const closesAt = (over: Partial<WindowQuestion>) => {
    const answer = askWindow({
      channel: 'zalo',
      now: noon,
      lastInteractionAt: null,
      followedAt: null,
      messageKind: 'text',
      purpose: 'care',
      writtenBy: 'person',
      ...over,
    });
    return answer.allowed ? answer.closesAt : 'no';
  };

  it.each<[string, Partial<WindowQuestion>, Date | null]>([
    ['Zalo, from the newer act', { lastInteractionAt: ago(DAY), followedAt: ago(HOUR) }, ago(HOUR - 7 * DAY)],
    ['Zalo, whichever it was', { lastInteractionAt: ago(HOUR), followedAt: ago(DAY) }, ago(HOUR - 7 * DAY)],
    ['Zalo, charged', { lastInteractionAt: ago(3 * DAY) }, ago(-4 * DAY)],
    ['Zalo, a template', { messageKind: 'template' }, null],
    ['Messenger', { channel: 'messenger', lastInteractionAt: ago(HOUR) }, ago(HOUR - DAY)],
    ['Messenger, a person', { channel: 'messenger', lastInteractionAt: ago(2 * DAY) }, ago(-5 * DAY)],
    [
      'Messenger, the rating form',
      { channel: 'messenger', lastInteractionAt: ago(2 * DAY), messageKind: 'feedback' },
      ago(-5 * DAY),
    ],
    ['Messenger, a template', { channel: 'messenger', messageKind: 'template' }, null],
    ['e-mail', { channel: 'email' }, null],
  ])('when it closes: %s', (_name, question, expected) => {
    expect(closesAt(question)).toEqual(expected);
  });

  it('e-mail may always leave, and costs nothing', () => {
    expect(ask({ channel: 'email', purpose: 'advertising' })).toBe('free UPDATE');
  });

  it('a night that ends on the day it began is understood as well', () => {
    const rulesOf = (nightStart: string, nightEnd: string) => ({
      ...defaultWindowRules,
      zalo: { ...defaultWindowRules.zalo, nightStart, nightEnd },
    });
    const at = (time: string, rules = rulesOf('13:00', '14:00')) => {
      const now = new Date(`2026-11-21T${time}:00+07:00`);
      const question = { channel: 'zalo', lastInteractionAt: now, followedAt: null, messageKind: 'text' } as const;
      return askWindow({ ...question, now, purpose: 'advertising', writtenBy: 'program' }, rules).allowed;
    };
    const times = ['12:59', '13:00', '13:59', '14:00', '23:00'];
    expect(times.map((time) => at(time))).toEqual([true, false, false, true, true]);
    // One that begins when it ends is none.
    expect(times.map((time) => at(time, rulesOf('13:00', '13:00')))).toEqual(times.map(() => true));
  });

  it('the numbers carry the day they were compared with the providers', () => {
    expect(defaultWindowRules.checkedOn).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
  });
});

describe('any history', () => {
  const moment = fc.integer({ min: 0, max: 30 * DAY }).map(ago);
  const nearEdge = fc
    .tuple(fc.constantFrom(DAY, 2 * DAY, 7 * DAY), fc.constantFrom(-1, 0, 1))
    .map(([edge, ms]) => ago(edge + ms));
  const question = fc.record<WindowQuestion>({
    channel: fc.constantFrom('zalo', 'messenger'),
    now: fc.constant(noon),
    lastInteractionAt: fc.option(fc.oneof(moment, nearEdge)),
    followedAt: fc.option(fc.oneof(moment, nearEdge)),
    messageKind: fc.constantFrom('text', 'image', 'list', 'feedback', 'template'),
    purpose: fc.constantFrom('answer', 'confirmation', 'care', 'advertising'),
    writtenBy: fc.constantFrom('program', 'person'),
  });
  const ageOf = (at: Date | null): number => (at === null ? Number.POSITIVE_INFINITY : noon.getTime() - at.getTime());

  it('nothing outside the window of the provider', () => {
    fc.assert(
      fc.property(question, (q) => {
        const answer = askWindow(q);
        if (!answer.allowed) {
          expect(answer.reason).toMatch(/\.$/);
          return;
        }
        const { permit } = answer;
        const age =
          q.channel === 'zalo' ? Math.min(ageOf(q.lastInteractionAt), ageOf(q.followedAt)) : ageOf(q.lastInteractionAt);
        const limit = {
          free: q.channel === 'zalo' ? 2 * DAY : DAY,
          charged: 7 * DAY,
          human_agent: 7 * DAY,
          feedback: 7 * DAY,
        };
        if (permit.mode !== 'template') expect(age).toBeLessThanOrEqual(limit[permit.mode]);
        expect(permit.mode === 'template').toBe(q.messageKind === 'template');
        expect(permit.messagingType === 'MESSAGE_TAG').toBe(permit.tag !== undefined);
        if (permit.tag === 'HUMAN_AGENT')
          expect([q.writtenBy, q.messageKind, q.channel]).toEqual(['person', 'text', 'messenger']);
        if (permit.tag !== undefined) expect([q.purpose === 'advertising', age > DAY]).toEqual([false, true]);
        if (permit.mode === 'charged') expect(permit.costAmount).toBe(defaultWindowRules.zalo.chargedAmount);
        else expect(permit.costAmount).toBe(0);
        if (answer.closesAt) expect(answer.closesAt.getTime()).toBeGreaterThanOrEqual(noon.getTime());
      }),
      { numRuns: 2_000 },
    );
  });

  it('whoever was just heard may be answered', () => {
    fc.assert(
      fc.property(question, (q) => {
        const answer = askWindow({ ...q, lastInteractionAt: noon, purpose: 'answer' });
        expect(answer.allowed).toBe(true);
      }),
    );
  });

  it('a later act never closes what an earlier one left open', () => {
    fc.assert(
      fc.property(question, fc.nat(DAY), (q, laterMs) => {
        if (q.lastInteractionAt === null || !askWindow(q).allowed) return;
        const later = new Date(Math.min(noon.getTime(), q.lastInteractionAt.getTime() + laterMs));
        expect(askWindow({ ...q, lastInteractionAt: later }).allowed).toBe(true);
      }),
    );
  });

  it('every permit for Messenger is one that its renderer takes', () => {
    const messages: Record<string, object> = {
      text: { text: 'Dạ' },
      image: { source: 'https://example.com/a.jpg' },
      list: { items: [{ title: 'a' }] },
      feedback: {
        title: 'a',
        subtitle: 'b',
        buttonTitle: 'c',
        questionId: 'q',
        metric: 'csat',
        privacyUrl: 'https://example.com',
      },
      template: { templateId: 't', parameters: {} },
    };
    fc.assert(
      fc.property(question, (q) => {
        const answer = askWindow({ ...q, channel: 'messenger' });
        if (!answer.allowed) return;
        const message = messageSchema.parse({ kind: q.messageKind, ...messages[q.messageKind] });
        const rendering = renderMessage({ outboundMessageId: 'x', peerId: '1', message, permit: answer.permit });
        expect(rendering.ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
