import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { arbitrate, type CapRules, type DueStep, holdOf, usualCaps } from '../../../src/flows/journeys/arbitrate.ts';
import { tooLate } from '../../../src/flows/journeys/decide-step.ts';
import type { Journey } from '../../../src/flows/journeys/journey.ts';
import { signalKinds } from '../../../src/flows/journeys/ledger-kinds.ts';
import { at, day, hour, renewal } from './sample-journeys.ts';

const now = at('2026-11-24 12:00');
const due = (id: string, changes: Partial<Journey> = {}, position = 0): DueStep => {
  const step = renewal.steps[position];
  if (step === undefined) throw new Error('no such step');
  return { id, journey: { ...renewal, ...changes }, step, dueAt: now };
};
const ago = (hours: number, purpose: 'care' | 'advertising' | 'service' = 'care') => ({
  at: new Date(now.getTime() - hours * hour),
  purpose,
});
const ask = (steps: DueStep[], touches = [ago(200)], rules: CapRules = usualCaps) =>
  arbitrate(steps, touches, rules, now);

describe('of several journeys that want to speak', () => {
  it('the smaller priority speaks first, the others wait', () => {
    expect(ask([due('b', { priority: 50 }), due('a', { priority: 30 })])).toEqual([
      { id: 'a', verdict: 'start' },
      {
        id: 'b',
        verdict: 'defer',
        until: new Date(now.getTime() + 4 * hour),
        reason: 'Vừa nhắn khách cách đây chưa lâu.',
      },
    ]);
  });

  it('what the customer did is told at once, and work for staff is no message', () => {
    const full = [ago(1), ago(2), ago(3)];
    const verdicts = ask([due('a', { purpose: 'service' }), due('b', {}, 2)], full);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['start', 'start']);
    expect(ask([due('a')], [ago(1, 'service')])).toEqual([{ id: 'a', verdict: 'start' }]);
  });

  it('the cap of a day and of a week hold, with the reason', () => {
    expect(holdOf('care', [ago(5), ago(20)], usualCaps, now)).toEqual({
      until: new Date(now.getTime() + 4 * hour),
      reason: 'Đã đủ 2 tin trong 24 giờ.',
    });
    const week = [30, 55, 80, 105, 130].map((hours) => ago(hours));
    expect(holdOf('care', week, usualCaps, now)?.reason).toBe('Đã đủ 5 tin trong 7 ngày.');
    expect(ask([due('a')], week)).toMatchObject([{ verdict: 'defer', until: new Date(now.getTime() + 38 * hour) }]);
  });

  it('whoever would come too late is not sent at all', () => {
    const short = { ...due('a'), dueAt: new Date(now.getTime() - 3 * day + hour) };
    expect(ask([short], [ago(1), ago(2)])).toMatchObject([
      { verdict: 'skip', reason: 'Đã đủ 2 tin trong 24 giờ. Đã quá hạn gửi muộn (3 ngày).' },
    ]);
  });

  it.each([
    [20 * 60_000, '20 phút'],
    [90 * 60_000, '90 phút'],
    [3 * hour, '3 giờ'],
    [36 * hour, '36 giờ'],
    [2 * day, '2 ngày'],
  ])('how late it may be is told to the minute: %i ms', (lateMs, words) => {
    const { step } = due('a');
    expect(tooLate({ ...step, lateMs })).toBe(`Đã quá hạn gửi muộn (${words}).`);
  });

  it('nobody is advertised to four times a day, whatever is configured', () => {
    const loose = { perDay: 99, perWeek: 99, advertisingPerDay: 99, gapMs: 0 };
    const ads = [ago(1, 'advertising'), ago(2, 'advertising'), ago(3, 'advertising')];
    expect(holdOf('advertising', ads, loose, now)?.reason).toBe('Đã đủ 3 tin quảng cáo trong 24 giờ.');
    expect(holdOf('care', ads, loose, now)).toBeNull();
    expect(holdOf('care', [], { ...loose, perDay: 0 }, now)).not.toBeNull();
  });
});

it('journeys know by name what the database passes on', async () => {
  const sql = await readFile('prisma/migrations/20261122000000_care_over_weeks/migration.sql', 'utf8');
  const trigger =
    /CREATE TRIGGER "touchpoints_signal_journeys"[\s\S]*?NEW\.kind IN \(([\s\S]*?)\)\)/.exec(sql)?.[1] ?? '';
  const passed = [...trigger.matchAll(/'(\w+)'/g)].map((match) => match[1]);
  expect([...signalKinds].sort()).toEqual(passed.sort());
});
