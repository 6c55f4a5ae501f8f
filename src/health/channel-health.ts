// How each channel does, read from what is there: the ledger's newest lines, the outbox, the token vault. Nothing is asked
// of a provider for it but the quota, and that is remembered.
import type pg from 'pg';
import type { ChannelName } from '../channels/inbound-event-schema.ts';
import type { QuotaWord } from '../channels/provider-quota.ts';
import { type Clock, DAY_MS, HOUR_MS } from '../clock.ts';
import type { ChannelHealthAnswer, ChannelTrouble } from './channel-health-schema.ts';

export type OpenChannel = { channel: ChannelName; accountId: string; isPaused: boolean };
export type ChannelHealthDeps = {
  db: { pool: pg.Pool };
  clock: Clock;
  channels: () => OpenChannel[];
  zaloQuota: () => Promise<QuotaWord | null>;
};

// Enough of the ledger's end to see the last hour of a busy day, whatever its length.
const LINES = 20_000;

const READ = `
WITH recent AS (SELECT at, kind, channel, reason, data, inbound_event_id FROM touchpoints ORDER BY id DESC LIMIT ${LINES})
SELECT n.channel,
  coalesce((SELECT max(r.at) FROM recent r WHERE r.channel = n.channel AND r.kind = 'message_in'),
    (SELECT max(i.last_inbound_at) FROM channel_identities i WHERE i.channel = n.channel)) AS "lastInAt",
  (SELECT max(r.at) FROM recent r WHERE r.channel = n.channel AND r.kind = 'message_out') AS "lastOutAt",
  (SELECT max(r.at) FROM recent r WHERE r.channel = n.channel AND r.inbound_event_id IS NOT NULL) AS "lastWebhookAt",
  (SELECT coalesce(json_agg(e ORDER BY e.count DESC, e.code), '[]') FROM (
    SELECT coalesce(r.data ->> 'code', 'other') AS code, count(*)::int AS count, max(r.reason) AS reason FROM recent r
    WHERE r.channel = n.channel AND r.kind IN ('message_failed', 'message_uncertain', 'message_parked') AND r.at > $2
    GROUP BY 1 LIMIT 20) e) AS errors,
  (SELECT count(*)::int FROM outbound_messages o WHERE o.channel = n.channel AND o.status = 'queued') AS queued,
  (SELECT count(*)::int FROM outbound_messages o WHERE o.channel = n.channel AND o.status = 'uncertain') AS uncertain,
  (SELECT count(*)::int FROM outbound_messages o WHERE o.channel = n.channel AND o.status = 'parked') AS parked,
  (SELECT count(*)::int FROM inbound_queue q JOIN inbound_events v ON v.id = q.event_id
    WHERE q.parked_at IS NOT NULL AND v.channel = n.channel) AS "parkedEvents",
  (SELECT row_to_json(t) FROM (SELECT k.status, k.reason, k.updated_at AS "renewedAt", k.access_expires_at AS "expiresAt",
    k.refresh_expires_at AS "refreshExpiresAt" FROM channel_tokens k WHERE k.channel = n.channel AND k.account_id = n.account_id) t) AS token
FROM unnest($1::text[], $3::text[]) WITH ORDINALITY AS n(channel, account_id, place) ORDER BY n.place`;

type Token = NonNullable<ChannelHealthAnswer['token']>;
type Row = Omit<
  ChannelHealthAnswer,
  'lastInAt' | 'lastOutAt' | 'lastWebhookAt' | 'token' | 'troubles' | 'quotas' | 'isPaused' | 'accountId' | 'canConnect'
> & { lastInAt: Date | null; lastOutAt: Date | null; lastWebhookAt: Date | null; token: Token | null };

export async function readChannelHealth(deps: ChannelHealthDeps): Promise<ChannelHealthAnswer[]> {
  const open = deps.channels();
  const now = deps.clock.now();
  const names = open.map(({ channel }) => channel);
  const accounts = open.map(({ accountId }) => accountId);
  const since = new Date(now.getTime() - HOUR_MS);
  const [{ rows }, word] = await Promise.all([
    deps.db.pool.query<Row>(READ, [names, since, accounts]),
    deps.zaloQuota().catch(() => null),
  ]);
  return open.flatMap(({ channel, accountId, isPaused }, n) => {
    const row = rows[n];
    return row === undefined ? [] : [answerOf({ ...row, channel, accountId, isPaused }, word, now)];
  });
}

type Known = Row & { accountId: string; isPaused: boolean };

function answerOf(row: Known, word: QuotaWord | null, now: Date): ChannelHealthAnswer {
  const isZalo = row.channel === 'zalo';
  const quotas = isZalo ? (word?.quotas ?? []).map((one) => ({ ...one, validThrough: null })) : [];
  const token = row.token && { ...row.token, ...timesOf(row.token) };
  const known = { ...row, token, quotas };
  return {
    ...known,
    lastInAt: row.lastInAt?.toISOString() ?? null,
    lastOutAt: row.lastOutAt?.toISOString() ?? null,
    lastWebhookAt: row.lastWebhookAt?.toISOString() ?? null,
    canConnect: isZalo,
    troubles: troublesOf(known, now),
  };
}

/** PostgreSQL writes moments into JSON in its own way. */
function timesOf({ renewedAt, expiresAt, refreshExpiresAt }: Token): Omit<Token, 'status' | 'reason'> {
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString());
  return { renewedAt: iso(renewedAt), expiresAt: iso(expiresAt), refreshExpiresAt: iso(refreshExpiresAt) };
}

const WARN_BEFORE_MS = 14 * DAY_MS;
const SILENT_MS = DAY_MS;
const MANY_ERRORS = 5;

function troublesOf(row: Known & Pick<ChannelHealthAnswer, 'quotas'>, now: Date): ChannelTrouble[] {
  const { token } = row;
  const refreshEnds = token?.refreshExpiresAt == null ? null : new Date(token.refreshExpiresAt).getTime();
  const errors = row.errors.reduce((total, { count }) => total + count, 0);
  const silence = row.lastWebhookAt === null ? 0 : now.getTime() - row.lastWebhookAt.getTime();
  const found: [ChannelTrouble, boolean][] = [
    ['not_connected', row.channel === 'zalo' && token === null],
    ['needs_reauthorisation', token?.status === 'needs_reauthorisation'],
    ['sending_paused', row.isPaused],
    ['token_refresh_failing', token?.status === 'active' && token.reason !== null],
    ['refresh_expires_soon', refreshEnds !== null && refreshEnds - now.getTime() <= WARN_BEFORE_MS],
    ['errors_lately', errors >= MANY_ERRORS],
    ['stuck_messages', row.parked + row.uncertain > 0],
    ['parked_events', row.parkedEvents > 0],
    // A package that is used up stops nothing: what goes beyond it is charged.
    ['quota_spent', row.quotas.some((one) => one.of === 'template_by_phone' && one.remain === 0 && one.total !== 0)],
    ['nothing_came_lately', row.channel !== 'email' && silence > SILENT_MS],
  ];
  return found.flatMap(([trouble, isSo]) => (isSo ? [trouble] : []));
}
