// The rarer rows of a batch: surveys, offers, cases, bookings, consents, media, enrolments. Skipped when there are none.
import type pg from 'pg';
import { defaultOwner } from '../cases/default-owner.ts';
import { HOUR_MS } from '../clock.ts';
import type { Effects } from '../conversations/effects.ts';
import type { Turn } from '../conversations/turn.ts';
import type { NewId } from '../ids.ts';
import { attributeCustomers } from '../offers/attribute-orders.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import { saveOfferWords } from '../offers/save-offer-words.ts';
import { linkLowScores, type OpenedCase } from '../surveys/link-low-scores.ts';
import { saveSurveyWords } from '../surveys/save-survey-words.ts';
import type { LinkIdentity } from './link-people.ts';
import type { Outcome } from './outcome.ts';

export type SaveContext = {
  now: Date;
  newId: NewId;
  /** Absent = orders are not judged. */
  offers?: OfferBook;
  /** Joins a person with the customer they proved to be. */
  linkIdentity?: LinkIdentity | undefined;
};
type Context = SaveContext;
type Row = Record<string, unknown>;

const owner = defaultOwner({ customerId: 't.customer_id', subscriptionId: 't."subscriptionId"' });

const STATEMENTS = {
  cases: `INSERT INTO cases (id, customer_id, conversation_id, reason, kind, status, detail, opened_at, due_at, owner)
    SELECT id, customer_id, conversation_id, reason, coalesce(kind, 'other'), 'open', detail, at, due_at, ${owner}
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, conversation_id uuid, reason text, kind text, detail jsonb,
      at timestamptz, due_at timestamptz, "subscriptionId" uuid)`,
  tasks: `INSERT INTO tasks (id, customer_id, conversation_id, subscription_id, kind, title, detail, status, due_at, created_at, owner)
    SELECT id, customer_id, conversation_id, "subscriptionId", kind, title, detail, 'open', due_at, at, ${owner}
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, conversation_id uuid, "subscriptionId" uuid, kind text, title text,
      detail jsonb, at timestamptz, due_at timestamptz)`,
  bookings: `INSERT INTO training_bookings (id, customer_id, conversation_id, topic, starts_at, duration_minutes, meeting_url, created_at)
    SELECT DISTINCT ON (conversation_id, starts_at) id, customer_id, conversation_id, topic, starts_at, duration_minutes, meeting_url, at
    FROM ROWS FROM (json_to_recordset($1::json) AS (id uuid, customer_id uuid, conversation_id uuid, topic text,
      starts_at timestamptz, duration_minutes int, meeting_url text, at timestamptz)) WITH ORDINALITY
      AS t(id, customer_id, conversation_id, topic, starts_at, duration_minutes, meeting_url, at, n)
    ORDER BY conversation_id, starts_at, n DESC
    ON CONFLICT (conversation_id, starts_at) WHERE cancelled_at IS NULL DO UPDATE SET id = excluded.id, topic = excluded.topic,
      duration_minutes = excluded.duration_minutes, meeting_url = excluded.meeting_url`,
  // Booked and called off in one batch is called off: the line above came first.
  bookingsCancelled: `UPDATE training_bookings b SET cancelled_at = t.at
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, at timestamptz)
    WHERE b.id = t.id AND b.customer_id = t.customer_id AND b.cancelled_at IS NULL`,
  consents: `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, wording, at)
    SELECT id, customer_id, purpose, channel, granted, source, wording, at
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, purpose text, channel text, granted boolean, source text, wording text, at timestamptz)`,
  // Due at once until privacy/ gives them the days of the law.
  privacyRequests: `INSERT INTO privacy_requests (id, customer_id, kind, source, status, received_at, answer_due_at, act_due_at)
    SELECT id, customer_id, kind, source, 'received', at, at, at
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, kind text, source text, at timestamptz)`,
  media: `INSERT INTO media (id, inbound_event_id, identity_id, kind, url, status, next_attempt_at, created_at)
    SELECT DISTINCT ON (inbound_event_id, url) id, inbound_event_id, identity_id, kind, url, 'wanted', at, at
    FROM json_to_recordset($1::json) AS t(id uuid, inbound_event_id uuid, identity_id uuid, kind text, url text, at timestamptz)
    ON CONFLICT (inbound_event_id, url) DO NOTHING`,
  // What is left of the enrolment is planned anew: the next time of a step that repeats, or its end.
  enrolments: `WITH decided AS (
      UPDATE enrolment_steps s SET status = t.status, reason = t.reason, decided_at = t.at, channel = t.channel, run_id = t."runId"
      FROM json_to_recordset($1::json) AS t(id uuid, status text, reason text, channel text, "runId" uuid, at timestamptz)
      WHERE s.id = t.id AND s.status = 'due' RETURNING s.customer_id, s.decided_at)
    INSERT INTO journey_signals (customer_id, kind, at) SELECT customer_id, 'step_decided', max(decided_at) FROM decided GROUP BY 1`,
  cancelled: `UPDATE enrolment_steps s SET status = 'cancelled', reason = 'Khách đã từ chối nhận tin.', decided_at = t.at
    FROM json_to_recordset($1::json) AS t(customer_id uuid, at timestamptz) WHERE s.customer_id = t.customer_id AND s.status = 'planned'`,
} as const;
type Kind = keyof typeof STATEMENTS;

export async function saveRecords(client: pg.ClientBase, context: Context, outcomes: Outcome[]): Promise<void> {
  const rows: Record<Kind, Row[]> = {
    cases: [],
    tasks: [],
    bookings: [],
    bookingsCancelled: [],
    consents: [],
    privacyRequests: [],
    media: [],
    enrolments: [],
    cancelled: [],
  };
  const opened: OpenedCase[] = [];
  for (const outcome of outcomes) {
    for (const turn of outcome.turns) opened.push(...collect(rows, outcome, turn, context));
  }
  for (const kind of Object.keys(STATEMENTS) as Kind[]) {
    if (rows[kind].length > 0) await client.query(STATEMENTS[kind], [JSON.stringify(rows[kind])]);
  }
  await saveWords(client, context, outcomes, opened);
}

/** Answers the cases, each with the run that opened it. */
function collect(rows: Record<Kind, Row[]>, outcome: Outcome, turn: Turn, { now, newId }: Context): OpenedCase[] {
  const effects: Effects = turn.effects;
  const whose = { customer_id: outcome.person.customer.id, conversation_id: outcome.person.conversation.id, at: now };
  const row = (more: Row): Row => ({ id: newId(), ...whose, ...more });
  rows.cases.push(
    ...effects.cases.map(({ dueInHours, ...rest }) =>
      row({ due_at: new Date(now.getTime() + dueInHours * HOUR_MS), ...rest }),
    ),
  );
  rows.tasks.push(
    ...effects.tasks.map(({ dueInHours, ...rest }) =>
      row({ due_at: new Date(now.getTime() + dueInHours * HOUR_MS), ...rest }),
    ),
  );
  rows.bookings.push(
    ...effects.bookings.map(({ startsAt, durationMinutes, meetingUrl, ...rest }) =>
      row({ starts_at: startsAt, duration_minutes: durationMinutes, meeting_url: meetingUrl, ...rest }),
    ),
  );
  rows.bookingsCancelled.push(...effects.bookingsCancelled.map((cancelled) => row(cancelled)));
  rows.consents.push(...effects.consents.map((consent) => row(consent)));
  rows.privacyRequests.push(...effects.privacyRequests.map((request) => row(request)));
  rows.media.push(
    ...effects.media.map(({ inboundEventId, ...rest }) =>
      row({ inbound_event_id: inboundEventId, identity_id: outcome.person.identity.id, ...rest }),
    ),
  );
  rows.enrolments.push(...effects.enrolmentsDone.map((done) => ({ ...done, at: now })));
  if (effects.cancelsPlanned) rows.cancelled.push(whose);
  return effects.cases.map(({ id, runId, subscriptionId }) => ({
    id,
    runId: runId ?? null,
    subscriptionId: subscriptionId ?? null,
  }));
}

/** Offers and surveys: rows of their own folders, with the cases that low scores opened. */
async function saveWords(
  client: pg.ClientBase,
  { newId, now, offers: book }: Context,
  outcomes: Outcome[],
  cases: OpenedCase[],
): Promise<void> {
  const surveys = wordsOf(outcomes, now, (turn) => turn.effects.surveys);
  const offers = wordsOf(outcomes, now, (turn) => turn.effects.offers);
  await saveSurveyWords(client, newId, surveys);
  await linkLowScores(client, cases);
  const accepted = await saveOfferWords(client, newId, offers);
  // An order may have come before the yes that brought it.
  if (book) await attributeCustomers({ offers: book }, client, { customerIds: accepted, now });
}

function wordsOf<W>(outcomes: Outcome[], at: Date, of: (turn: Turn) => W[]) {
  return outcomes.flatMap(({ person, turns }) => {
    const whose = {
      customerId: person.customer.id,
      conversationId: person.conversation.id,
      channel: person.identity.channel,
      at,
    };
    return turns.flatMap((turn) => of(turn).map((word) => ({ ...word, ...whose, inboundEventId: turn.event.id })));
  });
}
