// "Dừng" and "mở lại": what one turn changes by them, to the last effect.
import { expect, test } from 'vitest';
import { newConversation, type Run } from '../../src/conversations/conversation.ts';
import { optIn, optOut } from '../../src/conversations/opt-out.ts';
import type { QueuedEvent, StoredBody } from '../../src/conversations/stored-event.ts';
import { beginTurn } from '../../src/conversations/turn.ts';
import type { Person } from '../../src/conversations/work.ts';

const now = new Date('2026-11-23T03:00:00Z');
const before = new Date('2026-11-01T03:00:00Z');
const run = (id: string) => ({ id, flow: 'f' }) as unknown as Run; // Only the id is read.

function aTurn({
  optedOutAt = null,
  body = { kind: 'message', text: 'Dừng' },
}: {
  optedOutAt?: Date | null;
  body?: object;
} = {}) {
  const conversation = { ...newConversation('v', now), runs: { active: run('r1'), suspended: [run('r2')] } };
  const person = { identity: {}, customer: { id: 'c', attributes: {}, optedOutAt }, conversation } as unknown as Person;
  return beginTurn(person, { id: 'e' } as QueuedEvent, body as StoredBody, now); // What these two read and no more.
}
const word = { purpose: 'all', channel: '*', source: 'chat', wording: 'Dừng' };

test('opting out: the mark, the proof, nothing unasked any more, no script goes on', () => {
  const turn = aTurn();
  optOut(turn, 'chat');
  expect(turn.person.customer.optedOutAt).toBe(now);
  expect(turn.effects.consents).toEqual([{ ...word, granted: false }]);
  expect(turn.effects.outbox).toEqual([
    { change: 'skip_queued', which: 'unasked', reason: 'Khách đã từ chối nhận tin.' },
  ]);
  expect(turn.effects.cancelsPlanned).toBe(true);
  expect(turn.effects.timers).toEqual([
    { change: 'cancel_run', runId: 'r1' },
    { change: 'cancel_run', runId: 'r2' },
  ]);
  expect(turn.person.conversation.runs).toEqual({ active: null, suspended: [] });
  expect(turn.effects.ledger).toEqual([
    { at: now, inboundEventId: 'e', kind: 'opted_out', reason: 'Khách từ chối nhận tin.', data: { source: 'chat' } },
  ]);
});

test('who opted out before stays out since then', () => {
  const turn = aTurn({ optedOutAt: before });
  optOut(turn, 'chat');
  expect(turn.person.customer.optedOutAt).toBe(before);
});

test('opting in: the mark is gone, the proof is there; what was cancelled stays so', () => {
  const turn = aTurn({ optedOutAt: before });
  optIn(turn, 'chat');
  expect(turn.person.customer.optedOutAt).toBeNull();
  expect(turn.effects.consents).toEqual([{ ...word, granted: true }]);
  expect(turn.effects.cancelsPlanned).toBe(false);
  expect(turn.effects.ledger).toEqual([{ at: now, inboundEventId: 'e', kind: 'opted_in', data: { source: 'chat' } }]);
});

test('without words there is no wording to prove it by', () => {
  const turn = aTurn({ body: { kind: 'follow', text: 'x' } });
  optOut(turn, 'e-mail');
  expect(turn.effects.consents).toEqual([{ ...word, source: 'e-mail', wording: null, granted: false }]);
});
