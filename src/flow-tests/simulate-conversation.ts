// A conversation without a server: one customer, all flows, virtual time. What happens to it is played by the engine
// itself, so that a test of a flow sees what customers will; only the rows stay in memory.

import type { InboundBody } from '../channels/inbound-event-schema.ts';
import { newConversation } from '../conversations/conversation.ts';
import type { Effects } from '../conversations/effects.ts';
import { trainingFacts } from '../conversations/flow-facts.ts';
import { playEvent } from '../conversations/play-event.ts';
import type { StepTools } from '../conversations/step-flow.ts';
import type { InternalBody, QueuedEvent } from '../conversations/stored-event.ts';
import type { KnownTraining, Person } from '../conversations/work.ts';
import { emptyCatalogue } from '../flows/catalogue/catalogue.ts';
import type { CompiledFlow } from '../flows/compile-flow.ts';
import type { FlowCommand, FlowFacts, FlowSnapshot } from '../flows/flow-run.ts';
import type { GuideLibrary } from '../flows/guides/guide-library.ts';
import type { Scripts } from '../flows/published-flow.ts';

export type SimulatedRun = {
  flow: CompiledFlow;
  snapshot: FlowSnapshot;
  step: string;
  startedBy: 'customer' | 'care';
};
/** One thing that came of an action, in order. `flow` is null for words that belong to no flow. */
export type SimulatedEffect = { at: Date; flow: string | null; command: FlowCommand };

export type Simulation = {
  /** Also taps: a tap is its title. */
  say(text: string): void;
  send(attachmentKind: Attachment): void;
  occur(kind: 'follow' | 'first_contact'): void;
  /** Begins a flow as staff or a date would; false when there is none of this name. */
  start(flow: string, options?: { at?: string | undefined }): boolean;
  /** Lets time pass; what falls due on the way happens in order, each at its moment. */
  advance(ms: number): void;
  handBack(): void;
  /** Everything since the last action that did something: cleared by the caller through `takeEffects`. */
  takeEffects(): SimulatedEffect[];
  readonly facts: FlowFacts;
  /** The script that listens, or waits for its date; null while a person leads. */
  readonly run: SimulatedRun | null;
  readonly isWithPerson: boolean;
  readonly isOptedOut: boolean;
  /** "flow/step" of every step that was come to. */
  readonly visited: ReadonlySet<string>;
};

export type SimulationSetup = { flows: readonly CompiledFlow[]; guides: GuideLibrary; facts: FlowFacts };

type Attachment = Extract<InboundBody, { kind: 'message' }>['attachments'][number]['kind'];
/** A timer, or an event whose time has not come. */
type Due = { at: number; runId: string | null; event: QueuedEvent };

const CALENDAR = 'https://example.test/calendar/lich-hen.ics';
const DAY_MS = 86_400_000;

/** A fresh conversation at `facts.now`. */
export function createSimulation(setup: SimulationSetup): Simulation {
  return new VirtualConversation(setup);
}

class VirtualConversation implements Simulation {
  facts: FlowFacts;
  readonly visited = new Set<string>();
  private person: Person;
  private readonly tools: StepTools;
  private readonly due = new Map<string, Due>();
  private effects: SimulatedEffect[] = [];
  private ids = 0;

  constructor({ flows, guides, facts }: SimulationSetup) {
    this.facts = structuredClone(facts);
    this.person = personOf(facts);
    this.tools = {
      newId: () => this.newId(),
      scripts: scriptsOf(flows, guides),
      timeZone: facts.timeZone,
      business: facts.business,
      splitMessage: (message) => [message],
      calendarUrl: () => CALENDAR,
      completeFacts: (known) => this.complete(known),
      watch: {
        steps: (flow, path) => {
          for (const step of path) this.visited.add(`${flow}/${step}`);
        },
        command: (flow, command) => this.effects.push({ at: this.now(), flow, command }),
      },
    };
  }

  say(text: string): void {
    this.play({ kind: 'message', messageId: this.newId(), text, attachments: [] });
  }

  send(attachmentKind: Attachment): void {
    this.play({ kind: 'message', messageId: this.newId(), text: null, attachments: [{ kind: attachmentKind }] });
  }

  occur(kind: 'follow' | 'first_contact'): void {
    this.play(kind === 'follow' ? { kind } : { kind: 'opened_chat' });
  }

  start(flow: string, { at }: { at?: string | undefined } = {}): boolean {
    if (!this.tools.scripts.active.has(flow)) return false;
    this.play({ kind: 'flow_due', flow, busy: 'interrupt', force: true, ...(at === undefined ? {} : { at }) });
    return true;
  }

  advance(ms: number): void {
    const until = this.now().getTime() + ms;
    for (let due = this.takeDue(until); due !== null; due = this.takeDue(until)) {
      this.setNow(Math.max(this.now().getTime(), due.at));
      this.work({ ...due.event, receivedAt: this.now() });
    }
    this.setNow(until);
  }

  handBack(): void {
    this.play({ kind: 'hand_back', by: 'staff', how: 'resume' });
    // What fell due while a person led comes now.
    this.advance(0);
  }

  takeEffects(): SimulatedEffect[] {
    const taken = this.effects;
    this.effects = [];
    return taken;
  }

  get run(): SimulatedRun | null {
    const { active } = this.person.conversation.runs;
    const flow = active === null ? undefined : this.tools.scripts.versions.get(active.flowVersionId)?.flow;
    return active === null || flow === undefined || this.isWithPerson ? null : { ...active, flow };
  }

  get isWithPerson(): boolean {
    const { state } = this.person.conversation;
    return state === 'waiting_for_agent' || state === 'with_agent';
  }

  get isOptedOut(): boolean {
    return this.person.customer.optedOutAt !== null;
  }

  private play(body: InboundBody | InternalBody): void {
    this.work(eventOf(this.newId(), this.now(), body));
  }

  /** As the inbound worker does: what shall come later comes later, what changed is kept. */
  private work(event: QueuedEvent): void {
    const turn = playEvent(this.tools, { ...this.person, training: this.training() }, event, this.now());
    this.person = turn.person;
    this.facts.training = trainingFacts(turn.person.training, () => CALENDAR);
    if (turn.postponedUntil !== null) this.due.set(event.id, { at: turn.postponedUntil.getTime(), runId: null, event });
    this.changeTimers(turn.effects.timers);
    const { attributes, language } = turn.person.customer;
    Object.assign(this.facts.customer, { attributes, language });
  }

  /** What stands in the facts, as a test may change it. */
  private training(): KnownTraining | null {
    const { training } = this.facts;
    if (!training || new Date(training.starts_at) <= this.now()) return null;
    const { starts_at, topic, meeting_url } = training;
    return { id: 'training-1', topic, startsAt: new Date(starts_at), meetingUrl: meeting_url };
  }

  private changeTimers(changes: Effects['timers']): void {
    for (const timer of changes) {
      if (timer.change === 'cancel_run') this.cancelRun(timer.runId);
      else if (timer.change === 'cancel') this.due.delete(`${timer.runId}:${timer.key}`);
      else {
        const { runId, key, dueAt } = timer;
        const event = eventOf(this.newId(), dueAt, { kind: 'timer', runId, key });
        this.due.set(`${runId}:${key}`, { at: dueAt.getTime(), runId, event });
      }
    }
  }

  private cancelRun(runId: string): void {
    for (const [key, due] of this.due) if (due.runId === runId) this.due.delete(key);
  }

  /** While a person leads, timers wait. */
  private takeDue(until: number): Due | null {
    const ready = [...this.due].filter(([, { at, runId }]) => at <= until && (runId === null || !this.isWithPerson));
    const [first] = ready.sort(([, a], [, b]) => a.at - b.at);
    if (first === undefined) return null;
    this.due.delete(first[0]);
    return first[1];
  }

  /** A test says more of the customer than the person's rows would: orders, offers, days left. */
  private complete({ now, conversation, booking, training, customer }: FlowFacts): FlowFacts {
    const { attributes, language } = customer;
    return {
      ...this.facts,
      now,
      customer: { ...this.facts.customer, attributes, language },
      ...(conversation === undefined ? {} : { conversation }),
      training: training ?? null,
      booking: this.facts.booking ?? booking ?? { calendar_url: CALENDAR },
    };
  }

  private newId(): string {
    this.ids += 1;
    return `id-${this.ids}`;
  }

  private now(): Date {
    return new Date(this.facts.now);
  }

  private setNow(ms: number): void {
    const expires = Date.parse(this.facts.subscription?.expires_at ?? '');
    this.facts = { ...this.facts, now: new Date(ms).toISOString() };
    if (this.facts.subscription !== null && !Number.isNaN(expires)) {
      this.facts.subscription = { ...this.facts.subscription, days_left: Math.ceil((expires - ms) / DAY_MS) };
    }
  }
}

function scriptsOf(flows: readonly CompiledFlow[], guides: GuideLibrary): Scripts {
  const published = new Map(flows.map((flow) => [flow.id, { versionId: flow.id, number: 1, flow }]));
  return { active: published, versions: published, guides, journeys: new Map(), catalogue: emptyCatalogue };
}

function eventOf(id: string, at: Date, body: InboundBody | InternalBody): QueuedEvent {
  return {
    id,
    seq: null,
    attempts: 0,
    availableAt: at,
    occurredAt: at,
    receivedAt: at,
    providerEvent: body.kind,
    kind: body.kind,
    payload: null,
    body: { ...body, opensWindow: true, standby: false },
  };
}

/** Somebody nobody has talked to; what tests say of them stands in the facts. */
function personOf({ now, channel, customer }: FlowFacts): Person {
  return {
    identity: {
      id: 'identity-1',
      channel,
      accountId: 'account-1',
      peerId: 'peer-1',
      displayName: null,
      givenName: null,
      profilePhone: null,
      followedAt: null,
      unfollowedAt: null,
      lastInteractionAt: null,
      lastInboundAt: null,
      unreachableReason: null,
    },
    customer: {
      id: 'customer-1',
      isNew: false,
      name: customer.name,
      formOfAddress: customer.form_of_address,
      phone: customer.phone,
      email: null,
      industry: customer.industry,
      role: customer.role,
      tags: customer.tags,
      attributes: { ...customer.attributes },
      language: customer.language,
      optedOutAt: null,
    },
    conversation: newConversation('conversation-1', new Date(now)),
    subscriptions: [],
    usage: {},
    training: null,
  };
}
