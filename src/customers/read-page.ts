// Everything of one customer, in one statement; lists end at what a person may still want to read.
import type pg from 'pg';
import { askWindow, type WindowRules } from '../channels/messaging-window.ts';
import type { Clock } from '../clock.ts';
import { type CustomerPage, storedPage } from './page-schema.ts';
import { type Titles, withTitles } from './titles.ts';

export type ReadPageDeps = { clock: Clock; windowRules: WindowRules; titles: () => Titles };

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', ${ISO})`;
const MOST = 200;

/** A JSON list: of each row of `from`, in its order, the columns named and what else `fields` makes of them. */
function list(columns: Record<string, string>, from: string): string {
  const pairs = Object.entries(columns).map(([name, value]) => `'${name}', ${value}`);
  return `coalesce((SELECT jsonb_agg(jsonb_build_object(${pairs.join(', ')})) FROM (${from} LIMIT ${MOST}) r), '[]')`;
}
const own = (table: string, order: string) => `SELECT * FROM ${table} WHERE customer_id = c.id ORDER BY ${order}`;

function named(...columns: string[]): Record<string, string> {
  const camel = (column: string) => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    columns
      .map((column) => [camel(column), `r.${column}`])
      .map(([name = '', value = '']) => {
        return [name, name.endsWith('At') || name === 'at' ? iso(value) : value];
      }),
  );
}

const record = {
  identities: list(
    {
      ...named('id', 'channel', 'display_name', 'followed_at', 'unfollowed_at', 'last_interaction_at'),
      ...named('unreachable_reason', 'conversation_id', 'state'),
      peerId: 'r.external_id',
    },
    `SELECT i.*, v.id AS conversation_id, v.state FROM channel_identities i LEFT JOIN conversations v ON v.identity_id = i.id
     WHERE i.customer_id = c.id ORDER BY i.last_interaction_at DESC NULLS LAST, i.id`,
  ),
  subscriptions: list(
    {
      ...named('external_id', 'product', 'plan', 'value', 'status', 'started_at', 'expires_at', 'owner'),
      changes: list(
        named('kind', 'at', 'before', 'after'),
        'SELECT * FROM subscription_changes h WHERE h.subscription_id = r.id ORDER BY h.at DESC, h.id DESC',
      ),
    },
    own('subscriptions', `status NOT IN ('active', 'trial'), expires_at DESC NULLS LAST, id`),
  ),
  orders: list(named('external_id', 'kind', 'amount', 'offer_code', 'refund_of', 'at'), own('orders', 'at DESC, id')),
  usage: list(
    {
      metric: 'r.metric',
      months: list(
        { month: `to_char(r.month, 'YYYY-MM')`, ...named('total', 'events') },
        'SELECT * FROM usage_months m WHERE m.customer_id = c.id AND m.metric = r.metric ORDER BY m.month DESC',
      ),
    },
    'SELECT DISTINCT metric FROM usage_months WHERE customer_id = c.id ORDER BY metric',
  ),
  bookings: list(
    named('id', 'topic', 'starts_at', 'duration_minutes', 'meeting_url', 'cancelled_at'),
    own('training_bookings', 'starts_at DESC, id'),
  ),
};

const care = {
  surveys: list(
    named('id', 'metric', 'status', 'score', 'comment', 'asked_at', 'answered_at'),
    own('survey_answers', 'asked_at DESC, id'),
  ),
  offers: list(
    named('id', 'code', 'state', 'benefit', 'reason', 'sent_at', 'deadline_at'),
    own('offer_issues', 'coalesce(sent_at, created_at) DESC NULLS LAST, id'),
  ),
  cases: list(
    { ...named('id', 'kind', 'status', 'owner', 'due_at', 'outcome'), words: 'r.reason' },
    own('cases', `status <> 'open', due_at, id`),
  ),
  tasks: list(
    { ...named('id', 'kind', 'status', 'owner', 'due_at', 'outcome'), words: 'r.title' },
    own('tasks', `status <> 'open', due_at, id`),
  ),
  enrolments: list(
    {
      ...named('id', 'journey', 'status', 'reason', 'enrolled_at'),
      steps: list(
        named('step', 'due_at', 'status', 'reason', 'channel'),
        'SELECT * FROM enrolment_steps s WHERE s.enrolment_id = r.id ORDER BY s.due_at, s.step, s.occurrence',
      ),
    },
    own('enrolments', `status <> 'active', enrolled_at DESC, id`),
  ),
};

const rights = {
  consents: list(
    named('id', 'purpose', 'channel', 'granted', 'source', 'wording', 'at', 'holds'),
    `SELECT *, row_number() OVER (PARTITION BY purpose, channel ORDER BY at DESC, granted, id DESC) = 1 AS holds
     FROM consents WHERE customer_id = c.id ORDER BY at DESC, granted, id DESC`,
  ),
  merges: list(
    {
      ...named('id', 'staying_id', 'going_id', 'at', 'undone_at'),
      ...{
        by: 'r.merged_by',
        goingName: `coalesce(r.kept -> 'going' ->> 'name', r.kept -> 'going' ->> 'external_id')`,
      },
    },
    'SELECT * FROM customer_merges WHERE staying_id = c.id ORDER BY at DESC, id',
  ),
  splits: list(
    {
      ...named('at'),
      otherId: 'r.other',
      by: 'r.by',
      isThere: 'EXISTS (SELECT 1 FROM customers o WHERE o.id = r.other::uuid)',
    },
    `SELECT DISTINCT ON (other) * FROM (
       SELECT k.at, k.data ->> 'by' AS by, CASE WHEN k.data ->> 'split' = c.id::text THEN k.data ->> 'stayingId' ELSE k.data ->> 'split' END AS other
       FROM touchpoints k WHERE k.customer_id = c.id AND k.kind = 'customers_parted' AND k.data ? 'split') x ORDER BY other, at DESC`,
  ),
};

const person = `'id', c.id, 'externalId', c.external_id, 'name', c.name, 'formOfAddress', c.form_of_address, 'phone', c.phone, 'email', c.email,
  'industry', c.industry, 'role', c.role, 'tags', coalesce(c.tags, '{}'), 'language', c.language, 'attributes', c.attributes,
  'optedOutAt', ${iso('c.opted_out_at')}, 'createdAt', ${iso('c.created_at')}`;
const parts = Object.entries({ ...record, ...care, ...rights }).map(([name, sql]) => `'${name}', ${sql}`);
const READ = `SELECT jsonb_build_object(${person}, ${parts.join(',\n')}) AS page FROM customers c WHERE c.id = $1`;

/** null when there is no such customer. */
export async function readPage(
  { clock, windowRules, titles }: ReadPageDeps,
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<CustomerPage | null> {
  const { rows } = await client.query<{ page: unknown }>({ name: 'customer-page', text: READ, values: [id] });
  if (rows[0] === undefined) return null;
  const stored = storedPage.parse(rows[0].page);
  const now = clock.now();
  const identities = stored.identities.map((identity) => {
    const date = (moment: string | null) => (moment === null ? null : new Date(moment));
    const { channel, lastInteractionAt, followedAt } = identity;
    const times = { now, lastInteractionAt: date(lastInteractionAt), followedAt: date(followedAt) };
    const how = { messageKind: 'text', purpose: 'answer', writtenBy: 'person' } as const;
    const { allowed, reason, ...rest } = askWindow({ channel, ...times, ...how }, windowRules);
    const closesAt = 'closesAt' in rest ? (rest.closesAt?.toISOString() ?? null) : null;
    return { ...identity, window: { isOpen: allowed, closesAt, reason } };
  });
  return withTitles({ ...stored, identities }, titles());
}
