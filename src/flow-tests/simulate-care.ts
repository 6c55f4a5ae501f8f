// Care without a server: one customer, all journeys, their flows, months of virtual time. Plans and decides with the same
// functions as the engine; what the engine asks of records (offers, consent, windows) is told by the test.
import type { Catalogue } from '../flows/catalogue/catalogue.ts';
import { catalogueFacts, firstTip } from '../flows/catalogue/catalogue-facts.ts';
import type { CompiledFlow } from '../flows/compile-flow.ts';
import type { FlowFacts } from '../flows/flow-run.ts';
import type { GuideLibrary } from '../flows/guides/guide-library.ts';
import { applyPlan } from '../flows/journeys/apply-plan.ts';
import type { CapRules } from '../flows/journeys/arbitrate.ts';
import { toldOf } from '../flows/journeys/care-signals.ts';
import type { CareState, PlanChange, Subject } from '../flows/journeys/care-state.ts';
import type { Journey } from '../flows/journeys/journey.ts';
import { enrolByHand, planCustomer } from '../flows/journeys/plan-customer.ts';
import { earliestLoudTime, type QuietHours } from '../flows/quiet-hours.ts';
import { applyOverrides } from '../flows/sample-facts.ts';
import type { TestFacts } from '../flows/test-schema.ts';
import type { CareEntry } from './care-log.ts';
import { createSimulation, type SimulatedEffect, type Simulation } from './simulate-conversation.ts';
import { startDueSteps } from './simulate-due-steps.ts';

export type CareSetup = {
  flows: readonly CompiledFlow[];
  guides: GuideLibrary;
  catalogue: Catalogue;
  journeys: readonly Journey[];
  facts: FlowFacts;
  caps: CapRules;
  /** null = no quiet hours. */
  quiet: Pick<QuietHours, 'start' | 'end'> | null;
};

const stepMs = 6 * 3_600_000;
const mostRounds = 50;

export class SimulatedCare {
  readonly chat: Simulation;
  readonly setup: CareSetup;
  state: CareState;
  /** Since the last action: cleared by the caller. */
  log: CareEntry[] = [];
  effects: SimulatedEffect[] = [];
  /** "journey/step" of every step that was started or became a task. */
  readonly visited = new Set<string>();
  readonly touches: { at: Date; purpose: Journey['purpose'] }[] = [];
  readonly heldOut = new Set<string>();
  readonly offered = new Set<string>();
  hasConsent = true;
  isWindowOpen = true;
  isPaused = false;
  private readonly things: { order: NonNullable<FlowFacts['order']>[]; case: NonNullable<FlowFacts['case']>[] };
  private readonly shared = new Set<string>();
  private said: TestFacts = {};

  constructor(setup: CareSetup) {
    this.setup = setup;
    this.chat = createSimulation(setup);
    const { order, case: opened } = setup.facts;
    this.things = { order: order ? [order] : [], case: opened ? [opened] : [] };
    this.state = {
      customerId: 'customer-1',
      isOptedOut: false,
      isErased: false,
      subjects: [],
      lastActivityAt: null,
      enrolments: [],
      segments: new Set(),
      signals: [],
    };
    this.look();
  }

  get now(): Date {
    return new Date(this.chat.facts.now);
  }

  /** Facts change, and things happen because of them; journeys look at it as one. */
  happen(set: TestFacts, usage: Record<string, number>, events: readonly string[]): void {
    this.said = { ...this.said, ...set };
    this.assign(applyOverrides(this.chat.facts, { ...set, usage: { ...set.usage, ...usage } }));
    this.keepThings(set, events);
    if (Object.keys(usage).length > 0) {
      this.state = { ...this.state, lastActivityAt: this.now };
      this.signal('usage_recorded');
    }
    for (const event of events) this.signal(event);
    this.look();
  }

  /** The customer did something in the chat: `act` does it. */
  inChat(act: (chat: Simulation) => void): void {
    this.state = { ...this.state, lastActivityAt: this.now };
    act(this.chat);
    this.look();
  }

  advance(ms: number, { isOutage = false }: { isOutage?: boolean } = {}): void {
    const until = this.now.getTime() + ms;
    while (this.now.getTime() < until) {
      const next = Math.min(until, this.now.getTime() + stepMs, isOutage ? until : this.nextDue());
      this.chat.advance(next - this.now.getTime());
      if (!isOutage) this.look();
    }
    this.look();
  }

  /** Staff put the customer into a journey; the answer is null, or why not. */
  enrol(journey: Journey): string | null {
    const subject = this.state.subjects.find(({ kind }) => kind === journey.subject);
    if (subject === undefined) return 'khách không có thứ mà hành trình dành cho.';
    const answer = enrolByHand(journey, subject, this.state, this.moment());
    if ('refused' in answer) return answer.refused;
    this.save([answer.change]);
    this.look();
    return null;
  }

  moment(): { now: Date; timeZone: string; loudFrom: (now: Date) => Date } {
    const { quiet, catalogue } = this.setup;
    const { timeZone } = this.chat.facts;
    const loudFrom = (now: Date) =>
      quiet === null ? now : earliestLoudTime(now, { ...quiet, timeZone, holidays: catalogue.holidays });
    return { now: this.now, timeZone, loudFrom };
  }

  /** What the chat did since becomes signals; then all that can be planned or started now is. */
  look(): void {
    for (let round = 0; round < mostRounds; round++) {
      this.hear();
      this.state = { ...this.state, subjects: this.subjects(), isOptedOut: this.chat.isOptedOut };
      const changes = planCustomer(this.setup.journeys, this.state, this.moment());
      this.save(changes);
      this.state = { ...this.state, signals: [] };
      const hasDecided = !this.isPaused && startDueSteps(this);
      if (changes.length === 0 && !hasDecided) return;
    }
    throw new Error('Care goes round in circles.');
  }

  assign(facts: Partial<FlowFacts>): void {
    Object.assign(this.chat.facts, facts);
  }

  /** Takes what the chat did, and tells journeys of it. */
  hear(): void {
    const effects = this.chat.takeEffects();
    for (const { command } of effects) {
      if (command.type === 'record_survey' && command.score !== undefined) {
        this.assign({ survey: { ...this.chat.facts.survey, [command.metric]: command.score } });
      }
      if (command.type === 'share_tip') this.shared.add(command.tip);
      const told = toldOf(command);
      if (told !== null) this.signal(told.kind, told.data);
    }
    this.effects.push(...effects);
  }

  private signal(kind: string, data: Record<string, unknown> = {}): void {
    const { subscription, order, case: opened } = this.chat.facts;
    const about = { subscription: subscription?.id, order: order?.id, case: opened?.id };
    const enrolments = this.state.enrolments.map((one) =>
      one.status === 'active' ? { ...one, since: { ...one.since, [kind]: (one.since[kind] ?? 0) + 1 } } : one,
    );
    const signals = [...this.state.signals, { kind, at: this.now, data: { ...about, ...data } }];
    this.state = { ...this.state, enrolments, signals };
  }

  private save(changes: readonly PlanChange[]): void {
    for (const change of changes) {
      if (change.change === 'enrol') {
        this.log.push({ at: this.now, journey: change.journey, step: null, what: 'entered' });
      } else if (change.change === 'end') {
        const { status, reason } = change;
        this.log.push({
          at: this.now,
          journey: this.journeyOf(change.enrolmentId),
          step: null,
          what: 'ended',
          status,
          reason,
        });
      }
    }
    this.state = applyPlan(this.state, changes, this.now);
  }

  private journeyOf(enrolmentId: string): string {
    return this.state.enrolments.find(({ id }) => id === enrolmentId)?.journey ?? '';
  }

  private subjects(): Subject[] {
    const base = this.chat.facts;
    const enriched = { ...base, ...catalogueFacts(this.setup.catalogue, base) };
    const facts = applyOverrides(
      { ...enriched, tip: firstTip(this.setup.catalogue, enriched, this.shared) },
      careOnly(this.said),
    );
    this.assign(facts);
    const { order: _order, case: _case, ...own } = facts;
    return [
      { kind: 'customer', id: 'customer-1', facts: own },
      ...(facts.subscription === null
        ? []
        : [{ kind: 'subscription' as const, id: facts.subscription.id, facts: own }]),
      ...this.things.order.map((order) => ({ kind: 'order' as const, id: order.id, facts: { ...own, order } })),
      ...this.things.case.map((one) => ({ kind: 'case' as const, id: one.id, facts: { ...own, case: one } })),
    ];
  }

  /** A new order and a new case are things of their own; what is said of them later is said of the newest. */
  private keepThings(set: TestFacts, events: readonly string[]): void {
    const { order, case: opened, customer } = this.chat.facts;
    if (set.order && order) {
      const isNew = set.order.id === undefined && events.includes('order_recorded') && this.things.order.length > 0;
      const kept = isNew ? { ...order, id: `order-${this.things.order.length + 1}` } : order;
      this.things.order = [...this.things.order.filter(({ id }) => id !== kept.id), kept];
      this.assign({ order: kept });
    }
    if (events.includes('order_recorded')) {
      const amount = (order?.amount ?? 0) * (order?.kind === 'refund' ? -1 : 1);
      const orders = (customer.orders ?? 0) + (order?.kind === 'refund' ? 0 : 1);
      this.assign({ customer: { ...customer, orders, spent: (customer.spent ?? 0) + amount } });
    }
    if (set.case && opened) {
      const isNew = set.case.id === undefined && events.includes('case_opened') && this.things.case.length > 0;
      const kept = isNew ? { ...opened, id: `case-${this.things.case.length + 1}` } : opened;
      this.things.case = [...this.things.case.filter(({ id }) => id !== kept.id), kept];
      this.assign({ case: kept });
    }
  }

  private nextDue(): number {
    const due = this.state.enrolments.flatMap(({ status, steps }) =>
      status === 'active' ? steps.filter((step) => step.status === 'planned').map(({ dueAt }) => dueAt.getTime()) : [],
    );
    return Math.min(Number.POSITIVE_INFINITY, ...due.filter((ms) => ms > this.now.getTime()));
  }

  /** For those who decide about steps. */
  end(enrolmentId: string, status: 'finished' | 'goal' | 'left' | 'cancelled', reason: string): void {
    this.save([{ change: 'end', enrolmentId, status, reason }]);
  }
}

/** What a test said of things that the catalogue would work out otherwise. */
function careOnly({ feature, features, companion, product, plan, tip }: TestFacts): TestFacts {
  return {
    ...(feature === undefined ? {} : { feature }),
    ...(features === undefined ? {} : { features }),
    ...(companion === undefined ? {} : { companion }),
    ...(product === undefined ? {} : { product }),
    ...(plan === undefined ? {} : { plan }),
    ...(tip === undefined ? {} : { tip }),
  };
}
