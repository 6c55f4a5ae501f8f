// The state file: a restarted sandbox still knows its people, their chats, the tokens and the virtual time.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { DAY_MS } from '../clock.ts';
import { createToken, type RandomBytes } from './create-ids.ts';
import { sampleUtilityTemplates, sampleZnsTemplates } from './sample-templates.ts';
import { type Credentials, type SandboxState, sandboxStateSchema } from './sandbox-schema.ts';

export const ACCESS_TOKEN_LIFE_MS = 90_000_000;
export const REFRESH_TOKEN_LIFE_MS = 90 * DAY_MS;
const WRITE_AFTER_MS = 250;

/** The stored state, or a fresh one; given credentials win over stored ones. A file that cannot be read is set aside, never deleted. */
export function loadState(
  deps: { clock: Clock; random: RandomBytes },
  statePath: string | null,
  credentials: Partial<Credentials>,
): SandboxState {
  const fresh = createState(deps, credentials);
  if (statePath === null || !existsSync(statePath)) return fresh;
  const stored = readStored(statePath);
  if (stored === null) {
    renameSync(statePath, `${statePath}.unreadable`);
    return fresh;
  }
  return {
    ...stored,
    credentials: { ...stored.credentials, ...credentials },
    znsTemplates: withSamples(stored.znsTemplates, sampleZnsTemplates, ({ id }) => id),
    utilityTemplates: withSamples(stored.utilityTemplates, sampleUtilityTemplates, ({ name }) => name),
  };
}

/** Samples that came later are approved in an older sandbox as well; what stands there already stays as it is. */
function withSamples<Item>(stored: Item[], samples: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const known = new Set(stored.map(nameOf));
  return [...stored, ...samples.filter((sample) => !known.has(nameOf(sample)))];
}

function readStored(statePath: string): SandboxState | null {
  try {
    const parsed = sandboxStateSchema.safeParse(JSON.parse(readFileSync(statePath, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function createState(deps: { clock: Clock; random: RandomBytes }, given: Partial<Credentials>): SandboxState {
  const now = deps.clock.now().getTime();
  return {
    version: 1,
    credentials: { ...createCredentials(deps.random), ...given },
    tokens: {
      accessToken: createToken(deps.random),
      accessExpiresAt: now + ACCESS_TOKEN_LIFE_MS,
      refreshToken: createToken(deps.random),
      refreshExpiresAt: now + REFRESH_TOKEN_LIFE_MS,
    },
    clockOffsetMs: 0,
    people: [],
    znsTemplates: sampleZnsTemplates,
    utilityTemplates: sampleUtilityTemplates,
    messengerProfile: {},
    subscribedFields: [
      'messages',
      'messaging_postbacks',
      'messaging_referrals',
      'message_deliveries',
      'message_reads',
      'message_echoes',
      'message_reactions',
      'messaging_feedback',
    ],
    zaloSubQuota: 0,
  };
}

function createCredentials(random: RandomBytes): Credentials {
  return {
    zaloAppId: '2187650943817264530',
    zaloAppSecret: createToken(random, 15),
    zaloOaId: '4318642705812236551',
    zaloOaSecretKey: createToken(random, 15),
    zaloCallbackUrl: null,
    messengerAppId: '1043826615527364',
    messengerAppSecret: random(16).toString('hex'),
    messengerVerifyToken: createToken(random, 12),
    messengerPageId: '682498302938465',
    messengerPageAccessToken: `EAAS${createToken(random)}`,
  };
}

export type StateKeeper = {
  /** Soon: many changes become one write. */
  saveSoon(): void;
  /** Before returning: a single-use token must never be lost by a crash. */
  saveNow(): void;
  close(): void;
};

/** Writes the state beside and renames it, so that a crash leaves the old file or the new one. */
export function keepState(statePath: string | null, state: SandboxState): StateKeeper {
  let timer: NodeJS.Timeout | null = null;
  const saveNow = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (statePath === null) return;
    mkdirSync(dirname(statePath), { recursive: true });
    writeFileSync(`${statePath}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${statePath}.new`, statePath);
  };
  return {
    saveNow,
    saveSoon() {
      if (statePath !== null && timer === null) timer = setTimeout(saveNow, WRITE_AFTER_MS);
    },
    close: saveNow,
  };
}
