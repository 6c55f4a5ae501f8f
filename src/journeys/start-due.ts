// What a date made due becomes an inbound event of the person, on the channel where they were last seen.
import type pg from 'pg';
import type { Database } from '../database.ts';
import type { Scripts } from '../flow-library/published-flow.ts';
import { dueOfEntry } from '../flows/compile-entries.ts';
import { hashId } from '../ids.ts';
import { pushEvent } from '../inbound/push-event.ts';
import { writeTouchpoints } from '../ledger/write-touchpoints.ts';
import { dateEntries } from './plan-enrolments.ts';

type Due = {
  id: string;
  flow: string;
  entry: string;
  customer_id: string;
  subscription_id: string;
  anchor_at: Date;
  identity_id: string | null;
  channel: string | null;
  account_id: string | null;
};

const CLAIM = `
SELECT e.id, e.flow, e.entry, e.customer_id, e.subscription_id, e.anchor_at, i.id AS identity_id, i.channel, i.account_id
FROM enrolments e LEFT JOIN LATERAL (
  SELECT id, channel, account_id FROM channel_identities
  WHERE customer_id = e.customer_id AND channel = ANY($3) AND external_id NOT LIKE 'phone:%'
  ORDER BY unreachable_reason IS NOT NULL, greatest(last_interaction_at, followed_at) DESC NULLS LAST LIMIT 1) i ON true
WHERE e.status = 'planned' AND e.due_at <= $1 ORDER BY e.due_at LIMIT $2 FOR UPDATE OF e SKIP LOCKED`;

/** Starts up to `limit` due enrolments; answers how many it decided about. */
export async function startDue(
  db: Database,
  {
    now,
    scripts,
    channels,
    timeZone,
    limit = 200,
  }: { now: Date; scripts: Scripts; channels: string[]; timeZone: string; limit?: number },
): Promise<number> {
  return await db.transaction(async (client) => {
    const { rows } = await client.query<Due>(CLAIM, [now, limit, channels]);
    for (const due of rows) await decide(client, due, now, scripts, timeZone);
    return rows.length;
  });
}

async function decide(client: pg.ClientBase, due: Due, now: Date, scripts: Scripts, timeZone: string): Promise<void> {
  const rule = dateEntries(scripts).find(({ flow, entry }) => flow === due.flow && entry.id === due.entry);
  if (!rule) return await skip(client, due, now, `Kịch bản "${due.flow}" không còn mốc ngày này.`);
  if (dueOfEntry(rule.entry, due.anchor_at, timeZone).untilMs < now.getTime()) {
    return await skip(client, due, now, 'Đã quá thời gian cho phép gửi muộn.');
  }
  if (due.identity_id === null || due.channel === null || due.account_id === null) {
    return await skip(client, due, now, 'Khách chưa có kênh chat nào.');
  }
  await pushEvent(client, {
    id: hashId('enrolment', due.id),
    identityId: due.identity_id,
    channel: due.channel,
    accountId: due.account_id,
    now,
    body: {
      kind: 'flow_due',
      flow: due.flow,
      entry: due.entry,
      enrolmentId: due.id,
      subscriptionId: due.subscription_id,
      anchor: { of: rule.entry.of, at: due.anchor_at.toISOString() },
      ...(rule.entry.at === null ? {} : { at: rule.entry.at }),
    },
  });
  await client.query(`UPDATE enrolments SET status = 'due' WHERE id = $1`, [due.id]);
}

async function skip(client: pg.ClientBase, due: Due, now: Date, reason: string): Promise<void> {
  await client.query(`UPDATE enrolments SET status = 'skipped', reason = $2 WHERE id = $1`, [due.id, reason]);
  await writeTouchpoints(client, [
    { at: now, kind: 'enrolment_skipped', customerId: due.customer_id, flow: due.flow, reason },
  ]);
}
