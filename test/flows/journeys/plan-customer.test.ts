import { describe, expect, it } from 'vitest';
import { applyPlan, changeStep, withEnrolment } from '../../../src/flows/journeys/apply-plan.ts';
import type { CareState } from '../../../src/flows/journeys/care-state.ts';
import type { Journey } from '../../../src/flows/journeys/journey.ts';
import { planCustomer } from '../../../src/flows/journeys/plan-customer.ts';
import { at, day, journeyOf, renewal, stateOf, subscription, timeZone } from './sample-journeys.ts';

const plan = (journeys: Journey[], state: CareState, now: Date) => planCustomer(journeys, state, { now, timeZone });
/** Plans, saves, and holds that a second look changes nothing. */
function settle(journeys: Journey[], state: CareState, now: Date): CareState {
  const after = applyPlan(state, plan(journeys, state, now), now);
  expect(plan(journeys, after, now)).toEqual([]);
  return after;
}
const pending = (state: CareState) =>
  state.enrolments.flatMap((enrolment) =>
    enrolment.steps.flatMap(({ step, status, dueAt }) => (status === 'planned' ? [[step, dueAt.getTime()]] : [])),
  );
const expiring = (expires: string, status = 'active') =>
  stateOf({ subjects: [subscription({ expires_at: at(expires).toISOString(), status })] });
const withExpiry = (state: CareState, expires: string, status = 'active'): CareState => ({
  ...state,
  subjects: expiring(expires, status).subjects,
});

describe('a journey around a date', () => {
  it('plans the steps that are still to come, at their hour', () => {
    const state = settle([renewal], expiring('2027-06-01 12:00'), at('2027-05-20 08:00'));
    expect(pending(state)).toEqual([
      ['truoc_7', at('2027-05-25 09:00').getTime()],
      ['goi', at('2027-05-31 12:00').getTime()],
    ]);
  });

  it('sends what is late by less than it may be, and never floods', () => {
    const state = settle([renewal], expiring('2027-06-01 12:00'), at('2027-05-26 08:00'));
    expect(pending(state).map(([step]) => step)).toEqual(['truoc_7', 'goi']);
    expect(plan([renewal], expiring('2027-01-01 12:00'), at('2027-05-26 08:00'))).toEqual([]);
  });

  it('moves what waits when the date moves a little, and sends nothing twice', () => {
    const before = settle([renewal], expiring('2027-06-01 12:00'), at('2027-04-01 08:00'));
    const sent = changeStep(before, 'e1/truoc_30/0', 'started');
    const after = settle([renewal], withExpiry(sent, '2027-06-08 12:00'), at('2027-05-03 08:00'));
    expect(after.enrolments).toHaveLength(1);
    expect(pending(after)).toEqual([
      ['truoc_7', at('2027-06-01 09:00').getTime()],
      ['goi', at('2027-06-07 12:00').getTime()],
    ]);
  });

  it('ends and begins anew when the date moves to another occasion', () => {
    const before = settle([renewal], expiring('2027-06-01 12:00'), at('2027-04-01 08:00'));
    const sent = changeStep(before, 'e1/truoc_30/0', 'started');
    const after = settle([renewal], withExpiry(sent, '2028-06-01 12:00'), at('2027-05-10 08:00'));
    expect(after.enrolments.map(({ status }) => status)).toEqual(['cancelled', 'active']);
    expect(pending(after)).toHaveLength(3);
  });

  it('counts nothing from a date that means "never", and ends what counted from the one before', () => {
    const now = at('2027-04-01 08:00');
    for (const never of ['9999-12-31 00:00', '9999-12-31 23:59', '9000-06-01 12:00']) {
      expect(plan([renewal], expiring(never), now)).toEqual([]);
      const after = settle([renewal], withExpiry(settle([renewal], expiring('2027-06-01 12:00'), now), never), now);
      expect(after.enrolments).toMatchObject([{ status: 'cancelled' }]);
      expect(pending(after)).toEqual([]);
    }
  });

  it('does not say again what was said when the date comes back', () => {
    const first = settle([renewal], expiring('2027-06-01 12:00'), at('2027-04-01 08:00'));
    const sent = changeStep(first, 'e1/truoc_30/0', 'started');
    const away = settle([renewal], withExpiry(sent, '2027-06-25 12:00'), at('2027-05-03 08:00'));
    const back = settle([renewal], withExpiry(away, '2027-06-03 12:00'), at('2027-05-04 08:00'));
    expect(pending(back).map(([step]) => step)).toEqual(['truoc_7', 'goi']);
  });

  it('ends at the goal, at refund, at opting out, and does not begin again for the same date', () => {
    const now = at('2027-04-01 08:00');
    const before = settle([renewal], expiring('2027-06-01 12:00'), now);
    const renewed = withEnrolment(before, 'e1', (one) => ({ ...one, since: { subscription_renewed: 1 } }));
    expect(settle([renewal], renewed, now).enrolments).toMatchObject([{ status: 'goal' }]);
    expect(settle([renewal], withExpiry(before, '2027-06-01 12:00', 'refunded'), now).enrolments).toMatchObject([
      { status: 'cancelled' },
    ]);
    expect(plan([renewal], { ...before, isOptedOut: true }, now)).toMatchObject([
      { change: 'end', reason: 'Khách đã từ chối nhận tin.' },
    ]);
  });

  it('rests while the subscription does, and goes on when it does', () => {
    const before = settle([renewal], expiring('2027-06-01 12:00'), at('2027-04-01 08:00'));
    const paused = settle([renewal], withExpiry(before, '2027-06-01 12:00', 'paused'), at('2027-05-01 08:00'));
    expect(pending(paused)).toEqual([]);
    expect(paused.enrolments).toMatchObject([{ status: 'active' }]);
    const resumed = settle([renewal], withExpiry(paused, '2027-06-01 12:00'), at('2027-05-20 08:00'));
    expect(pending(resumed).map(([step]) => step)).toEqual(['truoc_7', 'goi']);
  });

  it('finishes when all steps are decided, and stays finished', () => {
    const before = settle([renewal], expiring('2027-06-01 12:00'), at('2027-05-20 08:00'));
    const done = changeStep(changeStep(before, 'e1/truoc_7/0', 'started'), 'e1/goi/0', 'skipped');
    expect(settle([renewal], done, at('2027-06-02 08:00')).enrolments).toMatchObject([{ status: 'finished' }]);
  });

  it('leaves alone what the cap put off', () => {
    const before = settle([renewal], expiring('2027-06-01 12:00'), at('2027-05-20 08:00'));
    const late = changeStep(before, 'e1/truoc_7/0', 'planned', at('2027-05-25 18:00'));
    expect(plan([renewal], late, at('2027-05-25 10:00'))).toEqual([]);
  });

  it('moves only what waits when a file is published with other days, and sends nothing new in the past', () => {
    const before = settle([renewal], expiring('2027-06-01 12:00'), at('2027-05-01 08:00'));
    const changed: Journey = {
      ...renewal,
      steps: renewal.steps.flatMap((step) => {
        if (step.id === 'truoc_7') return [{ ...step, offsetMs: -5 * day }];
        return step.id === 'goi' ? [step, { ...step, id: 'moi', offsetMs: -32 * day }] : [step];
      }),
    };
    const after = settle([changed], before, at('2027-05-01 10:00'));
    expect(pending(after)).toEqual([
      ['truoc_30', at('2027-05-02 09:00').getTime()],
      ['truoc_7', at('2027-05-27 09:00').getTime()],
      ['goi', at('2027-05-31 12:00').getTime()],
    ]);
  });
});

const nudges = journeyOf(`id: thu
title: Nhắc
stage: activation
for: subscription
trigger: { on: event, event: subscription_activated }
steps:
  - { id: chao, offset: 0 days, at: "09:00", flow: chao }
  - { id: moi_ngay, offset: 3 days, every: 1 day, until: 5 days, flow: nhac }
`);
const activated = (on: string) => ({ kind: 'subscription_activated', at: at(on), data: { subscription: 'sub-1' } });

describe('a journey that begins with an event', () => {
  it('plans the next time of a repeated step only, and the first morning after the event', () => {
    const state = settle([nudges], stateOf({ signals: [activated('2026-11-24 15:00')] }), at('2026-11-24 15:00'));
    expect(pending(state)).toEqual([
      ['chao', at('2026-11-25 09:00').getTime()],
      ['moi_ngay', at('2026-11-27 15:00').getTime()],
    ]);
    const next = settle([nudges], changeStep(state, 'e1/moi_ngay/0', 'started'), at('2026-11-27 15:05'));
    expect(pending(next).at(-1)).toEqual(['moi_ngay', at('2026-11-28 15:00').getTime()]);
  });

  it('skips the times that an outage swallowed, and stops at the last', () => {
    const state = settle([nudges], stateOf({ signals: [activated('2026-11-24 15:00')] }), at('2026-11-24 15:00'));
    const skipped = changeStep(changeStep(state, 'e1/moi_ngay/0', 'skipped'), 'e1/chao/0', 'started');
    const late = settle([nudges], skipped, at('2026-11-29 20:00'));
    expect(pending(late)).toEqual([['moi_ngay', at('2026-11-29 15:00').getTime()]]);
    expect(
      settle([nudges], changeStep(late, 'e1/moi_ngay/2', 'started'), at('2026-11-29 21:00')).enrolments,
    ).toMatchObject([{ status: 'finished' }]);
  });

  it('takes an event once, an old one not at all, and another subscription for another', () => {
    const old = stateOf({ signals: [activated('2026-01-01 15:00')] });
    expect(plan([nudges], old, at('2026-11-24 15:00'))).toEqual([]);
    const other = { ...activated('2026-11-24 15:00'), data: { subscription: 'sub-2' } };
    expect(plan([nudges], stateOf({ signals: [other] }), at('2026-11-24 15:00'))).toEqual([]);
    const twice = stateOf({ signals: [activated('2026-11-24 15:00'), activated('2026-11-24 16:00')] });
    expect(settle([nudges], twice, at('2026-11-24 16:00')).enrolments).toHaveLength(1);
  });
});

describe('a journey of a segment', () => {
  const upsell = journeyOf(`id: thu
title: Lên gói
stage: expansion
purpose: advertising
for: subscription
trigger: { on: segment, when: "usage.appointments.month > 100 and usage.branches >= 5" }
again_after: 60 days
steps: [{ id: moi, offset: 1 hour, flow: moi }]
`);
  const using = (appointments: number, state: CareState = stateOf()): CareState => ({
    ...state,
    subjects: [subscription({}, { usage: { 'appointments.month': appointments, branches: 5 } })],
  });

  it('enters at the edge only, and again only after the span', () => {
    const now = at('2026-11-24 09:00');
    const low = settle([upsell], using(90), now);
    expect(low.enrolments).toEqual([]);
    const high = settle([upsell], using(120, low), now);
    expect(high.enrolments).toHaveLength(1);
    const done = settle([upsell], changeStep(high, 'e1/moi/0', 'started'), at('2026-11-24 11:00'));
    const down = settle([upsell], using(10, done), at('2026-12-01 09:00'));
    const soon = settle([upsell], using(110, down), at('2026-12-20 09:00'));
    expect(soon.enrolments).toHaveLength(1);
    const low2 = settle([upsell], using(10, soon), at('2027-01-01 09:00'));
    expect(settle([upsell], using(110, low2), at('2027-02-20 09:00')).enrolments).toHaveLength(2);
  });
});

describe('a journey of silence', () => {
  const quiet = journeyOf(`id: thu
title: Lâu không gặp
stage: periodic
trigger: { on: no_activity, after: 45 days }
steps: [{ id: hoi, offset: 0 days, flow: hoi }, { id: nua, offset: 10 days, flow: hoi }]
`);
  const customer = (last: string, state: CareState = stateOf()): CareState => ({
    ...state,
    lastActivityAt: at(last),
    subjects: [{ ...subscription(), kind: 'customer', id: 'customer-1' }],
  });

  it('counts from the last sign of life, which moves', () => {
    const state = settle([quiet], customer('2026-11-01 10:00'), at('2026-11-02 10:00'));
    expect(pending(state)[0]).toEqual(['hoi', at('2026-12-16 10:00').getTime()]);
    const moved = settle([quiet], customer('2026-12-01 10:00', state), at('2026-12-01 10:00'));
    expect(pending(moved)[0]).toEqual(['hoi', at('2027-01-15 10:00').getTime()]);
    const said = changeStep(moved, 'e1/hoi/0', 'started');
    const back = settle([quiet], customer('2027-01-16 10:00', said), at('2027-01-16 10:00'));
    expect(back.enrolments.map(({ status }) => status)).toEqual(['left', 'active']);
  });
});

describe('a journey each year', () => {
  const birthday = journeyOf(`id: thu
title: Sinh nhật
stage: other
trigger: { on: date, of: customer.attributes.sinh_nhat, yearly: true }
steps: [{ id: chuc, offset: 0 days, at: "09:00", flow: chuc }]
`);
  it.each(['1990-02-28', '28/02/1990', '29/02/1992'])('comes back with the day, written as %s', (born) => {
    const facts = subscription(null, { customer: { attributes: { sinh_nhat: born } } }).facts;
    const state = stateOf({ subjects: [{ kind: 'customer', id: 'customer-1', facts }] });
    const first = settle([birthday], state, at('2026-11-24 09:00'));
    expect(pending(first)).toEqual([['chuc', at('2027-02-28 09:00').getTime()]]);
    const said = settle([birthday], changeStep(first, 'e1/chuc/0', 'started'), at('2027-02-28 09:05'));
    expect(said.enrolments).toMatchObject([{ status: 'finished' }]);
    // Two weeks more: what a holiday put off is still this year's.
    const next = settle([birthday], said, at('2027-03-16 09:00'));
    expect(pending(next)).toEqual([['chuc', at(`2028-02-${born.startsWith('29') ? '29' : '28'} 09:00`).getTime()]]);
  });
});
