// Nobody is forgotten: a conversation whose owner is silent too long goes back to the queue, or to the bot at the question
// it had asked. Who still waits for the person they were promised never lands with the bot, unless the policy says so.
import type pg from 'pg';
import { MINUTE_MS } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { pushEvent } from '../inbound/push-event.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import type { AttendDeps } from './attend-conversations.ts';
import { addBusinessMinutes, businessMinutesBetween } from './business-clock.ts';
import type { Policies } from './inbox-settings.ts';

/** Who led it, as the ledger names the policy. */
export const IDLE_POLICY = 'idle_policy';

// Locks the person, as turns do, and leaves out those who are being worked or whose events wait.
const SILENT = `
SELECT c.id, c.identity_id, c.customer_id, i.channel, i.account_id, i.last_inbound_at, l.last_at, c.waiting_since, c.team_id, c.assignee_id
FROM conversations c JOIN channel_identities i ON i.id = c.identity_id
JOIN LATERAL (
  SELECT greatest(c.taken_over_at, (SELECT max(o.at) FROM (SELECT k.at FROM touchpoints k
    WHERE k.customer_id = c.customer_id AND k.conversation_id = c.id AND k.kind = 'message_out' ORDER BY k.id DESC LIMIT 1) o),
    (SELECT max(o.available_at) FROM (SELECT status, author, available_at FROM outbound_messages
      WHERE identity_id = i.id AND status IN ('queued', 'sending') OFFSET 0) o WHERE o.status = 'queued' AND o.author = 'agent')) AS last_at
) l ON true
WHERE c.state = 'with_agent' AND c.snoozed_until IS NULL AND l.last_at < $1
  AND NOT EXISTS (SELECT 1 FROM inbound_queue q WHERE q.identity_id = i.id AND q.parked_at IS NULL)
ORDER BY l.last_at LIMIT 500 FOR UPDATE OF i SKIP LOCKED`;

type Silent = {
  id: string;
  identity_id: string;
  customer_id: string;
  channel: string;
  account_id: string;
  last_inbound_at: Date | null;
  last_at: Date;
  team_id: string | null;
  assignee_id: string | null;
};

const TO_QUEUE = `
UPDATE conversations SET state = 'waiting_for_agent', owner = NULL, assignee_id = NULL, waiting_since = $2, reply_due_at = $3, updated_at = $2 WHERE id = $1 AND state = 'with_agent'`;

/** Answers how many went to the bot: those are worked as events. */
export async function returnIdle(deps: AttendDeps & { newId: NewId }, { settings, hours }: Policies): Promise<number> {
  const { to, minutes, evenWhileWaiting } = settings.idle_policy;
  if (to === 'off') return 0;
  return await deps.db.queueTransaction('return-idle', async (client) => {
    const now = deps.clock.now();
    const { rows } = await client.query<Silent>(SILENT, [new Date(now.getTime() - minutes * MINUTE_MS)]);
    const idle = rows.filter((row) => businessMinutesBetween(row.last_at, now, hours) >= minutes);
    let toBot = 0;
    for (const row of idle) {
      const isWaiting = row.last_inbound_at !== null && row.last_inbound_at > row.last_at;
      if (to === 'bot' && (!isWaiting || evenWhileWaiting)) {
        await toTheBot(deps, client, row, now);
        toBot += 1;
      } else {
        const replyDueAt = addBusinessMinutes(now, settings.sla.replyMinutes, hours);
        await toTheQueue(client, row, { now, minutes, replyDueAt });
      }
    }
    return toBot;
  });
}

async function toTheBot({ newId }: { newId: NewId }, client: pg.ClientBase, row: Silent, now: Date): Promise<void> {
  const { identity_id: identityId, channel, account_id: accountId } = row;
  const body = { kind: 'hand_back' as const, by: IDLE_POLICY, how: 'resume' as const };
  await pushEvent(client, { id: newId(), identityId, channel, accountId, body, now });
}

async function toTheQueue(
  client: pg.ClientBase,
  row: Silent,
  { now, minutes, replyDueAt }: { now: Date; minutes: number; replyDueAt: Date },
): Promise<void> {
  await client.query(TO_QUEUE, [row.id, now, replyDueAt]);
  const reason = `Nhân viên phụ trách im lặng quá ${minutes} phút làm việc.`;
  const { customer_id: customerId, id: conversationId, channel } = row;
  const data = { by: IDLE_POLICY, was: { team: row.team_id, staff: row.assignee_id } };
  await writeTouchpoints(client, [{ at: now, kind: 'handed_over', customerId, conversationId, channel, reason, data }]);
}
