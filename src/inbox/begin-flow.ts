// A member of staff begins a script for this customer, at any step. Whoever leads hands back to the bot with it; where the
// bot leads it begins at once, also over another question.
import type pg from 'pg';
import { askWindow, type WindowQuestion, type WindowRules } from '../channels/messaging-window.ts';
import { HttpError } from '../errors.ts';
import type { Scripts } from '../flows/published-flow.ts';
import { pushEvent } from '../inbound/push-event.ts';
import { type LockedConversation, lockConversation } from './lock-conversation.ts';
import { type MoveDeps, moveConversation } from './move-conversation.ts';
import { hasOtherWay, readFlowFile } from './read-flow-steps.ts';
import { refuseMoving } from './take-conversation.ts';

export type BeginDeps = MoveDeps & { windowRules: WindowRules; scripts: () => Pick<Scripts, 'active'> };

/** In the caller's transaction. Throws unknown_conversation, unknown_flow, unknown_step, being_moved, window_closed. */
export async function beginFlow(
  deps: BeginDeps,
  client: pg.ClientBase,
  id: string,
  { flow, at, by }: { flow: string; at?: string | undefined; by: string },
): Promise<void> {
  const published = deps.scripts().active.get(flow);
  if (published === undefined) throw new HttpError(422, 'unknown_flow', `Không có kịch bản "${flow}".`);
  if (at !== undefined && !published.flow.steps.has(at))
    throw new HttpError(422, 'unknown_step', `Kịch bản "${flow}" không có bước "${at}".`);
  const conversation = await lockConversation(client, id);
  const { state, identityId, channel, accountId, pendingMoves } = conversation;
  refuseMoving(pendingMoves);
  await refuseUnheard(deps, client, conversation, { flow, at });
  const where = { flow, ...(at === undefined ? {} : { at }) };
  if (state === 'with_agent' || state === 'waiting_for_agent')
    return await moveConversation(deps, client, id, { kind: 'hand_back', by, how: 'start_flow', ...where });
  const body = { kind: 'flow_due' as const, busy: 'interrupt' as const, force: true, ...where };
  await pushEvent(client, { id: deps.newId(), identityId, channel, accountId, body, now: deps.clock.now() });
}

/** A script that would be skipped word by word is not begun; one that knows another way is. */
async function refuseUnheard(
  { clock, windowRules, scripts }: BeginDeps,
  client: pg.ClientBase,
  conversation: LockedConversation,
  { flow, at }: { flow: string; at: string | undefined },
): Promise<void> {
  const answer = askWindow(scriptQuestion(conversation, clock.now()), windowRules);
  if (answer.allowed || hasOtherWay(await readFlowFile(client, scripts(), flow), at)) return;
  const way = 'Kịch bản chưa bắt đầu vì khách sẽ không nhận được: gửi tin mẫu, hoặc tạo việc để gọi điện.';
  throw new HttpError(409, 'window_closed', `${answer.reason} ${way}`);
}

/** What is asked for the words of a script. */
export function scriptQuestion(
  { channel, lastInteractionAt, followedAt }: Pick<LockedConversation, 'channel' | 'lastInteractionAt' | 'followedAt'>,
  now: Date,
): WindowQuestion {
  const talk = { messageKind: 'text', purpose: 'care', writtenBy: 'program' } as const;
  return { channel, now, lastInteractionAt, followedAt, ...talk };
}
