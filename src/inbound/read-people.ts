// Reading people: all that their turns may know, under the lock that the caller holds.
import type pg from 'pg';
import { z } from 'zod';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { conversationStateSchema, newConversation, runStateSchema } from '../conversations/conversation.ts';
import type { KnownCustomer, KnownIdentity, KnownSubscription, Person } from '../conversations/work.ts';
import { usageObject } from '../customers/read-usage.ts';
import type { NewId } from '../ids.ts';
import { conversationIdOf } from './event-id.ts';

/** Nobody reads so many answers; those who take the next message of each person pass by all of them each time. */
const FLOOD = 200;
/** Counting costs a tenth of a turn while much waits to leave; a flood lasts for more than some milliseconds. */
const LOOKED_FOR_EVERY_MS = 8;

const READ_PEOPLE = `
SELECT i.id AS identity_id, i.channel, i.account_id, i.external_id, i.display_name, i.given_name,
       i.profile ->> 'phone' AS profile_phone, i.followed_at, i.unfollowed_at, i.last_interaction_at, i.last_inbound_at,
       i.unreachable_reason, i.profile_fetched_at, i.profile_wait_until, i.customer_id,
       cu.name, cu.form_of_address, cu.phone, cu.email, cu.industry, cu.role, cu.tags, cu.attributes, cu.language, cu.opted_out_at,
       c.id AS conversation_id, c.state, c.owner, c.snapshot, c.misunderstandings, c.flows_started,
       c.waiting_since, c.taken_over_at, c.resolved_at, c.created_at,
       (SELECT json_agg(json_build_object('id', s.id, 'externalId', s.external_id, 'product', s.product, 'plan', s.plan,
          'status', s.status, 'value', s.value, 'startedAt', s.started_at, 'expiresAt', s.expires_at))
        FROM subscriptions s WHERE s.customer_id = i.customer_id) AS subscriptions,
       (SELECT json_build_object('id', b.id, 'topic', b.topic, 'startsAt', b.starts_at, 'meetingUrl', b.meeting_url)
        FROM training_bookings b WHERE b.customer_id = i.customer_id AND b.cancelled_at IS NULL AND b.starts_at > $2
        ORDER BY b.starts_at LIMIT 1) AS training,
       ${usageObject('i.customer_id', { now: '$2::timestamptz', timeZone: '$3::text' })} AS usage,
       $4::boolean AND EXISTS (
         SELECT 1 FROM outbound_messages o
         WHERE o.identity_id = i.id AND o.status IN ('queued', 'sending', 'uncertain') OFFSET ${FLOOD - 1}) AS is_flooded
FROM channel_identities i
LEFT JOIN customers cu ON cu.id = i.customer_id
LEFT JOIN conversations c ON c.identity_id = i.id
WHERE i.id = ANY($1::uuid[])`;

/** Nobody whose events wait: order first. */
const READ_FREE_PEOPLE = `${READ_PEOPLE}
  AND NOT EXISTS (SELECT 1 FROM inbound_queue q WHERE q.identity_id = i.id AND q.parked_at IS NULL)`;

const attributesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).catch({});
const flowsStartedSchema = z.record(z.string(), z.string());
const dateSchema = z.coerce.date().nullable();
const subscriptionsSchema = z
  .array(
    z.object({
      id: z.string(),
      externalId: z.string(),
      product: z.string(),
      plan: z.string().nullable(),
      status: z.string(),
      value: z.coerce.number().nullable(),
      startedAt: dateSchema,
      expiresAt: dateSchema,
    }),
  )
  .nullable();
const trainingSchema = z.object({
  id: z.string(),
  topic: z.string(),
  startsAt: z.coerce.date(),
  meetingUrl: z.string().nullable(),
});

type PersonRow = {
  identity_id: string;
  channel: string;
  account_id: string;
  external_id: string;
  display_name: string | null;
  given_name: string | null;
  profile_phone: string | null;
  followed_at: Date | null;
  unfollowed_at: Date | null;
  last_interaction_at: Date | null;
  last_inbound_at: Date | null;
  unreachable_reason: string | null;
  profile_fetched_at: Date | null;
  profile_wait_until: Date | null;
  customer_id: string | null;
  name: string | null;
  form_of_address: string | null;
  phone: string | null;
  email: string | null;
  industry: string | null;
  role: string | null;
  tags: string[] | null;
  attributes: unknown;
  language: string | null;
  opted_out_at: Date | null;
  conversation_id: string | null;
  state: string | null;
  owner: string | null;
  snapshot: unknown;
  misunderstandings: number | null;
  flows_started: unknown;
  waiting_since: Date | null;
  taken_over_at: Date | null;
  resolved_at: Date | null;
  created_at: Date | null;
  subscriptions: unknown;
  training: unknown;
  usage: Record<string, number> | null;
  is_flooded: boolean;
};

export type ReadPerson = {
  person: Person;
  /** Whether their conversation lies in the database already. */
  isKnown: boolean;
  /** Nobody has asked the channel for their profile yet. */
  isWithoutProfile: boolean;
};

/** `which`: all of them, or those for whom nothing is queued. */
export async function readPeople(
  client: pg.ClientBase,
  identityIds: readonly string[],
  { which, now, newId, timeZone }: { which: 'all' | 'free'; now: Date; newId: NewId; timeZone: string },
): Promise<ReadPerson[]> {
  const { rows } = await client.query<PersonRow>({
    name: `read-${which}-people`,
    text: which === 'all' ? READ_PEOPLE : READ_FREE_PEOPLE,
    values: [identityIds, now, timeZone, now.getTime() % LOOKED_FOR_EVERY_MS === 0],
  });
  return rows.map((row) => ({
    person: personOf(row, now, newId),
    isKnown: row.conversation_id !== null,
    isWithoutProfile: row.profile_fetched_at === null && row.profile_wait_until === null,
  }));
}

function personOf(row: PersonRow, now: Date, newId: NewId): Person {
  return {
    identity: identityOf(row),
    customer: customerOf(row, newId),
    conversation: conversationOf(row, now),
    subscriptions: subscriptionsOf(row.subscriptions),
    usage: row.usage ?? {},
    training: row.training === null ? null : trainingSchema.parse(row.training),
    isFlooded: row.is_flooded,
  };
}

function subscriptionsOf(rows: unknown): KnownSubscription[] {
  // No rows is the common case on the hot path; skip the parser.
  return rows === null ? [] : (subscriptionsSchema.parse(rows) ?? []);
}

function identityOf(row: PersonRow): KnownIdentity {
  return {
    id: row.identity_id,
    channel: channelNameSchema.parse(row.channel),
    accountId: row.account_id,
    peerId: row.external_id,
    displayName: row.display_name,
    givenName: row.given_name,
    profilePhone: row.profile_phone,
    followedAt: row.followed_at,
    unfollowedAt: row.unfollowed_at,
    lastInteractionAt: row.last_interaction_at,
    lastInboundAt: row.last_inbound_at,
    unreachableReason: row.unreachable_reason,
  };
}

/** Nobody is merged by guess: an unknown identity is a new customer until an integrator or a person says otherwise. */
function customerOf(row: PersonRow, newId: NewId): KnownCustomer {
  return {
    id: row.customer_id ?? newId(),
    isNew: row.customer_id === null,
    name: row.name,
    formOfAddress: row.form_of_address,
    phone: row.phone ?? (row.external_id.startsWith('phone:') ? row.external_id.slice('phone:'.length) : null),
    email: row.email,
    industry: row.industry,
    role: row.role,
    tags: row.tags ?? [],
    attributes: attributesSchema.parse(row.attributes ?? {}),
    language: row.language ?? 'vi',
    optedOutAt: row.opted_out_at,
  };
}

function conversationOf(row: PersonRow, now: Date) {
  if (row.conversation_id === null) return newConversation(conversationIdOf(row.identity_id), now);
  return {
    id: row.conversation_id,
    state: conversationStateSchema.parse(row.state),
    owner: row.owner,
    runs: row.snapshot === null ? { active: null, suspended: [] } : runStateSchema.parse(row.snapshot),
    misunderstandings: row.misunderstandings ?? 0,
    flowsStarted: flowsStartedSchema.parse(row.flows_started ?? {}),
    waitingSince: row.waiting_since,
    takenOverAt: row.taken_over_at,
    resolvedAt: row.resolved_at,
    createdAt: row.created_at ?? now,
  };
}
