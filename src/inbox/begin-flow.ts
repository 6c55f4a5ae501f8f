// A member of staff begins a script for this customer, at any step. Whoever leads hands back to the bot with it; where the
// bot leads it begins at once, also over another question.
import type pg from 'pg';
import { HttpError } from '../errors.ts';
import type { Scripts } from '../flow-library/published-flow.ts';
import { pushEvent } from '../inbound/push-event.ts';
import { lockConversation } from './lock-conversation.ts';
import { type MoveDeps, moveConversation } from './move-conversation.ts';
import { refuseMoving } from './take-conversation.ts';

export type BeginDeps = MoveDeps & { scripts: () => Pick<Scripts, 'active'> };

/** In the caller's transaction. Throws unknown_conversation, unknown_flow, unknown_step, being_moved. */
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
  const { state, identityId, channel, accountId, pendingMoves } = await lockConversation(client, id);
  refuseMoving(pendingMoves);
  const where = { flow, ...(at === undefined ? {} : { at }) };
  if (state === 'with_agent' || state === 'waiting_for_agent')
    return await moveConversation(deps, client, id, { kind: 'hand_back', by, how: 'start_flow', ...where });
  const body = { kind: 'flow_due' as const, busy: 'interrupt' as const, force: true, ...where };
  await pushEvent(client, { id: deps.newId(), identityId, channel, accountId, body, now: deps.clock.now() });
}
