// Conversations that were handed over a moment ago: they get their deadlines, and an owner when the policy says so. Once
// each: what was attended has a deadline.
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { lockName } from '../http/answer-once.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { assignedLine } from './assign-conversation.ts';
import { addBusinessMinutes } from './business-clock.ts';
import { type Colleague, chooseAssignee } from './choose-assignee.ts';
import type { Policies } from './inbox-settings.ts';
import { readColleagues } from './read-colleagues.ts';
import type { InboxSettings } from './settings-schema.ts';

export type AttendDeps = { db: Database; clock: Clock };

const AT_ONCE = 200;

const NEW_ONES = `
SELECT c.id, c.identity_id, c.customer_id, c.state, c.owner, c.assignee_id, c.team_id, c.waiting_since, c.taken_over_at,
  i.channel, i.account_id, cu.language, cu.industry,
  EXISTS (SELECT 1 FROM touchpoints k WHERE k.customer_id = c.customer_id AND k.conversation_id = c.id AND k.kind = 'assigned'
    AND k.at >= c.waiting_since) AS is_given,
  ARRAY(SELECT DISTINCT s.product FROM subscriptions s WHERE s.customer_id = c.customer_id) AS products
FROM conversations c JOIN channel_identities i ON i.id = c.identity_id JOIN customers cu ON cu.id = c.customer_id
WHERE c.state IN ('waiting_for_agent', 'with_agent') AND c.resolve_due_at IS NULL
ORDER BY c.id LIMIT $1 FOR UPDATE OF c SKIP LOCKED`;

type NewOne = {
  id: string;
  identity_id: string;
  customer_id: string;
  state: string;
  owner: string | null;
  assignee_id: string | null;
  team_id: string | null;
  waiting_since: Date | null;
  taken_over_at: Date | null;
  channel: string;
  account_id: string;
  language: string;
  industry: string | null;
  /** A person gave it to somebody since it waits: that stands. */
  is_given: boolean;
  products: string[];
};

const SET = `
UPDATE conversations c SET reply_due_at = t.reply_due_at, resolve_due_at = t.resolve_due_at, assignee_id = t.assignee_id, team_id = t.team_id
FROM json_to_recordset($1::json) AS t(id uuid, reply_due_at timestamptz, resolve_due_at timestamptz, assignee_id uuid, team_id uuid)
WHERE c.id = t.id`;

/** One portion; answers whether there may be more. */
export async function attendConversations({ db, clock }: AttendDeps, { settings, hours }: Policies): Promise<boolean> {
  return await db.queueTransaction('attend-conversations', async (client) => {
    const { rows } = await client.query<NewOne>({ name: 'inbox-new-ones', text: NEW_ONES, values: [AT_ONCE] });
    if (rows.length === 0) return false;
    const now = clock.now();
    const isAssigning = settings.assignment.mode === 'on';
    // One process at a time counts and gives, so that nobody gets more than they can lead.
    if (isAssigning) await lockName(client, 'assignment');
    const colleagues = isAssigning ? await readColleagues(client, now, settings.assignment.onlineMinutes) : [];
    const dues = rows.map((row) => dueOf(row, { settings, hours }, colleagues, now));
    await client.query(SET, [JSON.stringify(dues)]);
    const assigned = rows.flatMap((row, n) => {
      const to = dues[n]?.assignee_id ?? null;
      return to === null || to === row.assignee_id
        ? []
        : [assignedLine(row, { staffId: to, by: 'policy', was: { team: row.team_id, staff: row.assignee_id }, now })];
    });
    await writeTouchpoints(client, assigned);
    return rows.length === AT_ONCE;
  });
}

function dueOf(row: NewOne, { settings, hours }: Policies, colleagues: Colleague[], now: Date) {
  const from = row.waiting_since ?? row.taken_over_at ?? now;
  const isWaiting = row.state === 'waiting_for_agent';
  const assigneeId = isWaiting && !row.is_given ? choose(row, settings, colleagues) : row.assignee_id;
  return {
    id: row.id,
    // Whoever was taken over without waiting is being answered.
    reply_due_at: isWaiting ? addBusinessMinutes(from, settings.sla.replyMinutes, hours) : null,
    resolve_due_at: addBusinessMinutes(from, settings.sla.resolveMinutes, hours),
    assignee_id: assigneeId,
    team_id: row.team_id,
  };
}

/** Counts what it gives, so that one batch does not all go to the same person. */
function choose(row: NewOne, settings: InboxSettings, colleagues: Colleague[]): string | null {
  if (settings.assignment.mode === 'off') return null;
  const skills = [row.channel, row.language, ...(row.industry === null ? [] : [row.industry]), ...row.products];
  const id = chooseAssignee(colleagues, { lastOwnerId: row.assignee_id, teamId: row.team_id, skills });
  const chosen = colleagues.find((one) => one.id === id);
  if (chosen) chosen.load += 1;
  return id;
}
