// Every code of both tables ends a send in the right way, with a sentence for agents.
import { describe, expect, it } from 'vitest';
import { classifyError, findMeaning } from '../../../src/channels/zalo/classify-error.ts';
import { oaErrors } from '../../../src/channels/zalo/oa-errors.ts';
import { retryTime } from '../../../src/channels/zalo/retry-time.ts';
import { znsErrors } from '../../../src/channels/zalo/zns-errors.ts';

const vietnam = (time: string) => new Date(`${time}+07:00`);
const NOON = vietnam('2026-11-21T12:00:30');

describe('codes of Zalo', () => {
  it.each([
    ['openapi', '-230', { outcome: 'refused', concerns: 'window' }],
    ['openapi', '-232', { outcome: 'refused', concerns: 'window' }],
    ['openapi', '-213', { outcome: 'refused', concerns: 'recipient' }],
    ['openapi', '-244', { outcome: 'refused', concerns: 'recipient' }],
    ['openapi', '-201', { outcome: 'refused', concerns: 'message' }],
    ['openapi', '-210', { outcome: 'refused', concerns: 'message' }],
    ['openapi', '-32', { outcome: 'later', concerns: 'account', retryAt: vietnam('2026-11-21T12:01:00') }],
    [
      'openapi',
      '-200',
      { outcome: 'later', concerns: 'message', retryAt: vietnam('2026-11-21T12:01:00'), mostTries: 3 },
    ],
    ['openapi', '-211', { outcome: 'later', concerns: 'message', retryAt: vietnam('2026-11-22T06:00:00') }],
    ['openapi', '-218', { outcome: 'later', concerns: 'recipient' }],
    ['openapi', '-234', { outcome: 'later', concerns: 'message', retryAt: vietnam('2026-11-22T06:00:00') }],
    ['openapi', '-221', { outcome: 'later', concerns: 'account' }],
    ['openapi', '-321', { outcome: 'later', concerns: 'message' }],
    ['openapi', '-216', { outcome: 'later', concerns: 'account' }],
    ['openapi', '-100', { outcome: 'refused', concerns: 'message' }],
    ['openapi', '-99999', { outcome: 'refused', concerns: 'message' }],
    ['zns', '-100', { outcome: 'later', concerns: 'message' }],
    ['zns', '-118', { outcome: 'refused', concerns: 'recipient' }],
    ['zns', '-124', { outcome: 'later', concerns: 'account' }],
    ['zns', '-133', { outcome: 'later', concerns: 'message', retryAt: vietnam('2026-11-22T06:00:00') }],
    ['zns', '-1441', { outcome: 'later', retryAt: vietnam('2026-12-01T06:00:00') }],
    ['zns', '-131', { outcome: 'later', concerns: 'message' }],
    ['zns', '-1122', { outcome: 'refused', concerns: 'message' }],
  ] as const)('%s %s', (host, code, expected) => {
    const prefix = host === 'zns' ? 'zns' : 'zalo';
    expect(classifyError(host, code, NOON)).toMatchObject({ ...expected, code: `${prefix}:${code}` });
  });

  it('mean different things by host', () => {
    expect(findMeaning('openapi', '-100')?.outcome).toBe('upload_again');
    expect(findMeaning('openapi', '-118')).toBeNull();
    expect(findMeaning('openapi', '-124')).toBeNull();
    expect(findMeaning('zns', '-216')).toBeNull();
  });

  it('each say what happened and what to do', () => {
    for (const [code, meaning] of [...oaErrors, ...znsErrors]) {
      expect(meaning.reason.split(/(?<=[.;])\s/u).length, code).toBeGreaterThan(1);
      expect(meaning.reason, code).toBe(meaning.reason.normalize('NFC'));
    }
  });
});

describe('the next try, in Vietnam', () => {
  it.each([
    ['six_am', '2026-11-21T05:59:59', '2026-11-21T06:00:00'],
    ['six_am', '2026-11-21T06:00:00', '2026-11-22T06:00:00'],
    ['six_am', '2026-11-21T00:00:00', '2026-11-21T06:00:00'],
    ['six_am', '2026-11-21T23:00:00', '2026-11-22T06:00:00'],
    ['next_day', '2026-11-21T00:30:00', '2026-11-22T06:00:00'],
    ['next_day', '2026-11-21T23:59:59', '2026-11-22T06:00:00'],
    ['next_month', '2026-12-31T23:59:59', '2027-01-01T06:00:00'],
    ['next_month', '2027-01-01T00:00:00', '2027-02-01T06:00:00'],
    ['next_minute', '2026-11-21T12:00:00', '2026-11-21T12:01:00'],
    ['half_minute', '2026-11-21T12:00:00', '2026-11-21T12:00:30'],
    ['five_minutes', '2026-11-21T12:00:00', '2026-11-21T12:05:00'],
    ['one_hour', '2026-11-21T12:00:00', '2026-11-21T13:00:00'],
  ] as const)('%s after %s is %s', (wait, now, expected) => {
    expect(retryTime(wait, vietnam(now))).toEqual(vietnam(expected));
  });
});
