// The token vault of one OA: always one living access token, whatever number of processes ask for it, and never a refresh
// token spent twice. Order of a refresh: claim under the row lock → ask Zalo → pair on disk → pair in the row.
import type { Logger } from 'pino';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../clock.ts';
import type { ZaloSettings } from '../../config.ts';
import type { Database } from '../../database.ts';
import { type Claim, isExpired, type TokenRow } from './decide-refresh.ts';
import type { HttpClient } from './http-client.ts';
import { requestToken } from './request-token.ts';
import { createTokenRows, type TokenRows } from './token-rows.ts';
import { createTokenSpool, type SpooledPair, type TokenPair, type TokenSpool } from './token-spool.ts';

export type TokenVaultDeps = {
  db: Database;
  clock: Clock;
  log: Logger;
  http: HttpClient;
  /** 32 bytes. */
  secretKey: Buffer;
  random: (size: number) => Buffer;
  /** Where a new pair is kept until the database has it. */
  spoolDir: string;
  /** Between two looks at somebody else's refresh; tests pass their own. */
  wait?: (ms: number) => Promise<void>;
};

export type TokenAnswer =
  | { ok: true; accessToken: string }
  /** Nothing can be called now. `reason` is for agents; `retryAt` says when to look again. */
  | { ok: false; code: string; reason: string; retryAt: Date | null };

export type TokenState = {
  status: 'active' | 'needs_reauthorisation' | 'not_connected';
  reason: string | null;
  accessExpiresAt: Date | null;
  /** After this day without a refresh the owner must authorise again. */
  refreshExpiresAt: Date | null;
  /** Sentences for operators: what will break, when, what to do. */
  warnings: string[];
};

export type TokenVault = {
  /** The stored token; renewed first when its time is over. */
  getAccessToken(): Promise<TokenAnswer>;
  /** After Zalo refused a token: the stored one if somebody has renewed it, else renews it once. */
  renewAfterRefusal(refused: string): Promise<TokenAnswer>;
  /** To be called each minute: renews what is due, finishes what a crash left, warns early. */
  keepFresh(probe: () => Promise<boolean>): Promise<TokenState>;
  /** A pair from a new authorisation. */
  replacePair(pair: TokenPair): Promise<void>;
  state(): Promise<TokenState>;
};

const LOOK_AGAIN_MS = 250;
const MOST_LOOKS = 100;
const WARN_BEFORE_MS = 14 * DAY_MS;
const FIRST_BACKOFF_MS = 5 * SECOND_MS;
/** Below two minutes, as the outside contract promises. */
const LONGEST_BACKOFF_MS = 90 * SECOND_MS;

type Work = Required<TokenVaultDeps> & {
  rows: TokenRows;
  spool: TokenSpool;
  settings: ZaloSettings;
  failures: number;
  /** A pair that neither the database nor the disk could take yet. */
  unsaved: SpooledPair | null;
  /** Each minute a look, each hour a line in the log. */
  warnedAt: number;
};

export function createTokenVault(deps: TokenVaultDeps, settings: ZaloSettings): TokenVault {
  const key = { secretKey: deps.secretKey, random: deps.random };
  const work: Work = {
    ...deps,
    wait: deps.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    rows: createTokenRows({ db: deps.db, clock: deps.clock, key }, settings.oaId),
    spool: createTokenSpool(key, deps.spoolDir, settings.oaId),
    settings,
    failures: 0,
    unsaved: null,
    warnedAt: Number.NEGATIVE_INFINITY,
  };
  const renewOnce = singleFlight((refused: string | null) => renew(work, refused));
  return {
    async getAccessToken() {
      const row = await loadRow(work);
      if (row === null) return notConnected(work);
      if (row.status === 'needs_reauthorisation') return needsReauthorisation(work, row.reason);
      if (row.accessToken === null) return needsReauthorisation(work, 'key_changed');
      return isExpired(row, deps.clock.now()) ? renewOnce(null) : { ok: true, accessToken: row.accessToken };
    },
    async renewAfterRefusal(refused) {
      const row = await loadRow(work);
      const isRenewed = row?.status === 'active' && row.refreshStartedAt === null && row.accessToken !== refused;
      if (isRenewed && row.accessToken !== null) return { ok: true, accessToken: row.accessToken };
      return renewOnce(refused);
    },
    keepFresh: (probe) => keepFresh(work, renewOnce, probe),
    async replacePair(pair) {
      await work.rows.replacePair(pair);
      work.unsaved = null;
    },
    state: async () => describe(await loadRow(work), deps.clock.now()),
  };
}

/** The row, after anything that waits on disk has gone into it; made from the settings when there is none. */
async function loadRow(work: Work): Promise<TokenRow | null> {
  const row = (await work.rows.read()) ?? (await insertFirst(work));
  if (row === null) return null;
  const spooled = work.unsaved ?? (await work.spool.read(row.fence + 1));
  if (spooled === null) return row;
  if (spooled.fence > row.fence) {
    await work.rows.savePair(spooled.pair, row.fence);
    work.log.warn({ oaId: work.settings.oaId }, 'A token pair that waited outside the database is saved now.');
  }
  work.unsaved = null;
  await work.spool.removeUpTo(spooled.fence);
  return work.rows.read();
}

async function insertFirst({ rows, settings }: Work): Promise<TokenRow | null> {
  const { accessToken, refreshToken } = settings;
  if (accessToken === null && refreshToken === null) return null;
  await rows.insertFirst({ accessToken: accessToken ?? '', refreshToken, isExpired: accessToken === null });
  return rows.read();
}

async function renew(work: Work, refused: string | null): Promise<TokenAnswer> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const result = await work.rows.claim(refused);
    switch (result.kind) {
      case 'claimed':
        return refresh(work, result.claim);
      case 'renewed':
        return { ok: true, accessToken: result.accessToken };
      case 'backing_off':
        return refreshFailed(result.until);
      case 'needs_reauthorisation':
        return needsReauthorisation(work, result.reason);
      case 'missing':
        return notConnected(work);
      case 'busy':
        await work.wait(LOOK_AGAIN_MS);
        // The other process may have left its pair on disk only.
        await loadRow(work);
    }
  }
  return refreshFailed(new Date(work.clock.now().getTime() + 30 * SECOND_MS));
}

async function refresh(work: Work, claim: Claim): Promise<TokenAnswer> {
  const grant = { grant_type: 'refresh_token', refresh_token: claim.refreshToken } as const;
  const reply = await work.db.durably('request-token', () => requestToken(work, work.settings, grant));
  switch (reply.kind) {
    case 'pair':
      work.failures = 0;
      return keepPair(work, claim, reply.pair);
    case 'not_now':
      return tryLater(work, claim, reply.code);
    case 'refused':
      return stop(work, claim, `refused:${reply.code}`);
    case 'lost': {
      work.log.error({ code: reply.code }, 'The answer to a token refresh was lost.');
      // Only Zalo knows whether the token is spent: as long as it does not say so, the same token is tried again.
      if (claim.isSecondTry) return tryLater(work, claim, reply.code);
      const second = await work.rows.claimSecondTry(claim);
      return second === null ? renew(work, null) : refresh(work, second);
    }
  }
}

async function tryLater(work: Work, claim: Claim, code: string): Promise<TokenAnswer> {
  const retryAt = new Date(work.clock.now().getTime() + backoffOf(work));
  work.log.warn({ code, retryAt }, 'Zalo did not refresh the token; the same token is tried again.');
  await work.rows.release(claim, retryAt);
  return refreshFailed(retryAt);
}

/** From here on the old pair is dead: the new one must survive a crash and a database that is away. */
async function keepPair(work: Work, claim: Claim, pair: TokenPair): Promise<TokenAnswer> {
  const spooled = { fence: claim.fence + 1, pair };
  await work.db
    .durably('spool-token', () => work.spool.write(spooled))
    .catch((error: unknown) => {
      work.log.error({ err: error }, 'The new token pair could not be written to disk.');
    });
  try {
    const isSaved = await work.rows.savePair(pair, claim.fence);
    await work.spool.removeUpTo(spooled.fence);
    if (isSaved) return { ok: true, accessToken: pair.accessToken };
    work.log.warn('A token pair came too late: a newer one is stored.');
    const row = await work.rows.read();
    return row?.accessToken ? { ok: true, accessToken: row.accessToken } : notConnected(work);
  } catch (error) {
    work.unsaved = spooled;
    work.log.error({ err: error }, 'The new token pair is not in the database yet: it could not commit.');
    return { ok: true, accessToken: pair.accessToken };
  }
}

async function stop(work: Work, claim: Claim, reason: string): Promise<TokenAnswer> {
  work.log.error({ reason }, 'The OA must be authorised again; sending to Zalo is paused and nothing is lost.');
  await work.rows.stop(claim, reason);
  return needsReauthorisation(work, reason);
}

async function keepFresh(
  work: Work,
  renewOnce: (refused: string | null) => Promise<TokenAnswer>,
  probe: () => Promise<boolean>,
): Promise<TokenState> {
  const row = await loadRow(work);
  const now = work.clock.now();
  // What somebody left who died between the two.
  if (row !== null) await work.spool.removeUpTo(row.fence);
  const isDue = row?.status === 'active' && (row.refreshStartedAt !== null || (row.nextRefreshAt ?? now) <= now);
  if (isDue) {
    // The age of a first token is not known: asking costs nothing, a refresh would spend the operator's token.
    const isUnknown = row.accessExpiresAt === null && row.refreshStartedAt === null && row.reason === null;
    if (!isUnknown) await renewOnce(null);
    else if (await probe()) await work.rows.postpone(new Date(now.getTime() + HOUR_MS));
  }
  const state = describe(await work.rows.read(), now);
  if (state.warnings.length > 0 && now.getTime() - work.warnedAt >= HOUR_MS) {
    for (const warning of state.warnings) work.log.warn({ oaId: work.settings.oaId }, warning);
    work.warnedAt = now.getTime();
  }
  return state;
}

function describe(row: TokenRow | null, now: Date): TokenState {
  if (row === null) {
    const warnings = ['OA Zalo chưa được kết nối: mở /oauth/zalo/start để kết nối.'];
    return { status: 'not_connected', reason: null, accessExpiresAt: null, refreshExpiresAt: null, warnings };
  }
  const { status, reason, accessExpiresAt, refreshExpiresAt } = row;
  const warnings: string[] = [];
  if (status === 'needs_reauthorisation' || row.accessToken === null) {
    warnings.push('OA Zalo cần được cấp quyền lại: mở /oauth/zalo/start. Tin đang chờ sẽ tự gửi sau đó.');
  } else if (refreshExpiresAt !== null && refreshExpiresAt.getTime() - now.getTime() <= WARN_BEFORE_MS) {
    const day = refreshExpiresAt.toLocaleDateString('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh' });
    warnings.push(`Quyền truy cập OA Zalo hết hạn ngày ${day}: mở /oauth/zalo/start để cấp quyền lại trước ngày đó.`);
  }
  return { status, reason, accessExpiresAt, refreshExpiresAt, warnings };
}

function backoffOf(work: Work): number {
  const step = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** work.failures);
  work.failures = Math.min(work.failures + 1, 10);
  const jitter = (work.random(1)[0] ?? 0) / 255;
  return step * (0.8 + 0.2 * jitter);
}

function refreshFailed(retryAt: Date): TokenAnswer {
  const reason = 'Chưa làm mới được mã truy cập của OA. Hệ thống đang tự thử lại; tin được giữ lại.';
  return { ok: false, code: 'token_refresh_failed', reason, retryAt };
}

function needsReauthorisation({ clock }: Work, cause: string | null): TokenAnswer {
  const why = cause === 'key_changed' ? ' (SECRET_KEY đã đổi nên không đọc được mã cũ)' : '';
  const reason = `OA cần được cấp quyền lại${why}. Quản trị viên mở /oauth/zalo/start để kết nối; tin chờ sẽ tự gửi sau đó.`;
  return { ok: false, code: 'needs_reauthorisation', reason, retryAt: new Date(clock.now().getTime() + MINUTE_MS) };
}

function notConnected({ clock }: Work): TokenAnswer {
  const reason = 'OA chưa được kết nối. Quản trị viên mở /oauth/zalo/start để kết nối; tin chờ sẽ tự gửi sau đó.';
  return { ok: false, code: 'not_connected', reason, retryAt: new Date(clock.now().getTime() + MINUTE_MS) };
}

/** Callers that come with the same question while it is being answered get that answer. */
function singleFlight(run: (refused: string | null) => Promise<TokenAnswer>) {
  const flights = new Map<string | null, Promise<TokenAnswer>>();
  return (refused: string | null): Promise<TokenAnswer> => {
    const flight = flights.get(refused) ?? run(refused).finally(() => flights.delete(refused));
    flights.set(refused, flight);
    return flight;
  };
}
