// The rarer rows of a batch: surveys, offers, cases, bookings, consents, media, enrolments. Skipped when there are none.
import type pg from 'pg';
import { HOUR_MS } from '../clock.ts';
import type { Effects } from '../conversations/effects.ts';
import type { Turn } from '../conversations/turn.ts';
import type { NewId } from '../ids.ts';
import type { Outcome } from './save-turns.ts';

type Context = { now: Date; newId: NewId };
type Row = Record<string, unknown>;

const STATEMENTS = {
  surveys: `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, comment, asked_at, answered_at)
    SELECT id, customer_id, conversation_id, run_id, flow, step, metric, status, score, comment, at, CASE WHEN status = 'asked' THEN NULL ELSE at END
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, conversation_id uuid, run_id uuid, flow text, step text,
      metric text, status text, score int, comment text, at timestamptz)
    ON CONFLICT (run_id, step) DO UPDATE SET status = excluded.status, score = coalesce(excluded.score, survey_answers.score),
      comment = coalesce(excluded.comment, survey_answers.comment), answered_at = excluded.answered_at`,
  offers: `INSERT INTO offer_issues (id, code, customer_id, conversation_id, subscription_id, run_id, flow, step, state, reason, benefit, gift, deadline_at, sent_at, answered_at)
    SELECT id, code, customer_id, conversation_id, subscription_id, run_id, flow, step, state, reason, benefit, gift, deadline_at, at,
      CASE WHEN state = 'sent' THEN NULL ELSE at END
    FROM json_to_recordset($1::json) AS t(id uuid, code text, customer_id uuid, conversation_id uuid, subscription_id uuid, run_id uuid,
      flow text, step text, state text, reason text, benefit text, gift text, deadline_at timestamptz, at timestamptz)
    ON CONFLICT (run_id, step) DO UPDATE SET state = excluded.state, reason = coalesce(excluded.reason, offer_issues.reason),
      answered_at = coalesce(offer_issues.answered_at, excluded.answered_at)
      WHERE offer_issues.state NOT IN ('accepted', 'declined', 'expired') OR offer_issues.state = excluded.state`,
  cases: `INSERT INTO cases (id, customer_id, conversation_id, reason, status, detail, opened_at, due_at)
    SELECT id, customer_id, conversation_id, reason, 'open', detail, at, due_at
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, conversation_id uuid, reason text, detail jsonb, at timestamptz, due_at timestamptz)`,
  bookings: `INSERT INTO training_bookings (id, customer_id, conversation_id, topic, starts_at, duration_minutes, meeting_url, created_at)
    SELECT id, customer_id, conversation_id, topic, starts_at, duration_minutes, meeting_url, at
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, conversation_id uuid, topic text, starts_at timestamptz,
      duration_minutes int, meeting_url text, at timestamptz)
    ON CONFLICT (conversation_id, starts_at) DO UPDATE SET id = excluded.id, topic = excluded.topic,
      duration_minutes = excluded.duration_minutes, meeting_url = excluded.meeting_url`,
  consents: `INSERT INTO consents (id, customer_id, purpose, channel, granted, source, wording, at)
    SELECT id, customer_id, purpose, channel, granted, source, wording, at
    FROM json_to_recordset($1::json) AS t(id uuid, customer_id uuid, purpose text, channel text, granted boolean, source text, wording text, at timestamptz)`,
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
    surveys: [],
    offers: [],
    cases: [],
    bookings: [],
    consents: [],
    media: [],
    enrolments: [],
    cancelled: [],
  };
  for (const outcome of outcomes) {
    for (const turn of outcome.turns) collect(rows, outcome, turn, context);
  }
  // One survey step asked and answered in one batch is one row, with its last word.
  rows.surveys = lastOf(rows.surveys);
  rows.offers = lastOf(rows.offers);
  for (const kind of Object.keys(STATEMENTS) as Kind[]) {
    if (rows[kind].length > 0) await client.query(STATEMENTS[kind], [JSON.stringify(rows[kind])]);
  }
}

function collect(rows: Record<Kind, Row[]>, outcome: Outcome, turn: Turn, { now, newId }: Context): void {
  const effects: Effects = turn.effects;
  const whose = { customer_id: outcome.person.customer.id, conversation_id: outcome.person.conversation.id, at: now };
  const row = (more: Row): Row => ({ id: newId(), ...whose, ...more });
  rows.surveys.push(...effects.surveys.map(({ runId, ...rest }) => row({ run_id: runId, ...rest })));
  rows.offers.push(
    ...effects.offers.map(({ runId, subscriptionId, deadlineAt, ...rest }) =>
      row({ run_id: runId, subscription_id: subscriptionId, deadline_at: deadlineAt, ...rest }),
    ),
  );
  rows.cases.push(
    ...effects.cases.map(({ dueInHours, ...rest }) =>
      row({ due_at: new Date(now.getTime() + dueInHours * HOUR_MS), ...rest }),
    ),
  );
  rows.bookings.push(
    ...effects.bookings.map(({ startsAt, durationMinutes, meetingUrl, ...rest }) =>
      row({ starts_at: startsAt, duration_minutes: durationMinutes, meeting_url: meetingUrl, ...rest }),
    ),
  );
  rows.consents.push(...effects.consents.map((consent) => row(consent)));
  rows.media.push(
    ...effects.media.map(({ inboundEventId, ...rest }) =>
      row({ inbound_event_id: inboundEventId, identity_id: outcome.person.identity.id, ...rest }),
    ),
  );
  rows.enrolments.push(...effects.enrolmentsDone.map((done) => ({ ...done, at: now })));
  if (effects.cancelsPlanned) rows.cancelled.push(whose);
}

function lastOf(rows: Row[]): Row[] {
  const last = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.run_id} ${row.step}`;
    const said = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    last.set(key, { ...row, ...last.get(key), ...said });
  }
  return [...last.values()];
}
