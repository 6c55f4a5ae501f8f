// How full Meta's buckets are, from the headers of any answer: percent used, and how long to wait when they are full.
import { MINUTE_MS } from '../../clock.ts';
import { isRecord, type JsonRecord, readJson } from './read-json.ts';

export type Usage = {
  /** The highest of all counters, 0 and up; 100 = throttled. */
  percent: number;
  /** How long Meta wants us to wait; 0 when it named no time. */
  waitMs: number;
};

/** null when the answer carries no usage header. */
export function readUsage(headers: Record<string, string>): Usage | null {
  const app = readHeader(headers['x-app-usage']);
  const page = readHeader(headers['x-page-usage']);
  const business = Object.values(readHeader(headers['x-business-use-case-usage']) ?? {})
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter(isRecord);
  const counters = [app, page, ...business].filter((counter) => counter !== null);
  if (counters.length === 0) return null;
  const minutes = business.map((counter) => numberAt(counter, 'estimated_time_to_regain_access'));
  return {
    percent: Math.max(...counters.map(percentOf)),
    waitMs: Math.min(Math.max(0, ...minutes), 24 * 60) * MINUTE_MS,
  };
}

function readHeader(header: string | undefined): JsonRecord | null {
  try {
    const value = header === undefined ? null : readJson(header);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function percentOf(counter: JsonRecord): number {
  return Math.max(...['call_count', 'total_time', 'total_cputime'].map((name) => numberAt(counter, name)));
}

function numberAt(record: JsonRecord, name: string): number {
  const value = Number(record[name]);
  return Number.isFinite(value) && value > 0 ? value : 0;
}
