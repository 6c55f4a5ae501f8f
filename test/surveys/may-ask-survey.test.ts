// Who was asked lately is left in peace, whatever the survey; asking again after a closed case is promised once.
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { mayAskSurvey, type SurveyWish } from '../../src/surveys/may-ask-survey.ts';

const now = new Date('2026-11-21T03:00:00Z');
const asked = (daysAgo: number) => new Date(now.getTime() - daysAgo * DAY_MS);
const wish = (more: Partial<SurveyWish> = {}, lastAskedAt: Date | null = null, casesToAskAgain: string[] = []) =>
  mayAskSurvey({
    history: { lastAskedAt, casesToAskAgain },
    now,
    gapMs: 30 * DAY_MS,
    caseId: null,
    isForced: false,
    timeZone: 'Asia/Ho_Chi_Minh',
    ...more,
  });

describe('the gap between surveys', () => {
  it.each([
    ['never', null, true],
    ['a day ago', 1, false],
    ['29 days ago', 29, false],
    ['30 days ago', 30, true],
    ['a year ago', 365, true],
  ] as const)('asked %s', (_when, days, may) => {
    const why = wish({}, days === null ? null : asked(days));
    expect(why === null).toBe(may);
    if (why !== null) expect(why).toContain('ít nhất 30 ngày');
  });

  it('names the day of the last one by the clock of the business', () => {
    expect(wish({}, new Date('2026-11-19T23:30:00Z'))).toContain('ngày 20/11/2026');
  });

  it('does not hold back staff who insist', () => {
    expect(wish({ isForced: true }, asked(1))).toBeNull();
  });

  it('does not hold back the second question after a closed case, but the third', () => {
    expect(wish({ caseId: 'viec-1' }, asked(1), ['viec-1'])).toBeNull();
    expect(wish({ caseId: 'viec-1' }, asked(90), [])).toContain('đã được hỏi lại');
  });

  it('of no days is none', () => {
    expect(wish({ gapMs: 0 }, asked(0))).toBeNull();
  });
});
