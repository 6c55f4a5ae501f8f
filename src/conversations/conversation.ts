// A conversation: who leads it, and where in which script it stands.
import { z } from 'zod';

export const conversationStateSchema = z.enum(['bot', 'waiting_for_agent', 'with_agent', 'resolved']);
export type ConversationState = z.infer<typeof conversationStateSchema>;

/** The moves that exist. Anything else is refused where it is asked for. */
const legalMoves: Record<ConversationState, readonly ConversationState[]> = {
  bot: ['waiting_for_agent', 'with_agent', 'resolved'],
  waiting_for_agent: ['with_agent', 'bot', 'resolved'],
  with_agent: ['bot', 'waiting_for_agent', 'resolved'],
  resolved: ['bot', 'waiting_for_agent', 'with_agent'],
};

export function mayMove(from: ConversationState, to: ConversationState): boolean {
  return from === to || legalMoves[from].includes(to);
}

/** A date of a subscription that a run hangs on. */
export const anchorSchema = z.object({
  of: z.enum(['subscription.started_at', 'subscription.expires_at']),
  at: z.string(),
});
export type Anchor = z.infer<typeof anchorSchema>;

/** The step of a journey that a run plays. */
export const journeyMarkSchema = z.object({
  id: z.string(),
  step: z.string(),
  occurrence: z.number().int(),
  enrolmentId: z.string(),
  /** The row that is told what became of it. */
  stepId: z.string(),
  purpose: z.enum(['service', 'care', 'advertising']),
});
export type JourneyMark = z.infer<typeof journeyMarkSchema>;

/** What texts may read beside the facts of the customer: order, case, feature, offer … as they were when it was due. */
export const runFactsSchema = z.record(
  z.string(),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
);
export type RunFacts = z.infer<typeof runFactsSchema>;

const runSchema = z.object({
  id: z.string(),
  flow: z.string(),
  flowVersionId: z.string(),
  step: z.string(),
  /** care: the program began it unasked; such a run survives a detour that the customer begins. */
  startedBy: z.enum(['customer', 'care']),
  subscriptionId: z.string().nullable().default(null),
  /** The date that made it due; when that date moves away the run has lost its sense. */
  anchor: anchorSchema.nullable().default(null),
  journey: journeyMarkSchema.nullable().default(null),
  facts: runFactsSchema.nullable().default(null),
  /** The training it booked last. */
  bookingId: z.string().nullable().default(null),
  /** An offer that later words about the same subscription were said over: it hears its own yes, and nothing else. */
  isSetAside: z.boolean().default(false),
  snapshot: z.object({ state: z.string(), context: z.record(z.string(), z.unknown()) }),
});
/** A script under way for this person. */
export type Run = z.infer<typeof runSchema>;

/**
 * What lies in conversations.snapshot: the run that listens now, and those that wait for a date or for a detour to end,
 * the newest last.
 */
export const runStateSchema = z.object({ active: runSchema.nullable(), suspended: z.array(runSchema) });
export type RunState = z.infer<typeof runStateSchema>;

export function allRuns({ active, suspended }: RunState): Run[] {
  return active ? [active, ...suspended] : suspended;
}

export type Conversation = {
  id: string;
  state: ConversationState;
  owner: string | null;
  runs: RunState;
  misunderstandings: number;
  /** flow → ISO time it last began here. */
  flowsStarted: Record<string, string>;
  waitingSince: Date | null;
  takenOverAt: Date | null;
  resolvedAt: Date | null;
  createdAt: Date;
};

export function newConversation(id: string, now: Date): Conversation {
  return {
    id,
    state: 'bot',
    owner: null,
    runs: { active: null, suspended: [] },
    misunderstandings: 0,
    flowsStarted: {},
    waitingSince: null,
    takenOverAt: null,
    resolvedAt: null,
    createdAt: now,
  };
}
