// Every refusal of Meta's table ends in the right place: who is concerned, whether it is worth another try.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphAnswer } from '../../../src/channels/messenger/api-client.ts';
import { readSendAnswer } from '../../../src/channels/messenger/read-send-answer.ts';

const now = new Date('2026-11-21T05:00:00.000Z');
const folder = new URL('../../payloads/messenger/', import.meta.url);

function answered(body: unknown, status = 400, headers: Record<string, string> = {}): GraphAnswer {
  return { kind: 'answered', status, headers, body };
}

function refusal(code: number | string, subcode?: number, more: object = {}): object {
  return {
    error: { message: 'x', type: 'OAuthException', code, ...(subcode ? { error_subcode: subcode } : {}), ...more },
  };
}

const sample = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

describe('codes and subcodes', () => {
  it.each<[number, number | undefined, string]>([
    [1, undefined, 'unknown'],
    [1, 123, 'unknown'],
    [1, 99, 'later account'],
    [1, 1357046, 'sent'],
    [1, 2018382, 'refused message'],
    [2, undefined, 'later message'],
    [2, 2018344, 'later account'],
    [3, undefined, 'later account'],
    [4, undefined, 'later account'],
    [4, 2018022, 'later account'],
    [4, 2018354, 'refused message'],
    [9, 2018352, 'refused message'],
    [10, undefined, 'later account'],
    [10, 2018278, 'refused window'],
    [10, 2018065, 'refused window'],
    [10, 2018108, 'refused recipient'],
    [10, 1893063, 'later account'],
    [10, 2018300, 'refused thread'],
    [10, 1404170, 'refused message'],
    [10, 1893015, 'refused recipient'],
    [10, 2018336, 'refused recipient'],
    [10, 2534022, 'refused message'],
    [17, undefined, 'later account'],
    [32, undefined, 'later account'],
    [341, undefined, 'later account'],
    [27, undefined, 'refused thread'],
    [100, undefined, 'refused message'],
    [100, 33, 'refused message'],
    [100, 2018001, 'refused recipient'],
    [100, 2018008, 'later message'],
    [100, 2018014, 'refused message'],
    [100, 2018047, 'refused message'],
    [100, 2018074, 'later message'],
    [100, 2018109, 'refused message'],
    [100, 2018294, 'later message'],
    [100, 2018320, 'refused message'],
    [100, 2534037, 'refused thread'],
    [102, undefined, 'later account'],
    [190, undefined, 'later account'],
    [190, 463, 'later account'],
    [190, 1234567, 'later account'],
    [200, undefined, 'later account'],
    [200, 2018028, 'later account'],
    [200, 2018021, 'refused message'],
    [200, 1545041, 'refused recipient'],
    [551, 1545041, 'refused recipient'],
    [551, undefined, 'refused recipient'],
    [230, undefined, 'later account'],
    [368, undefined, 'later account'],
    [506, undefined, 'refused message'],
    [613, undefined, 'later account'],
    [613, 2018338, 'later recipient'],
    [613, 1893016, 'refused message'],
    [1200, undefined, 'later message'],
    [2022, undefined, 'later account'],
    [10303, undefined, 'refused message'],
    [10900, undefined, 'refused message'],
    [36000, undefined, 'refused message'],
    [80001, 2494055, 'later account'],
    [80006, undefined, 'later account'],
    [2018300, undefined, 'refused thread'],
    [2018321, undefined, 'refused thread'],
    [10, 2018171, 'refused thread'],
    [10, 2018234, 'refused thread'],
    [9000001, undefined, 'refused message'],
    [777, undefined, 'refused message'],
  ])('%i/%s is %s', (code, subcode, expected) => {
    for (const status of [200, 400, 403]) {
      const result = readSendAnswer(answered(refusal(code, subcode), status), now);
      expect('concerns' in result ? `${result.outcome} ${result.concerns}` : result.outcome).toBe(expected);
      if (result.outcome !== 'sent') expect(result.reason).toMatch(/^[A-ZÀ-Ỹ].{20,}\.$/su);
    }
  });

  it.each([2018008, 2018074, 2018294])(
    '100/%i: what could not be fetched is tried once more, not for a day',
    (subcode) => {
      expect(readSendAnswer(answered(refusal(100, subcode), 400), now)).toMatchObject({ mostTries: 2 });
      expect(readSendAnswer(answered(refusal(100, subcode), 500), now)).toMatchObject({ outcome: 'unknown' });
      expect(readSendAnswer(answered(refusal(2), 400), now)).not.toHaveProperty('mostTries');
    },
  );

  it.each([
    ['response_error_10_2018278', { outcome: 'refused', concerns: 'window', code: '10/2018278' }],
    ['response_error_in_http_200', { outcome: 'refused', concerns: 'window' }],
    ['response_error_190', { outcome: 'later', concerns: 'account', code: '190/1234567' }],
    ['response_error_1_2018382', { outcome: 'refused', concerns: 'message' }],
    ['response_error_2_2018344_user_msg', { outcome: 'later', concerns: 'account' }],
    ['response_error_551_1545041', { outcome: 'refused', concerns: 'recipient' }],
    ['response_send_ok_user_ref', { outcome: 'sent', providerMessageId: 'm_x' }],
    ['response_send_ok_reusable', { outcome: 'sent' }],
    ['response_sender_action_ok', { outcome: 'unknown', code: 'unreadable_answer' }],
  ])('sample %s', (name, expected) => {
    expect(readSendAnswer(answered(sample(name), 200), now)).toMatchObject(expected);
  });

  it('believes is_transient where the table says nothing exact', () => {
    expect(readSendAnswer(answered(refusal(777, undefined, { is_transient: true })), now)).toMatchObject({
      outcome: 'later',
      concerns: 'message',
    });
    expect(readSendAnswer(answered(refusal(2, undefined, { is_transient: false })), now)).toMatchObject({
      outcome: 'refused',
      concerns: 'message',
    });
    expect(readSendAnswer(answered(refusal(10, 2018278, { is_transient: true })), now)).toMatchObject({
      outcome: 'refused',
      concerns: 'window',
    });
  });

  it('takes codes written as text', () => {
    expect(readSendAnswer(answered(refusal('10', 2018278)), now)).toMatchObject({ concerns: 'window' });
  });
});

describe('perhaps accepted is never "later"', () => {
  it.each<[string, GraphAnswer, object]>([
    ['a timeout', { kind: 'no_answer', code: 'econnaborted' }, { outcome: 'unknown', code: 'econnaborted' }],
    [
      'no connection',
      { kind: 'not_sent', code: 'econnrefused' },
      { outcome: 'later', concerns: 'account', retryAt: null },
    ],
    ['500 without a body', answered(undefined, 500), { outcome: 'unknown', code: 'http_500' }],
    ['502 from a proxy', answered(undefined, 502), { outcome: 'unknown' }],
    ['500 with a temporary error', answered(refusal(2), 500), { outcome: 'unknown', code: '2' }],
    ['500 with an unknown code', answered(refusal(777), 500), { outcome: 'unknown' }],
    ['500 with a closed window', answered(refusal(10, 2018278), 500), { outcome: 'refused', concerns: 'window' }],
    ['200 without JSON', answered(undefined, 200), { outcome: 'unknown', code: 'unreadable_answer' }],
    ['200 with an empty object', answered({}, 200), { outcome: 'unknown' }],
    ['200 with a list', answered([], 200), { outcome: 'unknown' }],
    ['408', answered(undefined, 408), { outcome: 'unknown' }],
    ['404 without JSON: a wrong address', answered(undefined, 404), { outcome: 'later', concerns: 'account' }],
    ['401 without JSON', answered(undefined, 401), { outcome: 'later', concerns: 'account' }],
    ['302', answered(undefined, 302), { outcome: 'later', concerns: 'account' }],
    ['413', answered(undefined, 413), { outcome: 'refused', concerns: 'message' }],
  ])('%s', (_name, answer, expected) => {
    expect(readSendAnswer(answer, now)).toMatchObject(expected);
  });

  it('never throws and never claims "sent" without an id', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 100, max: 599 }), (body, status) => {
        const result = readSendAnswer(answered(body, status), now);
        expect(result.outcome).not.toBe('sent');
      }),
    );
  });
});

describe('when to try again', () => {
  const retryAt = (headers: Record<string, string>, body: unknown = refusal(613), status = 400) => {
    const result = readSendAnswer(answered(body, status, headers), now);
    return result.outcome === 'later' && result.retryAt ? result.retryAt.getTime() - now.getTime() : null;
  };
  const business = (minutes: unknown) =>
    JSON.stringify({ '227234061': [{ type: 'messenger', call_count: 100, estimated_time_to_regain_access: minutes }] });

  it.each<[string, Record<string, string>, number]>([
    ['nothing named', {}, 60_000],
    ['Retry-After in seconds', { 'retry-after': '120' }, 120_000],
    ['Retry-After as a date', { 'retry-after': 'Sat, 21 Nov 2026 05:10:00 GMT' }, 600_000],
    ['Retry-After in the past', { 'retry-after': 'Sat, 21 Nov 2026 04:10:00 GMT' }, 60_000],
    ['Retry-After that is nonsense', { 'retry-after': 'soon' }, 60_000],
    ["Meta's estimate in minutes", { 'x-business-use-case-usage': business(19) }, 19 * 60_000],
    ['an estimate beyond a day', { 'x-business-use-case-usage': business(99_999) }, 24 * 3_600_000],
    ['a broken header', { 'x-business-use-case-usage': '{' }, 60_000],
  ])('%s', (_name, headers, wait) => {
    expect(retryAt(headers)).toBe(wait);
    expect(retryAt(headers, undefined, 429)).toBe(wait);
    expect(retryAt(headers, refusal(777), 429)).toBe(wait);
  });

  it('a restricted page rests half an hour, a pestered person an hour', () => {
    expect(retryAt({}, refusal(10, 1893063))).toBe(30 * 60_000);
    expect(retryAt({}, refusal(613, 2018338))).toBe(60 * 60_000);
  });
});
