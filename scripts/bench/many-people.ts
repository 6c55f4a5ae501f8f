// A business of some size out of nothing: so many people and so many lines of the ledger over some months, with what hangs
// on them. Made by the server itself, always the same; for the bench and for the test of plans.
import pg from 'pg';
import { DAY_MS } from '../../src/clock.ts';
import type { Database } from '../../src/database.ts';
import { makeMonths } from '../../src/ledger/make-months.ts';

/** `now`: the newest line is of this moment. `waiting`: so many wait to be worked, written to and moved on by a journey. */
export type Crowd = {
  people: number;
  lines: number;
  months: number;
  waiting: number;
  now: Date;
  /** false: the planner does not learn of them. */
  isCounted?: boolean;
};

/** A UUID as everybody's are, told from the letter and the number. */
export const idOf = (letter: string, n = 'n') =>
  `overlay(overlay(md5('${letter}' || ${n}) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid`;
const people = 'generate_series({from}, {upto}) n';
/** Whose a thing is: people one after the other, but not in the order of their ids. */
const whoOf = (n: string) => `(1 + (${n}::bigint * 7919) % {people})`;
const daysAgo = (n: string) => `{now} - (${n}) * interval '1 hour'`;

/** Of the people from {from} to {upto}. */
const PEOPLE = [
  `INSERT INTO customers (id, external_id, name, phone, created_at, updated_at)
   SELECT ${idOf('c')}, 'kh-' || n, 'Khách ' || (ARRAY['An', 'Bình', 'Châu', 'Dung', 'Giang'])[1 + n % 5] || ' ' || n, '84' || (900000000 + n), {now}, {now} FROM ${people}`,
  `INSERT INTO channel_identities (id, channel, account_id, external_id, customer_id, given_name, display_name, last_interaction_at, last_inbound_at, profile_fetched_at, created_at)
   SELECT ${idOf('i')}, CASE n % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END, 'oa', 'p-' || n, ${idOf('c')}, 'Lan', 'Lan ' || n, {now}, {now}, {now}, {now} FROM ${people}`,
  `INSERT INTO conversations (id, identity_id, customer_id, state, waiting_since, reply_due_at, resolve_due_at, resolved_at, created_at, updated_at)
   SELECT ${idOf('v')}, ${idOf('i')}, ${idOf('c')}, s, CASE WHEN s LIKE '%agent' THEN {now} END, CASE s WHEN 'waiting_for_agent' THEN {now} + n % 997 * interval '1 minute' END,
     CASE WHEN s LIKE '%agent' THEN {now} + n % 499 * interval '1 hour' END, CASE s WHEN 'resolved' THEN ${daysAgo('n % 9999')} END, {now}, {now}
   FROM ${people}, LATERAL (SELECT CASE WHEN n % 100 = 0 THEN 'waiting_for_agent' WHEN n % 100 = 1 THEN 'with_agent' WHEN n % 3 = 0 THEN 'resolved' ELSE 'bot' END) x(s)`,
  `INSERT INTO subscriptions (id, external_id, customer_id, product, status, started_at, expires_at, created_at, updated_at)
   SELECT ${idOf('s')}, 's-' || n, ${idOf('c')}, 'spa', 'active', {now} - interval '300 days', {now} + (7 + n % 300) * interval '1 day', {now}, {now} FROM ${people}`,
  `INSERT INTO enrolments (id, journey, customer_id, subject_kind, subject_id, anchor_at, enrolled_at, status)
   SELECT ${idOf('e')}, 'renewal', ${idOf('c')}, 'subscription', ${idOf('s')}, {now} + (7 + n % 300) * interval '1 day', {now} - interval '90 days', 'active' FROM ${people}`,
  `INSERT INTO enrolment_steps (id, enrolment_id, customer_id, journey, step, due_at, status, decided_at, purpose)
   SELECT ${idOf('t', 'n || k')}, ${idOf('e')}, ${idOf('c')}, 'renewal', k, CASE WHEN k = 'truoc_7_ngay' AND n <= {waiting} THEN {now} - interval '1 minute'
       ELSE {now} + (1 + n % 300) * interval '1 day' END, CASE k WHEN 'chao' THEN 'started' ELSE 'planned' END,
     CASE k WHEN 'chao' THEN {now} - interval '60 days' END, 'care' FROM ${people}, unnest(ARRAY['chao', 'truoc_7_ngay', 'truoc_1_ngay']) k`,
  `INSERT INTO survey_answers (id, customer_id, conversation_id, run_id, flow, step, metric, status, score, asked_at)
   SELECT ${idOf('a')}, ${idOf('c')}, ${idOf('v')}, ${idOf('r')}, 'hoi', 'diem', (ARRAY['csat', 'nps', 'ces'])[1 + n % 3], CASE n % 4 WHEN 0 THEN 'expired' ELSE 'answered' END,
     CASE WHEN n % 4 > 0 THEN 1 + n % 5 END, ${daysAgo('n % 8760')} FROM ${people} WHERE n % 2 = 0`,
  `INSERT INTO offer_issues (id, code, customer_id, conversation_id, journey, enrolment_id, run_id, step, state, created_at, sent_at, deadline_at)
   SELECT ${idOf('f')}, 'GIAHAN', ${idOf('c')}, ${idOf('v')}, 'renewal', ${idOf('e')}, ${idOf('r')}, 'moi', (ARRAY['accepted', 'held_out', 'expired', 'declined', 'ignored'])[1 + n % 5],
     ${daysAgo('n % 8760')}, CASE WHEN n % 5 <> 1 THEN ${daysAgo('n % 8760')} END, ${daysAgo('n % 8760 + 200')} FROM ${people} WHERE n % 2 = 1`,
  `INSERT INTO orders (id, external_id, customer_id, kind, amount, at, created_at)
   SELECT ${idOf('d')}, 'd-' || n, ${idOf('c')}, 'order', 100000 + n % 900000, ${daysAgo('n % 8700')}, {now} FROM ${people}`,
];

/** The lines from {from} to {upto} of the ledger: one each {step} seconds, the last of them now. */
const LINES = [
  `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, provider_message_id,
     available_at, sending_at, sent_at, delivered_at, created_at)
   SELECT ${idOf('o')}, ${idOf('v', 'w')}, ${idOf('i', 'w')}, ${idOf('c', 'w')}, CASE w % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END, 'oa', '{"kind": "text", "text": "Cảm ơn chị"}',
     CASE n % 16 WHEN 2 THEN 'care' ELSE 'answer' END, 'flow', CASE n % 3 WHEN 0 THEN 'read' ELSE 'delivered' END, 'm-' || n, at, at, at, at, at
   FROM ${people}, LATERAL (SELECT ${whoOf('n')} AS w, {now} - ({lines} - n) * {step} * interval '1 second' AS at) x WHERE n % 4 = 2`,
  `INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
   SELECT ${idOf('n')}, CASE w % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END, 'oa', ${idOf('i', 'w')}, 'message', 'user_send_text', at, at, '{"kind": "message", "text": "chào shop"}'
   FROM ${people}, LATERAL (SELECT ${whoOf('n')} AS w, {now} - ({lines} - n) * {step} * interval '1 second' AS at) x WHERE n % 4 = 0`,
  `INSERT INTO touchpoints (at, kind, customer_id, conversation_id, channel, text, inbound_event_id, outbound_message_id, data)
   SELECT at, kind, ${idOf('c', 'w')}, ${idOf('v', 'w')}, CASE w % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END,
     CASE kind WHEN 'message_in' THEN 'chào shop, cho em hỏi lịch hẹn số ' || n % 1000 || (CASE WHEN n % 50000 = 0 THEN ' kẹo dừa' ELSE '' END)
       WHEN 'message_out' THEN 'Cảm ơn chị' END, CASE kind WHEN 'message_in' THEN ${idOf('n')} END,
     CASE WHEN n % 4 = 2 THEN ${idOf('o')} END, CASE WHEN kind LIKE 'message%' THEN '{"purpose": "answer"}'::jsonb END
   FROM ${people}, LATERAL (SELECT ${whoOf('n')} AS w, {now} - ({lines} - n) * {step} * interval '1 second' AS at,
     (ARRAY['message_in', 'flow_started', 'message_out', 'message_delivered'])[1 + n % 4] AS kind) x ORDER BY n`,
];

/** What waits now, of the people from {from} to {upto}. */
const WORK = [
  `INSERT INTO inbound_events (id, channel, account_id, identity_id, kind, provider_event, occurred_at, received_at, payload)
   SELECT ${idOf('q')}, 'zalo', 'oa', ${idOf('i')}, 'message', 'user_send_text', {now}, {now}, '{"kind": "message", "text": "chào shop"}' FROM generate_series({from}, {upto}) n`,
  `INSERT INTO inbound_queue (event_id, identity_id, occurred_at, available_at) SELECT ${idOf('q')}, ${idOf('i')}, {now}, {now} FROM generate_series({from}, {upto}) n`,
  `INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content, purpose, author, status, available_at, created_at)
   SELECT ${idOf('w')}, ${idOf('v')}, ${idOf('i')}, ${idOf('c')}, CASE n % 2 WHEN 0 THEN 'zalo' ELSE 'messenger' END, 'oa', '{"kind": "text", "text": "Cảm ơn chị"}', 'answer', 'flow', 'queued', {now}, {now}
   FROM generate_series({from}, {upto}) n`,
];

/** Cheaper to make once all lines are there. */
const INDEXES = ['touchpoints_customer_id_id_idx', 'touchpoints_words_idx', 'inbound_events_identity_id_idx'];
const CHUNK = 250_000;

/** Fills an empty, migrated database, with a connection of its own: some statements take minutes. */
export async function makeCrowd({ db, url }: { db: Database; url: string }, crowd: Crowd): Promise<void> {
  const { people, lines, months, waiting, now, isCounted = true } = crowd;
  const span = months * 30.4 * DAY_MS;
  for (let at = now.getTime() - span; at <= now.getTime(); at += 28 * DAY_MS) await makeMonths(db, new Date(at));
  await makeMonths(db, now);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const known = { now: `'${now.toISOString()}'::timestamptz`, people, lines, waiting, step: span / lines / 1000 };
  const run = async (statements: readonly string[], from: number, upto: number) => {
    for (const statement of statements) await client.query(withValues(statement, { ...known, from, upto }));
  };
  try {
    await client.query('SET synchronous_commit = off');
    const { rows } = await client.query<{ indexdef: string }>(
      'SELECT indexdef FROM pg_indexes WHERE indexname = ANY($1)',
      [INDEXES],
    );
    await client.query(`DROP INDEX ${INDEXES.join(', ')}`);
    for (let from = 1; from <= people; from += CHUNK) await run(PEOPLE, from, Math.min(people, from + CHUNK - 1));
    for (let from = 1; from <= lines; from += CHUNK) await run(LINES, from, Math.min(lines, from + CHUNK - 1));
    await run(WORK, 1, waiting);
    for (const { indexdef } of rows) await client.query(indexdef.replace(' ON ONLY ', ' ON '));
    if (isCounted) await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

function withValues(statement: string, values: Record<string, string | number>): string {
  return statement.replaceAll(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
