// Unknown outcomes: never repeated blindly. The echo settles most; then the provider's own history is asked; what
// nobody can tell is parked, visible, for a person to decide.
import type { Logger } from 'pino';
import type { Channel, SentLookup } from '../channels/channel.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { type Message, messageSchema } from '../flows/message-schema.ts';
import { changeStatus, type StatusChange } from './change-status.ts';
import { markSent } from './mark-sent.ts';
import { PARK_MS, PARK_UNASKED_MS, SETTLE_LOOK_MS, settleMsOf } from './retry-policy.ts';

type Deps = { db: Database; channel: Channel; clock: Clock; log: Logger };

/** A sender that died leaves `sending` behind. Leases run on the database's clock, the same for every process. */
const EXPIRED = `
SELECT id, attempts FROM outbound_messages WHERE channel = $1 AND status = 'sending' AND lease_until < now() LIMIT 500`;

const TO_LOOK_AT = `
SELECT o.id, o.attempts, o.content, o.sending_at, i.external_id FROM (
  SELECT * FROM outbound_messages WHERE channel = $1 AND status = 'uncertain' AND available_at <= $2 ORDER BY seq LIMIT 20) o
JOIN channel_identities i ON i.id = o.identity_id ORDER BY o.seq`;

type Row = { id: string; attempts: number; content: unknown; sending_at: Date; external_id: string };
type Uncertain = Omit<Row, 'content'> & {
  /** null = it cannot be read. */
  message: Message | null;
};

function readRow({ content, ...row }: Row): Uncertain {
  return { ...row, message: messageSchema.safeParse(content).data ?? null };
}

/** One round: expired leases become uncertain, uncertain ones are looked up. Answers how many it touched. */
export async function settleMessages(deps: Deps): Promise<number> {
  const now = deps.clock.now();
  const expired = await deps.db.pool.query<{ id: string; attempts: number }>(EXPIRED, [deps.channel.name]);
  // Never without a transaction: whoever dies between a message's move and what follows from it would lose the rest.
  const lost = expired.rows.map((row) => becameUncertain(row, now));
  if (lost.length > 0) await deps.db.queueTransaction('lease-ran-out', (client) => changeStatus(client, now, lost));
  const { rows } = await deps.db.pool.query<Row>(TO_LOOK_AT, [deps.channel.name, now]);
  const uncertain = rows.map(readRow);
  // First: where few questions are allowed, those about the messages would leave none for it.
  const isProofWanted = uncertain.some((one) => ageMs(one, now) >= settleMsOf(deps.channel.name, one.message));
  const proof = isProofWanted ? await lookForKnown(deps) : null;
  if (proof?.found === 'not_yet') return expired.rows.length;
  await Promise.all(uncertain.map((one) => settleOne(deps, one, { now, isHistoryFaithful: proof?.found === 'yes' })));
  return expired.rows.length + uncertain.length;
}

function becameUncertain({ id, attempts }: { id: string; attempts: number }, now: Date): StatusChange {
  return {
    id,
    attempt: attempts,
    from: ['sending'],
    to: 'uncertain',
    reason: 'Tiến trình gửi dừng giữa chừng, chưa rõ tin đã đi hay chưa.',
    errorCode: 'lease_expired',
    availableAt: new Date(now.getTime() + SETTLE_LOOK_MS),
  };
}

/** Judged by the time when the round began: from then on it is known whether the history can be believed. */
type Judging = { now: Date; isHistoryFaithful: boolean };

async function settleOne(deps: Deps, row: Uncertain, { now, isHistoryFaithful }: Judging): Promise<void> {
  const { message } = row;
  const seen = message === null ? { found: 'unknown' as const } : await look(deps, row, message);
  // Untouched, so that the next round finds it.
  if (seen.found === 'not_yet') return;
  const isProof =
    seen.found === 'yes'
      ? !(await isOfAnother(deps, row, seen.providerMessageId))
      : seen.found !== 'no' || isHistoryFaithful;
  const lookup = isProof ? seen : { found: 'unknown' as const };
  if (lookup.found === 'yes') {
    const fact = { id: row.id, providerMessageId: lookup.providerMessageId, sentAt: row.sending_at };
    const facts = [{ ...fact, costKind: null, costAmount: null, knownBy: 'history' }];
    return await deps.db.queueTransaction('settle-as-sent', (client) => markSent(client, facts));
  }
  await deps.db.queueTransaction('settle-by-history', (client) =>
    changeStatus(client, deps.clock.now(), [
      decide(row, lookup, { now, settleMs: settleMsOf(deps.channel.name, message) }),
    ]),
  );
}

const OF_ANOTHER =
  'SELECT 1 FROM outbound_messages WHERE provider_message_id = $1 AND channel = $2 AND id <> $3 LIMIT 1';

/** The same words said a moment before: that message is in the history under its own id, which says nothing of this one. */
async function isOfAnother({ db, channel }: Deps, { id }: Uncertain, providerMessageId: string): Promise<boolean> {
  const { rows } = await db.pool.query(OF_ANOTHER, [providerMessageId, channel.name, id]);
  return rows.length > 0;
}

async function look({ channel, log }: Deps, row: Uncertain, message: Message): Promise<SentLookup> {
  const request = { peerId: row.external_id, outboundMessageId: row.id, message, since: row.sending_at };
  return await channel.findSentMessage(request).catch((error: unknown) => {
    log.warn({ err: error }, 'a look for a sent message failed');
    return { found: 'unknown' as const };
  });
}

// A channel that was silent for so many lines has nothing to show: the ledger of years is not gone through for it.
const LAST_SENT = `
SELECT o.id, o.attempts, o.content, o.sending_at, i.external_id FROM (
  SELECT outbound_message_id FROM touchpoints WHERE kind = 'message_out' AND channel = $1 AND outbound_message_id IS NOT NULL
    AND id > (SELECT max(id) FROM touchpoints) - 20000
  ORDER BY id DESC LIMIT 5) t
JOIN outbound_messages o ON o.id = t.outbound_message_id JOIN channel_identities i ON i.id = o.identity_id
WHERE o.content ->> 'kind' = 'text' AND o.status IN ('sent', 'delivered', 'read') ORDER BY o.sent_at DESC LIMIT 1`;

/** A history may say "not there" only if it shows what we know to be there: the last message that surely was sent. */
async function lookForKnown(deps: Deps): Promise<SentLookup> {
  const { rows } = await deps.db.pool.query<Row>(LAST_SENT, [deps.channel.name]);
  const [known] = rows.map(readRow);
  const message = known?.message ?? null;
  return known !== undefined && message !== null ? await look(deps, known, message) : { found: 'unknown' };
}

function ageMs(row: Uncertain, now: Date): number {
  return now.getTime() - row.sending_at.getTime();
}

const PARK_AFTER_MS: Partial<Record<SentLookup['found'], number>> = { unknown: PARK_MS, not_asked: PARK_UNASKED_MS };

/** "Not there" counts only when it is too late for a call under way to arrive after all. */
function decide(row: Uncertain, lookup: SentLookup, { now, settleMs }: { now: Date; settleMs: number }): StatusChange {
  // While the history was asked another process may have sent it once more: of that try it does not tell.
  const base = { id: row.id, from: ['uncertain'], attempt: row.attempts };
  const age = ageMs(row, now);
  // A history that told nothing is asked a few times more, and one that could not be asked for much longer: a channel that
  // waits to be connected again says nothing meanwhile, so nobody is hurt by waiting with it.
  if (age < settleMs || age < (PARK_AFTER_MS[lookup.found] ?? 0)) {
    const next = new Date(now.getTime() + SETTLE_LOOK_MS);
    return { ...base, to: 'uncertain', reason: 'Đang chờ kênh xác nhận tin đã đi hay chưa.', availableAt: next };
  }
  if (lookup.found === 'no') {
    return { ...base, to: 'queued', reason: 'Kênh cho biết tin chưa đi; gửi lại.', availableAt: now };
  }
  return {
    ...base,
    to: 'parked',
    reason: 'Không rõ tin đã tới khách chưa. Hãy xem cuộc trò chuyện trên kênh rồi quyết định gửi lại hay bỏ.',
    errorCode: 'unknown_outcome',
  };
}
