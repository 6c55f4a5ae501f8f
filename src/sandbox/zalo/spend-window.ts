// Zalo's windows: what a consultation message costs now, or why it is refused (contract sheet, section 5).
import { DAY_MS, HOUR_MS } from '../../clock.ts';
import type { Person, SandboxState } from '../sandbox-schema.ts';

export type Quota = Record<string, string>;
export type WindowDecision = { ok: true; quota: Quota | null; isCharged: boolean } | { ok: false; error: number };

const FREE_MS = 48 * HOUR_MS;
const OPEN_MS = 7 * DAY_MS;
const WELCOMES = 3;

/** Decides and, when allowed, counts what was used. */
export function spendWindow(state: SandboxState, person: Person, now: number): WindowDecision {
  if (person.isBlocking) return { ok: false, error: -244 };
  if (person.lastInteractionAt === null) return spendWelcome(person, now);
  const age = now - person.lastInteractionAt;
  if (age <= FREE_MS) return free({ quota_type: 'reply', remain: '8', total: '8' });
  if (age > OPEN_MS) return { ok: false, error: -230 };
  if (state.zaloSubQuota === 0) return { ok: true, quota: null, isCharged: true };
  state.zaloSubQuota -= 1;
  return free({
    quota_type: 'sub_quota',
    remain: String(state.zaloSubQuota),
    total: '500',
    expired_date: '31/12/2026',
  });
}

function spendWelcome(person: Person, now: number): WindowDecision {
  if (person.followedAt === null) return { ok: false, error: -232 };
  if (!person.isFollowing) return { ok: false, error: -213 };
  if (now - person.followedAt > OPEN_MS) return { ok: false, error: -230 };
  if (person.welcomesUsed >= WELCOMES) return { ok: false, error: -211 };
  person.welcomesUsed += 1;
  return free({ quota_type: 'welcome_msg', remain: String(WELCOMES - person.welcomesUsed), total: String(WELCOMES) });
}

const free = (quota: Quota): WindowDecision => ({ ok: true, quota, isCharged: false });
