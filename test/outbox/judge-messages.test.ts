// What becomes of each message that is due, and that what was let go counts for what comes after it.
import { expect, test } from 'vitest';
import { defaultWindowRules } from '../../src/channels/messaging-window.ts';
import { HOUR_MS } from '../../src/clock.ts';
import type { Candidate } from '../../src/outbox/candidate.ts';
import { OVER_LIMIT } from '../../src/outbox/descend-ladder.ts';
import { type JudgeTools, judgeMessage, type LadderTools, takeLadder } from '../../src/outbox/judge-messages.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
const now = new Date('2026-11-23T03:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * HOUR_MS);

function tools(left = 1_000): JudgeTools & { spent: number[] } {
  const spent: number[] = [];
  return {
    now,
    spent,
    rules: {
      window: defaultWindowRules,
      quietHours: { start: '21:00', end: '07:30', timeZone },
      advertisingRest: { start: '22:00', end: '07:00', timeZone },
      advertisingPerDay: 2,
      spendLimit: null,
      templates: new Map(),
    },
    budget: { canSpend: (amount) => amount <= left, spend: (amount) => void spent.push(amount) },
    advertised: new Map(),
  };
}

function candidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    id: 'm',
    customerId: 'c',
    identityId: 'i',
    conversationId: 'v',
    accountId: 'a',
    peerId: 'p',
    attempts: 0,
    fallback: [],
    refusedBefore: null,
    tip: null,
    step: null,
    flowVersionId: null,
    runId: null,
    channel: 'zalo',
    message: { kind: 'text', text: 'Dạ', choices: [], links: [] },
    purpose: 'care',
    author: 'flow',
    expiresAt: null,
    conversationState: 'bot',
    optedOutAt: null,
    hasAdvertisingConsent: true,
    lastInteractionAt: ago(1),
    followedAt: null,
    unreachableReason: null,
    ...changes,
  };
}
const task = { do: 'task' as const, flow: 'f', title: 'Gọi' };
const longAgo = { lastInteractionAt: ago(24 * 30) };
/** Open, and charged 55 đồng. */
const charged = { lastInteractionAt: ago(72) };

test('the cap counts what was let go a moment ago, for this customer only', () => {
  const shared = tools();
  const verdicts = ['c', 'c', 'other', 'c'].map(
    (customerId) => judgeMessage(candidate({ purpose: 'advertising', customerId }), shared).verdict,
  );
  expect(verdicts).toEqual(['send', 'send', 'send', 'defer']);
  expect(shared.advertised.get('c')).toEqual([now, now]);
});

test('care is not counted, and what waits or is skipped is not either', () => {
  const shared = tools();
  judgeMessage(candidate(), shared);
  judgeMessage(candidate({ purpose: 'advertising', optedOutAt: now }), shared);
  judgeMessage(candidate({ purpose: 'advertising', ...longAgo }), shared);
  expect(shared.advertised.size).toBe(0);
  expect(shared.spent).toEqual([0]);
});

test('a refusal keeps its reason; a closed way takes the ladder, if there is one', () => {
  expect(judgeMessage(candidate({ optedOutAt: now, fallback: [task] }), tools())).toMatchObject({
    verdict: 'skip',
    reason: 'Khách đã từ chối nhận tin.',
  });
  expect(judgeMessage(candidate(longAgo), tools())).toMatchObject({ verdict: 'skip', reason: /Quá 7 ngày/ });
  expect(judgeMessage(candidate({ ...longAgo, fallback: [task] }), tools())).toMatchObject({ verdict: 'closed' });
});

test('what the provider refused does not go the same way again', () => {
  const refused = { refusedBefore: 'Kênh đã từ chối.' };
  expect(judgeMessage(candidate(refused), tools())).toMatchObject({ verdict: 'skip', reason: 'Kênh đã từ chối.' });
  expect(judgeMessage(candidate({ ...refused, fallback: [task] }), tools())).toMatchObject({ verdict: 'closed' });
});

test('what costs is spent; past the line it is not said, unless somebody waits for it or a person wrote it', () => {
  const open = tools(55);
  expect(judgeMessage(candidate(charged), open).verdict).toBe('send');
  expect(open.spent).toEqual([55]);
  const over = tools(54);
  expect(judgeMessage(candidate(charged), over)).toMatchObject({ verdict: 'skip', reason: OVER_LIMIT });
  expect(judgeMessage(candidate({ ...charged, purpose: 'answer' }), over).verdict).toBe('send');
  expect(judgeMessage(candidate({ ...charged, author: 'agent' }), over).verdict).toBe('send');
  expect(over.spent).toEqual([0, 0]);
});

test('the ladder’s last rung is a task: nothing is said, and why is kept', () => {
  const ladder: LadderTools = {
    ...tools(),
    facts: { customerId: 'c', name: null, phone: null, email: null } as unknown as LadderTools['facts'], // Of a task nothing is read.
    world: { accounts: { zalo: null, email: null }, labels: { email: true, template: true }, approvals: new Map() },
  };
  const one = candidate({ ...longAgo, fallback: [task] });
  expect(takeLadder(one, 'đóng', ladder).verdict).toEqual({
    one,
    verdict: 'skip',
    reason: 'đóng (đã giao nhân viên liên hệ)',
  });
  expect(takeLadder(candidate(), 'đóng', ladder).verdict).toMatchObject({ verdict: 'skip', reason: 'đóng' });
});
