// Taking the next message of each person, in order, and asking the rules: what may leave is marked `sending` and
// committed before the first byte goes out; what may not takes its ladder, waits, or is skipped with its reason.
import type pg from 'pg';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { Database } from '../database.ts';
import { type Candidate, type ClaimedMessage, type DueMessage, readDue } from './candidate.ts';
import { changeStatus, type StatusChange } from './change-status.ts';
import type { LadderWorld } from './descend-ladder.ts';
import { type Descended, type JudgeTools, judgeMessage, takeLadder, type Verdict } from './judge-messages.ts';
import { type LastWords, readLastWords } from './last-words.ts';
import type { SendRules } from './may-send.ts';
import { isUnasked } from './outbound-message.ts';
import { readLadderFacts } from './read-ladder-facts.ts';
import { LEASE_MS } from './retry-policy.ts';
import { saveDescents } from './save-descents.ts';
import type { Spending } from './spending.ts';
import { readApprovals } from './template-states.ts';

export type ClaimDeps = {
  rules: SendRules;
  spending: Spending;
  /** Accounts of the channels that a ladder may move to; null = off. */
  accounts: LadderWorld['accounts'];
  labels: LadderWorld['labels'];
};

const START = `
UPDATE outbound_messages o SET status = 'sending', sending_at = $1, attempts = attempts + 1, error_code = NULL,
  cost_kind = t.kind, cost_amount = t.cost, lease_until = now() + interval '1 millisecond' * $2
FROM unnest($3::uuid[], $4::text[], $5::int[]) AS t(id, kind, cost) WHERE o.id = t.id
RETURNING o.id, o.xmin::text AS xid`;

// Only what that very transaction wrote, and nobody after it: another process may have claimed what ours did not keep.
const TAKE_BACK = `
UPDATE outbound_messages o SET status = 'queued', attempts = attempts - 1, sending_at = NULL, lease_until = NULL
FROM unnest($1::uuid[], $2::text[]) AS t(id, xid) WHERE o.id = t.id AND o.status = 'sending' AND o.xmin::text = t.xid`;

/** A message marked `sending` by a transaction whose commit nobody answered: whether it was kept or not, it was not said. */
export type DoubtfulClaim = { id: string; xid: string };

type ClaimWhat = { channel: ChannelName; now: Date; limit: number };

/**
 * `claimed` are to be sent at once; `settled` counts those that the rules stopped, put off or sent another way. A claim that
 * fails leaves its messages in `doubtful`, and the next one with the same list takes them back.
 */
export async function claimMessages(
  db: Database,
  what: ClaimWhat,
  deps: ClaimDeps,
  doubtful: DoubtfulClaim[] = [],
): Promise<{ claimed: ClaimedMessage[]; settled: number }> {
  const takenBack = doubtful.length;
  const marked: DoubtfulClaim[] = [];
  try {
    const result = await db.queueTransaction('claim-messages', async (client) => {
      await takeBack(client, doubtful);
      return await claim(client, what, deps, (claims) => marked.push(...claims));
    });
    doubtful.splice(0, takenBack);
    return result;
  } catch (error) {
    doubtful.push(...marked);
    throw error;
  }
}

async function claim(
  client: pg.ClientBase,
  { channel, now, limit }: ClaimWhat,
  deps: ClaimDeps,
  onMarked: (claims: DoubtfulClaim[]) => void,
): ReturnType<typeof claimMessages> {
  const { due, unreadable } = await readDue(client, { channel, now, limit });
  const words = await readLastWords(client, due, { channel, now });
  const ready = due.flatMap((one) => withLastWords(one, words));
  const advertised = new Map([...words].map(([customerId, { advertisedAt }]) => [customerId, advertisedAt]));
  const budget = await deps.spending.openBudget(client, { limit: deps.rules.spendLimit, now }, ready);
  const tools: JudgeTools = { now, rules: deps.rules, budget, advertised };
  const verdicts = await judgeAll(client, ready, tools, deps);
  const claimed = verdicts.flatMap(claimedOf);
  const stopped = [...unreadable.map(unreadableChange), ...verdicts.flatMap((verdict) => changeOf(verdict, now))];
  await changeStatus(client, now, stopped);
  onMarked(await startSending(client, claimed, now));
  return { claimed, settled: stopped.length };
}

/** Whom somebody else holds at this moment, who may be writing down their "no", waits for the next round. */
function withLastWords(one: DueMessage, words: ReadonlyMap<string, LastWords>): Candidate[] {
  if (!isUnasked(one.purpose)) return [{ ...one, optedOutAt: null, hasAdvertisingConsent: null }];
  const said = words.get(one.customerId);
  if (said === undefined) return [];
  return [{ ...one, optedOutAt: said.optedOutAt, hasAdvertisingConsent: said.hasAdvertisingConsent }];
}

async function judgeAll(
  client: pg.ClientBase,
  candidates: readonly Candidate[],
  tools: JudgeTools,
  deps: ClaimDeps,
): Promise<Verdict[]> {
  const verdicts = candidates.map((one) => judgeMessage(one, tools));
  const closed = verdicts.filter((verdict) => verdict.verdict === 'closed');
  if (closed.length === 0) return verdicts;
  const { accounts, labels } = deps;
  const facts = await readLadderFacts(
    client,
    accounts,
    closed.map(({ one }) => one),
  );
  const world = { accounts, labels, approvals: await readApprovals(client) };
  const taken = closed.flatMap(({ one, reason }): Descended[] => {
    const known = facts.get(one.customerId);
    return known === undefined ? [] : [takeLadder(one, reason, { ...tools, facts: known, world })];
  });
  await saveDescents(client, tools.now, taken);
  return [...verdicts.filter((verdict) => verdict.verdict !== 'closed'), ...taken.map(({ verdict }) => verdict)];
}

async function takeBack(client: pg.ClientBase, doubtful: readonly DoubtfulClaim[]): Promise<void> {
  if (doubtful.length === 0) return;
  await client.query(TAKE_BACK, [doubtful.map(({ id }) => id), doubtful.map(({ xid }) => xid)]);
}

async function startSending(client: pg.ClientBase, claimed: ClaimedMessage[], now: Date): Promise<DoubtfulClaim[]> {
  if (claimed.length === 0) return [];
  const ids = claimed.map((message) => message.id);
  const costs = claimed.map((message) => message.permit.costAmount);
  // What it will cost as far as we know: an echo that overtakes the answer does not tell.
  const kinds = claimed.map((message) => message.permit.mode);
  const values = [now, LEASE_MS, ids, kinds, costs];
  return (await client.query<DoubtfulClaim>({ name: 'start-sending', text: START, values })).rows;
}

function unreadableChange(id: string): StatusChange {
  return { id, from: ['queued'], to: 'failed', reason: 'Nội dung tin không đọc được.', errorCode: 'content' };
}

function changeOf(verdict: Verdict, now: Date): StatusChange[] {
  const { one } = verdict;
  if (verdict.verdict === 'defer') {
    const { until, reason, because } = verdict.decision;
    const aged = because === 'quiet' && one.expiresAt !== null ? one.expiresAt.getTime() - now.getTime() : null;
    const expiresAt = aged === null ? {} : { expiresAt: new Date(until.getTime() + aged) };
    return [{ id: one.id, from: ['queued'], to: 'queued', reason, availableAt: until, ...expiresAt }];
  }
  return verdict.verdict === 'send' ? [] : [{ id: one.id, from: ['queued'], to: 'skipped', reason: verdict.reason }];
}

function claimedOf(verdict: Verdict): ClaimedMessage[] {
  if (verdict.verdict !== 'send') return [];
  const { one, permit } = verdict;
  return [
    {
      id: one.id,
      identityId: one.identityId,
      conversationId: one.conversationId,
      peerId: one.peerId,
      message: one.message,
      permit,
      attempts: one.attempts + 1,
      isFromFlow: one.author === 'flow',
      hasFallback: one.fallback.length > 0,
    },
  ];
}
