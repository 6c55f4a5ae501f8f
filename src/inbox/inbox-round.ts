// What the inbox does by itself, second by second: deadlines and owners for what was handed over, snoozed ones that come
// back, and now and then a look at who is forgotten.
import type { Logger } from 'pino';
import { SECOND_MS } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { createRound, type Round } from '../round.ts';
import { type AttendDeps, attendConversations } from './attend-conversations.ts';
import type { PolicyMemory } from './policy-memory.ts';
import { returnIdle } from './return-idle.ts';
import { wakeConversations } from './snooze-conversation.ts';

export type InboxRoundDeps = AttendDeps & {
  newId: NewId;
  log: Logger;
  policies: PolicyMemory;
  onEventsPushed: () => void;
};

const IDLE_EVERY_MS = 20 * SECOND_MS;

export function createInboxRound(deps: InboxRoundDeps): Round {
  let idleAt = Number.NEGATIVE_INFINITY;
  return createRound(
    async () => {
      const now = deps.clock.now();
      await wakeConversations(deps.db, now);
      const policies = await deps.policies.read();
      const isMore = await attendConversations(deps, policies);
      if (now.getTime() >= idleAt + IDLE_EVERY_MS) {
        idleAt = now.getTime();
        if ((await returnIdle(deps, policies)) > 0) deps.onEventsPushed();
      }
      return isMore;
    },
    (error) => deps.log.warn({ err: error }, 'a round of the inbox failed'),
  );
}
