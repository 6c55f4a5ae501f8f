// Random months of one customer, played by the kernel alone: what happens, and an oracle that writes down every start.
import fc from 'fast-check';
import { applyPlan, changeStep, endEnrolment } from '../../../src/flows/journeys/apply-plan.ts';
import { arbitrate, usualCaps } from '../../../src/flows/journeys/arbitrate.ts';
import type { CareState, KnownEnrolment, KnownStep } from '../../../src/flows/journeys/care-state.ts';
import { decideStep, lateFrom } from '../../../src/flows/journeys/decide-step.ts';
import type { Journey } from '../../../src/flows/journeys/journey.ts';
import { planCustomer } from '../../../src/flows/journeys/plan-customer.ts';
import { dueOf } from '../../../src/flows/journeys/step-times.ts';
import { earliestLoudTime } from '../../../src/flows/quiet-hours.ts';
import { applyOverrides } from '../../../src/flows/sample-facts.ts';
import { at, day, hour, journeyOf, stateOf, subscription, timeZone } from './sample-journeys.ts';

const source = (id: string, rest: string) => journeyOf(`id: ${id}\ntitle: ${id}\n${rest}`);

export const journeys: readonly Journey[] = [
  source(
    'renewal',
    `stage: renewal
priority: 30
for: subscription
trigger: { on: date, of: subscription.expires_at }
goal: since.subscription_renewed > 0
late: 2 days
steps:
  - { id: truoc_30, offset: -30 days, at: "09:00", flow: a }
  - { id: truoc_7, offset: -7 days, at: "09:00", flow: a }
  - { id: goi, offset: -1 day, task: Gọi }
  - { id: sau_1, offset: 1 day, at: "10:00", flow: a }
`,
  ),
  source(
    'nudge',
    `stage: activation
priority: 40
for: subscription
trigger: { on: event, event: subscription_activated }
again_after: 40 days
steps:
  - { id: chao, at: "09:00", flow: a }
  - { id: nhac, offset: 3 days, every: 1 day, until: 9 days, if: usage.appointments < 5, flow: a }
`,
  ),
  source(
    'upsell',
    `stage: expansion
purpose: advertising
for: subscription
trigger: { on: segment, when: usage.appointments > 100 }
again_after: 20 days
late: 3 days
steps: [{ id: moi, offset: 1 hour, flow: a }, { id: nhac, offset: 2 days, flow: a }]
`,
  ),
  source(
    'quiet',
    `stage: periodic
priority: 60
trigger: { on: no_activity, after: 20 days }
steps: [{ id: hoi, flow: a }, { id: nua, offset: 5 days, flow: a }]
`,
  ),
  source(
    'birthday',
    `stage: other
trigger: { on: date, of: customer.attributes.sinh_nhat, yearly: true }
steps: [{ id: chuc, at: "08:00", flow: a }]
`,
  ),
  source(
    'thanks',
    `stage: other
purpose: service
trigger: { on: event, event: order_recorded }
again_after: 1 day
steps: [{ id: cam_on, flow: a }]
`,
  ),
];

export type Happening =
  | { do: 'wait'; ms: number }
  | { do: 'outage'; ms: number }
  | { do: 'move_date'; days: number }
  | { do: 'renew' }
  | { do: 'status'; status: string }
  | { do: 'opt'; out: boolean }
  | { do: 'usage'; appointments: number }
  | { do: 'activate' }
  | { do: 'order' }
  | { do: 'publish'; shiftMs: number };

const hours = (max: number) => fc.integer({ min: 1, max }).map((count) => count * hour);
export const timelines = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: hours(24 * 25).map((ms): Happening => ({ do: 'wait', ms })) },
    { weight: 1, arbitrary: hours(24 * 6).map((ms): Happening => ({ do: 'outage', ms })) },
    { weight: 2, arbitrary: fc.integer({ min: -40, max: 40 }).map((days): Happening => ({ do: 'move_date', days })) },
    { weight: 1, arbitrary: fc.constant<Happening>({ do: 'renew' }) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('active', 'active', 'trial', 'paused', 'cancelled', 'refunded', 'expired')
        .map((status): Happening => ({ do: 'status', status })),
    },
    { weight: 1, arbitrary: fc.boolean().map((out): Happening => ({ do: 'opt', out })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(0, 3, 150).map((appointments): Happening => ({ do: 'usage', appointments })),
    },
    { weight: 1, arbitrary: fc.constant<Happening>({ do: 'activate' }) },
    { weight: 1, arbitrary: fc.constant<Happening>({ do: 'order' }) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: -5, max: 5 }).map((days): Happening => ({ do: 'publish', shiftMs: days * day })),
    },
  ),
  { minLength: 3, maxLength: 14 },
);

export type Start = {
  at: Date;
  journey: Journey;
  enrolment: KnownEnrolment;
  row: KnownStep;
  isTask: boolean;
  isOptedOut: boolean;
  status: string;
  dueAt: Date;
};
export type Played = { starts: Start[]; state: CareState; now: Date };

/** `kill`: after every single change the program dies and looks at everything anew. */
export function play(timeline: readonly Happening[], { kill }: { kill: boolean }): Played {
  const life = new RandomLife(kill);
  for (const happening of timeline) life.happen(happening);
  return life;
}

const quiet = { start: '21:00', end: '07:30', timeZone };

class RandomLife implements Played {
  starts: Start[] = [];
  now = at('2026-11-24 09:00');
  state: CareState;
  private journeys = journeys;
  private readonly kill: boolean;

  constructor(kill: boolean) {
    this.kill = kill;
    const mine = subscription(
      { expires_at: '2027-02-01T12:00:00+07:00' },
      { customer: { attributes: { sinh_nhat: '1990-03-08' } }, usage: { appointments: 0 } },
    );
    this.state = stateOf({
      subjects: [mine, { ...mine, kind: 'customer', id: 'customer-1' }],
      lastActivityAt: this.now,
    });
    this.work();
  }

  happen(happening: Happening): void {
    switch (happening.do) {
      case 'wait':
        return this.advance(happening.ms, true);
      case 'outage':
        return this.advance(happening.ms, false);
      case 'move_date':
        this.moveDate(happening.days);
        break;
      case 'renew':
        this.moveDate(365);
        this.signal('subscription_renewed');
        break;
      case 'status':
        this.set({ subscription: { status: happening.status } });
        break;
      case 'opt':
        this.state = { ...this.state, isOptedOut: happening.out };
        break;
      case 'usage':
        this.set({ usage: { appointments: happening.appointments } });
        this.state = { ...this.state, lastActivityAt: this.now };
        break;
      case 'activate':
        this.signal('subscription_activated', { subscription: 'sub-1' });
        break;
      case 'order':
        this.signal('order_recorded');
        break;
      case 'publish':
        this.publish(happening.shiftMs);
    }
    this.work();
  }

  private advance(ms: number, isRunning: boolean): void {
    const until = this.now.getTime() + ms;
    while (this.now.getTime() < until) {
      const due = isRunning ? this.pendingTimes().filter((time) => time > this.now.getTime()) : [];
      this.now = new Date(Math.min(until, ...due));
      if (isRunning) this.work();
    }
    this.work();
  }

  private moveDate(days: number): void {
    const expires = Date.parse(this.state.subjects[0]?.facts.subscription?.expires_at ?? '');
    this.set({ subscription: { expires_at: new Date(expires + days * day).toISOString() } });
  }

  private set(overrides: Parameters<typeof applyOverrides>[1]): void {
    const subjects = this.state.subjects.map((one) => ({ ...one, facts: applyOverrides(one.facts, overrides) }));
    this.state = { ...this.state, subjects };
  }

  private signal(kind: string, data: Record<string, unknown> = {}): void {
    const enrolments = this.state.enrolments.map((one) =>
      one.status === 'active' ? { ...one, since: { ...one.since, [kind]: (one.since[kind] ?? 0) + 1 } } : one,
    );
    this.state = { ...this.state, enrolments, signals: [...this.state.signals, { kind, at: this.now, data }] };
  }

  private publish(shiftMs: number): void {
    this.journeys = this.journeys.map((journey) =>
      journey.trigger.on === 'date'
        ? { ...journey, steps: journey.steps.map((step) => ({ ...step, offsetMs: step.offsetMs + shiftMs })) }
        : journey,
    );
  }

  private work(): void {
    this.plan();
    for (let round = 0; round < 30 && this.decideDue(); round++) this.plan();
  }

  private plan(): void {
    const moment = { now: this.now, timeZone };
    if (!this.kill) {
      this.state = applyPlan(this.state, planCustomer(this.journeys, this.state, moment), this.now);
    } else {
      for (let turn = 0; ; turn++) {
        const [first] = planCustomer(this.journeys, this.state, moment);
        if (first === undefined) break;
        if (turn > 200) throw new Error(`Planning never ends: ${JSON.stringify(first)}`);
        this.state = applyPlan(this.state, [first], this.now);
      }
    }
    const again = planCustomer(this.journeys, this.state, moment);
    if (again.length > 0) throw new Error(`Planned twice: ${JSON.stringify(again)}`);
    this.state = { ...this.state, signals: [] };
  }

  private decideDue(): boolean {
    const options = { now: this.now, timeZone, loudFrom: (now: Date) => earliestLoudTime(now, quiet) };
    const due = this.active().flatMap((enrolment) =>
      enrolment.steps
        .filter((row) => row.status === 'planned' && row.dueAt <= this.now)
        .map((row) => ({ enrolment, row })),
    );
    const ready = due.flatMap(({ enrolment, row }) => {
      const journey = this.journeys.find(({ id }) => id === enrolment.journey);
      const step = journey?.steps.find(({ id }) => id === row.step);
      if (!journey || !step || !this.active().some(({ id }) => id === enrolment.id)) return [];
      const decision = decideStep(journey, enrolment, row, this.state, options);
      if (decision.decision === 'start') {
        const rule = dueOf(step, enrolment.anchorAt, row.occurrence, timeZone);
        return [{ id: row.id, journey, step, dueAt: lateFrom(journey, step, rule, options), enrolment, row }];
      }
      if (decision.decision === 'end') this.state = endEnrolment(this.state, enrolment.id, decision.status, this.now);
      else if (decision.decision === 'skip') this.state = changeStep(this.state, row.id, 'skipped');
      else this.state = changeStep(this.state, row.id, 'planned', decision.dueAt);
      return [];
    });
    const touches = this.starts.flatMap(({ at: time, journey, isTask }) =>
      isTask ? [] : [{ at: time, purpose: journey.purpose }],
    );
    for (const verdict of arbitrate(ready, touches, usualCaps, this.now)) {
      const one = ready.find(({ id }) => id === verdict.id);
      if (one === undefined) continue;
      if (verdict.verdict === 'start') this.start(one);
      else if (verdict.verdict === 'skip') this.state = changeStep(this.state, one.id, 'skipped');
      else this.state = changeStep(this.state, one.id, 'planned', verdict.until);
    }
    return due.length > 0;
  }

  private start({
    journey,
    enrolment,
    row,
    step,
    dueAt,
  }: Pick<Start, 'journey' | 'enrolment' | 'row' | 'dueAt'> & { step: Journey['steps'][number] }) {
    this.state = changeStep(this.state, row.id, 'started');
    const status = this.state.subjects[0]?.facts.subscription?.status ?? '';
    const isTask = step.action.do === 'task';
    const { isOptedOut } = this.state;
    this.starts.push({ at: this.now, journey, enrolment, row, isTask, isOptedOut, status, dueAt });
  }

  private active(): readonly KnownEnrolment[] {
    return this.state.enrolments.filter(({ status }) => status === 'active');
  }

  private pendingTimes(): number[] {
    return this.active().flatMap(({ steps }) =>
      steps.flatMap(({ status, dueAt }) => (status === 'planned' ? [dueAt.getTime()] : [])),
    );
  }
}
