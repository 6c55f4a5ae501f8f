// A conversation without a server: one customer, all flows, virtual time. Used by flow tests, the terminal and the studio.
// It obeys the same rules as the engine: global rules first, then the waiting step, other flows, guides, and a person.
import type { CompiledFlow } from './compile-flow.ts';
import type { FlowCommand, FlowFacts, FlowInput, FlowSnapshot, FlowStepResult } from './flow-run.ts';
import type { GuideLibrary } from './guides/guide-library.ts';
import { type EntryOccasion, matchEntry } from './match-entry.ts';
import type { Message } from './message-schema.ts';
import { startRun, stepRun } from './run-flow.ts';
import { guidesFor, type Variables } from './run-scope.ts';
import { isOnlyEmoji } from './vietnamese-text.ts';

export type SimulatedRun = {
  flow: CompiledFlow;
  snapshot: FlowSnapshot;
  step: string;
  startedBy: 'customer' | 'care';
  /** Whether it has waited for anything; one that has not interrupts nothing. */
  hasWaited: boolean;
};
/** One thing that came of an action, in order. `flow` is null for words that belong to no flow. */
export type SimulatedEffect = { at: Date; flow: string | null; command: FlowCommand };

export type Simulation = {
  /** Also taps: a tap is its title. */
  say(text: string): void;
  send(attachmentKind: string): void;
  occur(kind: 'follow' | 'first_contact'): void;
  /** Begins a flow as staff or a date would; false when there is none of this name. */
  start(
    flow: string,
    options?: { at?: string | undefined; startedBy?: 'customer' | 'care'; variables?: Variables },
  ): boolean;
  /** Lets time pass; timers that run out on the way do so in order, each at its moment. */
  advance(ms: number): void;
  handBack(): void;
  /** Everything since the last action that did something: cleared by the caller through `takeEffects`. */
  takeEffects(): SimulatedEffect[];
  readonly facts: FlowFacts;
  readonly run: SimulatedRun | null;
  readonly isWithPerson: boolean;
  readonly isOptedOut: boolean;
  /** "flow/step" of every step that was come to. */
  readonly visited: ReadonlySet<string>;
};

export type SimulationSetup = { flows: readonly CompiledFlow[]; guides: GuideLibrary; facts: FlowFacts };

const maxLeaps = 8;
const dontUnderstand =
  'Dạ em chưa hiểu ý mình ạ. Anh/chị nhắn rõ hơn giúp em, hoặc nhắn "gặp nhân viên" để được hỗ trợ trực tiếp nhé.';

/** A fresh conversation at `facts.now`. */
export function createSimulation(setup: SimulationSetup): Simulation {
  return new VirtualConversation(setup);
}

class VirtualConversation implements Simulation {
  facts: FlowFacts;
  run: SimulatedRun | null = null;
  isWithPerson = false;
  isOptedOut = false;
  readonly visited = new Set<string>();
  private suspended: SimulatedRun | null = null;
  private misunderstandings = 0;
  private hasSpoken = false;
  /** Whether the customer's first words are being worked. */
  private isFirst = false;
  /** Whether what happens now is the customer's own doing: where they leap to, they went by themselves. */
  private isCustomerAct = false;
  private readonly flows: ReadonlyMap<string, CompiledFlow>;
  private readonly guides: GuideLibrary;
  private readonly timers = new Map<string, number>();
  private readonly startedAt = new Map<string, number>();
  private effects: SimulatedEffect[] = [];

  constructor({ flows, guides, facts }: SimulationSetup) {
    this.flows = new Map(flows.map((flow) => [flow.id, flow]));
    this.guides = guides;
    this.facts = structuredClone(facts);
  }

  say(text: string): void {
    this.isFirst = !this.hasSpoken && !this.startedAt.has('welcome');
    this.hasSpoken = true;
    this.isCustomerAct = true;
    if (this.isWithPerson) return;
    if (this.beginBy({ kind: 'says', text, only: 'anywhere' })) return;
    this.answer(text);
  }

  send(attachmentKind: string): void {
    this.hasSpoken = true;
    this.isCustomerAct = true;
    if (this.isWithPerson || this.run === null) return;
    this.settle(this.run, this.step(this.run, { type: 'attachment', kind: attachmentKind }));
  }

  occur(kind: 'follow' | 'first_contact'): void {
    this.isCustomerAct = true;
    if (!this.isWithPerson) this.beginBy({ kind });
  }

  start(id: string, { at, startedBy = 'care', variables = {} }: Parameters<Simulation['start']>[1] = {}): boolean {
    const flow = this.flows.get(id);
    if (flow === undefined) return false;
    this.isCustomerAct = startedBy === 'customer';
    this.begin(flow, { at, startedBy, variables, leaps: 0 });
    return true;
  }

  advance(ms: number): void {
    const until = this.nowMs() + ms;
    this.isCustomerAct = false;
    for (let due = this.nextTimer(until); due !== null; due = this.nextTimer(until)) {
      this.timers.delete(due.key);
      this.setNow(Math.max(this.nowMs(), due.at));
      this.ring(due.key);
    }
    this.setNow(until);
  }

  handBack(): void {
    this.isCustomerAct = true;
    this.isWithPerson = false;
    this.misunderstandings = 0;
    this.run ??= this.suspended;
    this.suspended = null;
    if (this.run !== null) this.settle(this.run, this.step(this.run, { type: 'resume' }));
  }

  takeEffects(): SimulatedEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  private answer(text: string): void {
    const { run } = this;
    const stepped = run === null ? null : this.step(run, { type: 'text', text });
    const missed = stepped?.commands.find((command) => command.type === 'not_understood');
    if (run !== null && stepped !== null && missed === undefined) {
      this.misunderstandings = 0;
      return this.settle(run, stepped);
    }
    if (this.beginBy({ kind: 'says', text }) || this.beginQuestion(text)) return;
    if (this.isFirst && this.beginBy({ kind: 'first_contact' })) return;
    if (isOnlyEmoji(text)) return;
    this.misunderstandings += 1;
    if (this.misunderstandings >= 2) return this.callPerson();
    this.tell(
      { type: 'say', step: run?.step ?? '', message: missed?.retry ?? textOf(dontUnderstand) },
      run?.flow.id ?? null,
    );
  }

  private callPerson(): void {
    this.start('handover', { startedBy: 'customer' });
    if (!this.isWithPerson) this.tell({ type: 'hand_over', step: '', reason: 'not_understood_twice' }, null);
    this.isWithPerson = true;
  }

  private beginQuestion(text: string): boolean {
    return guidesFor(this.facts, this.guides).search(text).found !== null && this.beginBy({ kind: 'question', text });
  }

  private beginBy(occasion: EntryOccasion): boolean {
    const conversation = { asked: this.run !== null && this.isListening(this.run), first: this.isFirst };
    const match = matchEntry(this.flows.values(), occasion, {
      facts: { ...this.facts, conversation },
      guides: this.guides,
    });
    const flow = match === null ? undefined : this.flows.get(match.flow);
    if (match === null || flow === undefined) return false;
    const last = this.startedAt.get(flow.id);
    if (last !== undefined && flow.againAfterMs !== null && this.nowMs() - last < flow.againAfterMs) return false;
    this.misunderstandings = 0;
    this.begin(flow, { at: match.at ?? undefined, startedBy: 'customer', variables: match.variables, leaps: 0 });
    return true;
  }

  private begin(
    flow: CompiledFlow,
    start: { at: string | undefined; startedBy: SimulatedRun['startedBy']; variables: Variables; leaps: number },
  ): void {
    if (this.run !== null && this.suspended === null) this.suspended = this.run;
    this.startedAt.set(flow.id, this.nowMs());
    const context = { facts: this.withBooking(), guides: this.guides };
    const result = startRun(flow, { ...context, at: start.at, variables: start.variables });
    this.run = { flow, snapshot: result.snapshot, step: result.step, startedBy: start.startedBy, hasWaited: false };
    this.settle(this.run, result, start.leaps);
  }

  private isListening({ flow, step }: SimulatedRun): boolean {
    return flow.steps.get(step)?.kind !== 'wait';
  }

  private step(run: SimulatedRun, input: FlowInput): FlowStepResult {
    return stepRun(run.flow, run.snapshot, input, { facts: this.withBooking(), guides: this.guides });
  }

  private settle(run: SimulatedRun, result: FlowStepResult, leaps = 0): void {
    run.snapshot = result.snapshot;
    run.step = result.step;
    for (const step of result.path ?? []) this.visited.add(`${run.flow.id}/${step}`);
    for (const command of result.commands) this.tell(command, run.flow.id);
    const leap = result.commands.find((command) => command.type === 'go_to_flow');
    if (result.isDone || leap !== undefined) this.finish(run);
    else run.hasWaited = true;
    const next = leap === undefined ? undefined : this.flows.get(leap.flow);
    if (leap === undefined || next === undefined) return;
    if (leaps >= maxLeaps) throw new Error(`Flow ${run.flow.id} leaps from flow to flow without end.`);
    const startedBy = this.isCustomerAct ? 'customer' : run.startedBy;
    this.begin(next, { at: leap.at, startedBy, variables: {}, leaps: leaps + 1 });
  }

  /** What care asked comes back, silently, when a detour of the customer is over; so does what was hardly interrupted. */
  private finish(run: SimulatedRun): void {
    if (this.run !== run) return;
    this.run = null;
    if (this.isWithPerson) return;
    const isDetour = this.suspended?.startedBy === 'care' && run.startedBy === 'customer';
    if ((isDetour || !run.hasWaited) && !this.isOptedOut) this.run = this.suspended;
    this.suspended = null;
  }

  private tell(command: FlowCommand, flow: string | null): void {
    this.effects.push({ at: new Date(this.nowMs()), flow, command });
    const key = 'key' in command ? `${flow}/${command.key}` : '';
    if (command.type === 'start_timer') this.timers.set(key, Date.parse(command.dueAt));
    else if (command.type === 'cancel_timer') this.timers.delete(key);
    else if (command.type === 'hand_over') this.isWithPerson = true;
    else if (command.type === 'opt_out') this.isOptedOut = true;
    else if (command.type === 'opt_in') this.isOptedOut = false;
    else if (command.type === 'set_language') this.facts.customer.language = command.language;
    else if (command.type === 'remember') this.facts.customer.attributes[command.name] = command.value;
  }

  private nextTimer(until: number): { key: string; at: number } | null {
    const due = [...this.timers].filter(([, at]) => at <= until).sort((a, b) => a[1] - b[1])[0];
    return due === undefined ? null : { key: due[0], at: due[1] };
  }

  private ring(key: string): void {
    const run = [this.run, this.suspended].find(
      (candidate) => candidate !== null && key.startsWith(`${candidate.flow.id}/`),
    );
    if (this.isWithPerson || this.isOptedOut || run === null || run === undefined) return;
    const result = this.step(run, { type: 'timer', key: key.slice(run.flow.id.length + 1) });
    if (run === this.suspended) this.suspended = null;
    if (this.run !== run) this.run = run;
    this.settle(run, result);
  }

  /** The engine chooses a booking's id, and so its calendar address, before the turn. */
  private withBooking(): FlowFacts {
    return {
      ...this.facts,
      booking: this.facts.booking ?? { calendar_url: 'https://example.test/calendar/lich-hen.ics' },
    };
  }

  private nowMs(): number {
    return Date.parse(this.facts.now);
  }

  private setNow(ms: number): void {
    const expires = Date.parse(this.facts.subscription?.expires_at ?? '');
    this.facts = { ...this.facts, now: new Date(ms).toISOString() };
    if (this.facts.subscription !== null && !Number.isNaN(expires)) {
      this.facts.subscription = { ...this.facts.subscription, days_left: Math.ceil((expires - ms) / 86_400_000) };
    }
  }
}

function textOf(text: string): Message {
  return { kind: 'text', text, choices: [], links: [] };
}
