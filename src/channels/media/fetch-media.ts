// Fetches what customers sent before the provider's link dies: rows of `media` that are wanted become files.
// Any number of processes may ring this; a row is worked by one of them, and again when that one dies.
import type { Logger } from 'pino';
import { type Clock, HOUR_MS, MINUTE_MS } from '../../clock.ts';
import type { Database } from '../../database.ts';
import { chooseMediaType } from './media-type.ts';
import { claimDueMedia, type DueMedia, markMediaFailed, markMediaStored, type StoredMedia } from './repository.ts';
import { type FetchFailure, fetchSafely, type SafeFetchOptions } from './safe-fetch.ts';
import { storeFile } from './store-file.ts';

export type MediaFetcherDependencies = {
  db: Pick<Database, 'pool' | 'durably' | 'queueTransaction'>;
  clock: Clock;
  log: Pick<Logger, 'warn'>;
  /** DATA_DIR/media. */
  mediaDir: string;
  /** Origins of the sandbox, for instance "http://127.0.0.1:4010". */
  allowedOrigins?: readonly string[];
  resolve?: SafeFetchOptions['resolve'];
  limits?: { maxBytes: number; timeoutMs: number };
};

const DEFAULT_LIMITS = { maxBytes: 25 * 1024 * 1024, timeoutMs: 60_000 };
const AT_ONCE = 4;
/** Longer than a download may take: nobody else takes the row meanwhile. */
const LEASE_MS = 3 * MINUTE_MS;
/** After the first, second … failure; then it is given up. */
const RETRY_AFTER_MS = [MINUTE_MS, 5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS];

const REASONS: Record<FetchFailure['code'], string> = {
  bad_address: 'Địa chỉ tệp khách gửi không hợp lệ.',
  forbidden_address: 'Địa chỉ tệp trỏ vào mạng nội bộ nên không được tải.',
  too_big: 'Tệp khách gửi lớn quá giới hạn lưu trữ.',
  too_many_redirects: 'Địa chỉ tệp chuyển hướng quá nhiều lần.',
  gone: 'Liên kết tệp đã hết hạn trước khi kịp lưu. Hãy xin khách gửi lại.',
  unreachable: 'Không tải được tệp sau nhiều lần thử. Hãy xin khách gửi lại.',
};
const DISK_REASON = 'Không ghi được tệp vào ổ đĩa. Quản trị viên kiểm tra dung lượng DATA_DIR.';

/** Works all rows that are due, then answers how many were stored. Throws when the database is away. */
export async function runMediaFetcher(deps: MediaFetcherDependencies): Promise<number> {
  let stored = 0;
  while (true) {
    const now = deps.clock.now();
    const due = await claimDueMedia(deps.db, { now, leaseUntil: new Date(now.getTime() + LEASE_MS), limit: AT_ONCE });
    if (due.length === 0) return stored;
    const results = await Promise.all(due.map((media) => fetchOne(deps, media)));
    stored += results.filter((isStored) => isStored).length;
  }
}

async function fetchOne(deps: MediaFetcherDependencies, media: DueMedia): Promise<boolean> {
  const outcome = await deps.db.durably('store-media', () => download(deps, media));
  if (outcome.ok) {
    await markMediaStored(deps.db, media.id, outcome, deps.clock.now());
    return true;
  }
  const waitMs = outcome.isTemporary ? RETRY_AFTER_MS[media.attempts - 1] : undefined;
  const retryAt = waitMs === undefined ? null : new Date(deps.clock.now().getTime() + waitMs);
  await markMediaFailed(deps.db, media.id, outcome.reason, retryAt);
  deps.log.warn({ mediaId: media.id, code: outcome.code, willRetry: retryAt !== null }, 'media: not fetched');
  return false;
}

type Download = ({ ok: true } & StoredMedia) | { ok: false; code: string; reason: string; isTemporary: boolean };

async function download(deps: MediaFetcherDependencies, media: DueMedia): Promise<Download> {
  const { allowedOrigins, resolve, limits = DEFAULT_LIMITS, mediaDir } = deps;
  const options = { ...limits, ...(allowedOrigins ? { allowedOrigins } : {}), ...(resolve ? { resolve } : {}) };
  try {
    return await storeFile<Download>({ folder: mediaDir, partName: `${media.id}.part` }, async (sink) => {
      const fetched = await fetchSafely(media.url, sink, options);
      if (!fetched.ok) return { name: null, result: { ...fetched, reason: REASONS[fetched.code] } };
      const { contentType, extension } = chooseMediaType(fetched.contentType);
      // The name is ours: the month and the row's id, nothing of what the stranger wrote.
      const path = `${media.createdAt.toISOString().slice(0, 7)}/${media.id}.${extension}`;
      return { name: path, result: { ok: true, path, contentType, byteSize: fetched.byteSize } };
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'bug';
    return { ok: false, code, reason: DISK_REASON, isTemporary: true };
  }
}
