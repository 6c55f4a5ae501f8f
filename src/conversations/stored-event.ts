// An inbound event as it lies in the database: what channels sent, and what the program sends itself
// (a timer that ran out, a date that came, an agent's hand-back). One table, one door.
import { z } from 'zod';
import { inboundBodySchema } from '../channels/inbound-event-schema.ts';
import { linkClaim } from '../customers/find-claimed.ts';
import { anchorSchema, journeyMarkSchema, runFactsSchema } from './conversation.ts';

const internalBodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('timer'), runId: z.string(), key: z.string() }),
  /** A flow that is to begin: a step of a journey is due, or a member of staff pressed a button. */
  z.object({
    kind: z.literal('flow_due'),
    flow: z.string(),
    at: z.string().optional(),
    journey: journeyMarkSchema.optional(),
    /** When the customer is inside another script. */
    busy: z.enum(['wait', 'interrupt', 'skip']).default('wait'),
    facts: runFactsSchema.optional(),
    /** Staff ask although the customer was asked something lately. */
    force: z.boolean().default(false),
    /** Queued before there were journeys: the row of the step, under its old name. */
    enrolmentId: z.string().optional(),
    subscriptionId: z.string().optional(),
    anchor: anchorSchema.optional(),
  }),
  /** Dates or status of a subscription are others now: what runs because of it is looked at again. */
  z.object({ kind: z.literal('subscription_changed'), subscriptionId: z.string() }),
  z.object({ kind: z.literal('take_over'), owner: z.string() }),
  /** `how`: go on at the asked question, begin a flow, or end the run. */
  z.object({
    kind: z.literal('hand_back'),
    by: z.string(),
    how: z.enum(['resume', 'end', 'start_flow']).default('resume'),
    flow: z.string().optional(),
    at: z.string().optional(),
  }),
  z.object({ kind: z.literal('resolve'), by: z.string() }),
  /** The person proved to be a customer; joining the two is nobody's turn. */
  z.object({ kind: z.literal('link_identity'), claim: linkClaim }),
]);

const marksSchema = z.object({ opensWindow: z.boolean().default(false), standby: z.boolean().default(false) });
const bodySchema = z.discriminatedUnion('kind', [inboundBodySchema, internalBodySchema]);
export type StoredBody = z.infer<typeof bodySchema> & z.infer<typeof marksSchema>;

/** Reads what lies in inbound_events.payload; throws on anything that this program did not write. */
export function readStoredBody(payload: unknown): StoredBody {
  return { ...bodySchema.parse(payload), ...marksSchema.parse(payload) };
}
export type InternalBody = z.infer<typeof internalBodySchema>;
/** As it is written: what has a default may be left out. */
export type NewInternalBody = z.input<typeof internalBodySchema>;

/** One event taken from the queue. */
export type QueuedEvent = {
  id: string;
  /** Its place in the queue; null = it is worked as it arrives. */
  seq: string | null;
  attempts: number;
  availableAt: Date;
  occurredAt: Date;
  receivedAt: Date;
  providerEvent: string;
  kind: string;
  payload: unknown;
  /** What the payload says, when this process wrote it a moment ago. */
  body?: StoredBody;
};
