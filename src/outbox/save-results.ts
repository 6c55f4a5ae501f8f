// What became of each send, many in one transaction.
import type { SendResult } from '../channels/channel.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { type ClaimedMessage, REFUSED_CODE } from './candidate.ts';
import { changeStatus, type StatusChange } from './change-status.ts';
import { markSent, type SentFact } from './mark-sent.ts';
import { retryDelayMs, SETTLE_LOOK_MS } from './retry-policy.ts';

export type DeliveryResult = { message: ClaimedMessage; result: SendResult };

export async function saveResults(
  { db, clock, random }: { db: Database; clock: Clock; random: () => number },
  results: readonly DeliveryResult[],
): Promise<void> {
  const now = clock.now();
  const sent: SentFact[] = [];
  const changes: StatusChange[] = [];
  const unreachable: Unreachable[] = [];
  for (const { message, result } of results) {
    if (result.outcome === 'sent') sent.push(sentFact(message, result, now));
    else changes.push(changeOf(message, result, now, random()));
    if (result.outcome === 'refused' && result.concerns === 'recipient') {
      unreachable.push({ identity_id: message.identityId, phone: phoneOf(message), reason: result.reason });
    }
  }
  await db.queueTransaction('save-results', async (client) => {
    await markSent(client, sent);
    await changeStatus(client, now, changes);
    if (unreachable.length > 0) await client.query(UNREACHABLE, [JSON.stringify(unreachable)]);
  });
}

type Unreachable = { identity_id: string; phone: string | null; reason: string };

// What was refused to a phone says nothing of the chat of whoever owns it.
const UNREACHABLE = `
UPDATE channel_identities i SET unreachable_reason = t.reason FROM (
  SELECT k.channel, k.account_id, coalesce('phone:' || r.phone, k.external_id) AS external_id, r.reason
  FROM json_to_recordset($1::json) AS r(identity_id uuid, phone text, reason text)
  JOIN channel_identities k ON k.id = r.identity_id OFFSET 0) t
WHERE i.channel = t.channel AND i.account_id = t.account_id AND i.external_id = t.external_id`;

function phoneOf({ message }: ClaimedMessage): string | null {
  return message.kind === 'template' ? (message.phone ?? null) : null;
}

function sentFact(message: ClaimedMessage, result: Extract<SendResult, { outcome: 'sent' }>, now: Date): SentFact {
  return {
    id: message.id,
    providerMessageId: result.providerMessageId,
    sentAt: now,
    costKind: result.cost?.kind ?? message.permit.mode,
    costAmount: result.cost?.amount ?? message.permit.costAmount,
    knownBy: 'answer',
  };
}

/** What is wrong with us (account, thread) or with the words is no reason to say them elsewhere. */
function mayGoOn({ message }: ClaimedMessage, { concerns }: Extract<SendResult, { outcome: 'refused' }>): boolean {
  return concerns === 'window' || concerns === 'recipient' || (concerns === 'message' && message.kind === 'template');
}

function changeOf(
  message: ClaimedMessage,
  result: Exclude<SendResult, { outcome: 'sent' }>,
  now: Date,
  random: number,
): StatusChange {
  const base = {
    id: message.id,
    from: ['sending'],
    attempt: message.attempts,
    reason: result.reason,
    errorCode: result.code,
  };
  switch (result.outcome) {
    case 'refused':
      // Surely not accepted: whoever has another way takes it at the next look.
      return message.hasFallback && mayGoOn(message, result)
        ? { ...base, to: 'queued', errorCode: `${REFUSED_CODE}${result.code}`, availableAt: now }
        : { ...base, to: 'failed' };
    case 'unknown':
      return { ...base, to: 'uncertain', availableAt: new Date(now.getTime() + SETTLE_LOOK_MS) };
    case 'later': {
      if (message.attempts >= (result.mostTries ?? Number.POSITIVE_INFINITY)) return { ...base, to: 'failed' };
      const concerns = result.concerns === 'account' ? 'account' : 'message';
      const backoff = new Date(now.getTime() + retryDelayMs(message.attempts, random, concerns));
      return { ...base, to: 'queued', availableAt: result.retryAt ?? backoff };
    }
  }
}
