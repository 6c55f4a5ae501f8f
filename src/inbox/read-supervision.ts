// The numbers of a supervisor, read when they look: people with their load in one statement, today out of the ledger's end.
import type pg from 'pg';
import { channelNameSchema } from '../channels/inbound-event-schema.ts';
import { type Clock, MINUTE_MS } from '../clock.ts';
import { conversationStateSchema } from '../conversations/conversation.ts';
import { localParts, momentOf } from '../flows/local-time.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { roles } from '../http/api-access.ts';
import { businessHoursOf, readSettings } from './inbox-settings.ts';
import { type Day, type DayLine, measureDay, medianOf } from './measure-day.ts';
import { DUE, OPEN } from './queue-filter.ts';
import type { SupervisedQuery, SupervisedRow, Supervision } from './supervision-schema.ts';

export type SupervisionDeps = { db: { pool: pg.Pool }; clock: Clock; timeZone: string; scripts: () => Scripts };

type Load = { open: number; waiting: number; overdue: number; oldest: Date | null };
type PersonRow = Load & {
  id: string;
  name: string;
  role: string;
  team_id: string | null;
  team_name: string | null;
  is_away: boolean;
  last_seen_at: Date | null;
  capacity: number | null;
};

const LOAD = `count(c.id) FILTER (WHERE c.snoozed_until IS NULL)::int AS open,
  count(c.id) FILTER (WHERE c.state = 'waiting_for_agent' AND c.snoozed_until IS NULL)::int AS waiting,
  count(c.id) FILTER (WHERE c.snoozed_until IS NULL AND ${DUE} < $1)::int AS overdue,
  min(c.waiting_since) FILTER (WHERE c.state = 'waiting_for_agent' AND c.snoozed_until IS NULL) AS oldest`;

const PEOPLE = `
SELECT s.id, s.name, s.role, s.team_id, t.name AS team_name, s.is_away, s.last_seen_at, s.capacity, ${LOAD}
FROM staff_members s LEFT JOIN teams t ON t.id = s.team_id
LEFT JOIN conversations c ON c.assignee_id = s.id AND ${OPEN}
WHERE s.disabled_at IS NULL AND s.password_hash IS NOT NULL AND s.role IN ('agent', 'manager', 'admin')
GROUP BY s.id, t.name ORDER BY lower(s.name), s.id`;

const TEAMS = `
SELECT c.team_id, t.name AS team_name, ${LOAD} FROM conversations c LEFT JOIN teams t ON t.id = c.team_id
WHERE ${OPEN} GROUP BY c.team_id, t.name ORDER BY lower(t.name) NULLS LAST`;

const QUEUES = `
SELECT ${LOAD}, count(*) FILTER (WHERE c.assignee_id IS NULL AND c.snoozed_until IS NULL)::int AS unassigned,
  count(*) FILTER (WHERE c.snoozed_until IS NOT NULL)::int AS snoozed
FROM conversations c WHERE ${OPEN}`;

/** The numbers change while one looks: three looks, each true in itself. */
export async function readSupervision(deps: SupervisionDeps): Promise<Supervision> {
  const { db, clock } = deps;
  const now = clock.now();
  const [{ sla, assignment }, people, teams, queues, day] = await Promise.all([
    readSettings(db.pool),
    db.pool.query<PersonRow>(PEOPLE, [now]),
    db.pool.query<Load & { team_id: string | null; team_name: string | null }>(TEAMS, [now]),
    db.pool.query<Load & { unassigned: number; snoozed: number }>(QUEUES, [now]),
    readDay(deps),
  ]);
  const seenSince = now.getTime() - assignment.onlineMinutes * MINUTE_MS;
  const [queue] = queues.rows;
  if (queue === undefined) throw new Error('Counting answers one row.');
  return {
    asOf: now.toISOString(),
    people: people.rows.map((row) => personOf(row, day, seenSince)),
    teams: teams.rows.map((row) => ({ team: namedOf(row.team_id, row.team_name), ...loadOf(row) })),
    queues: { ...loadOf(queue), unassigned: queue.unassigned, snoozed: queue.snoozed },
    today: {
      handedOver: day.handedOver.length,
      firstReplied: day.firstReplies.length,
      firstReplyMinutes: medianOf(day.firstReplies.map(({ minutes }) => minutes)),
      inTime: day.firstReplies.filter(({ minutes }) => minutes <= sla.replyMinutes).length,
      resolved: day.resolved.length,
      resolveMinutes: medianOf(day.resolved.flatMap(({ minutes }) => (minutes === null ? [] : [minutes]))),
    },
  };
}

function personOf(row: PersonRow, day: Day, seenSince: number): Supervision['people'][number] {
  const isSeen = row.last_seen_at !== null && row.last_seen_at.getTime() >= seenSince;
  return {
    id: row.id,
    name: row.name,
    role: roles.find((role) => role === row.role) ?? 'agent',
    team: namedOf(row.team_id, row.team_name),
    presence: row.is_away ? 'away' : isSeen ? 'online' : 'offline',
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    capacity: row.capacity,
    ...loadOf(row),
    repliesToday: day.repliesOf.get(row.id) ?? 0,
    firstReplyMinutes: medianOf(day.firstReplies.flatMap((one) => (one.staffId === row.id ? [one.minutes] : []))),
  };
}

function loadOf({ open, waiting, overdue, oldest }: Load) {
  return { open, waiting, overdue, oldestWaitingSince: oldest?.toISOString() ?? null };
}

function namedOf(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? '' };
}

/** Lines of the ledger that are looked at from its end; a day of a busy business has fewer. */
const LINES = 100_000;

const TODAY = `
SELECT k.conversation_id AS "conversationId", k.kind, k.at, k.data ->> 'staff' AS "staffId" FROM (
  SELECT id, conversation_id, kind, at, data FROM touchpoints ORDER BY id DESC LIMIT ${LINES}) k
WHERE k.at >= $1 AND k.conversation_id IS NOT NULL AND k.kind IN ('handed_over', 'reply_queued', 'resolved', 'handed_back')
ORDER BY k.id`;

async function readDay({ db, clock, timeZone, scripts }: SupervisionDeps): Promise<Day> {
  const { year, month, day } = localParts(clock.now().getTime(), timeZone);
  const start = new Date(momentOf({ year, month, day, hour: 0, minute: 0 }, timeZone));
  const [{ rows }, settings] = await Promise.all([db.pool.query<DayLine>(TODAY, [start]), readSettings(db.pool)]);
  return measureDay(rows, businessHoursOf(settings, { timeZone, holidays: scripts().catalogue.holidays }));
}

type Row = {
  id: string;
  channel: string;
  state: string;
  customer: string | null;
  assignee_id: string | null;
  assignee_name: string | null;
  team_id: string | null;
  team_name: string | null;
  waiting_since: Date | null;
  due_at: Date | null;
  is_overdue: boolean;
};

const MOST_ROWS = 200;

const ROWS = `
SELECT c.id, i.channel, c.state, coalesce(cu.name, i.display_name) AS customer, c.assignee_id, s.name AS assignee_name, c.team_id,
  t.name AS team_name, c.waiting_since, coalesce(c.reply_due_at, c.resolve_due_at) AS due_at, coalesce(${DUE} < $1, false) AS is_overdue
FROM conversations c JOIN channel_identities i ON i.id = c.identity_id JOIN customers cu ON cu.id = c.customer_id
LEFT JOIN staff_members s ON s.id = c.assignee_id LEFT JOIN teams t ON t.id = c.team_id
WHERE ($2::uuid IS NULL OR c.assignee_id = $2) AND ($3::text IS NULL OR coalesce(c.team_id::text, 'none') = $3)`;

const AWAKE = `${OPEN} AND c.snoozed_until IS NULL`;
const conditions = {
  open: AWAKE,
  waiting: `c.state = 'waiting_for_agent' AND c.snoozed_until IS NULL`,
  unassigned: `${AWAKE} AND c.assignee_id IS NULL`,
  overdue: `${AWAKE} AND ${DUE} < $1`,
  snoozed: `${OPEN} AND c.snoozed_until IS NOT NULL`,
} as const;

/** The rows behind one of the numbers, what is due first standing first. */
export async function readSupervised(
  deps: SupervisionDeps,
  { of, staff = null, team = null }: { of: SupervisedQuery['of']; staff?: string | null; team?: string | null },
): Promise<{ items: SupervisedRow[]; isMore: boolean }> {
  const ids = await idsOfToday(deps, of);
  const which = ids === null && of in conditions ? conditions[keyOf(of)] : 'c.id = ANY($4::uuid[])';
  const text = `${ROWS} AND ${which} ORDER BY ${DUE}, c.id LIMIT ${MOST_ROWS + 1}`;
  const values = [deps.clock.now(), staff, team, ...(ids === null ? [] : [ids])];
  const { rows } = await deps.db.pool.query<Row>(text, values);
  return { items: rows.slice(0, MOST_ROWS).map(rowOf), isMore: rows.length > MOST_ROWS };
}

type Condition = keyof typeof conditions;

function keyOf(of: SupervisedQuery['of']): Condition {
  const names: readonly Condition[] = ['open', 'waiting', 'unassigned', 'overdue', 'snoozed'];
  return names.find((name) => name === of) ?? 'open';
}

/** null = it is not a number of today. */
async function idsOfToday(deps: SupervisionDeps, of: SupervisedQuery['of']): Promise<string[] | null> {
  switch (of) {
    case 'handed_over_today':
      return (await readDay(deps)).handedOver;
    case 'first_replied_today':
      return (await readDay(deps)).firstReplies.map(({ conversationId }) => conversationId);
    case 'resolved_today':
      return (await readDay(deps)).resolved.map(({ conversationId }) => conversationId);
    default:
      return null;
  }
}

function rowOf(row: Row): SupervisedRow {
  return {
    id: row.id,
    channel: channelNameSchema.parse(row.channel),
    state: conversationStateSchema.parse(row.state),
    customer: row.customer,
    assignee: namedOf(row.assignee_id, row.assignee_name),
    team: namedOf(row.team_id, row.team_name),
    waitingSince: row.waiting_since?.toISOString() ?? null,
    dueAt: row.due_at?.toISOString() ?? null,
    isOverdue: row.is_overdue,
  };
}
