// Who proves to be a known customer is joined with them. The turn that heard of it only leaves a wish, as an event of its
// own: joining locks other people, which the path of messages must not wait for.
import type pg from 'pg';
import { SECOND_MS } from '../clock.ts';
import type { StoredBody } from '../conversations/stored-event.ts';
import type { Turn } from '../conversations/turn.ts';
import type { LinkClaim } from '../customers/find-claimed.ts';
import { findCode } from '../customers/link-code.ts';
import type { LinkWish } from '../customers/link-identity.ts';
import { hashId } from '../ids.ts';
import type { Outcome } from './outcome.ts';
import { pushEvent } from './push-event.ts';

export type LinkIdentity = (client: pg.ClientBase, wish: LinkWish) => Promise<'done' | 'busy'>;

const AGAIN_MS = SECOND_MS;

type LinkContext = { now: Date; linkIdentity?: LinkIdentity | undefined };

/** After a batch was saved, in its transaction. Costs nothing when nobody said who they are. */
export async function linkPeople(
  client: pg.ClientBase,
  { now, linkIdentity }: LinkContext,
  outcomes: readonly Outcome[],
): Promise<void> {
  for (const outcome of outcomes) {
    for (const turn of outcome.turns) await linkOne(client, { now, linkIdentity }, outcome, turn);
  }
}

async function linkOne(
  client: pg.ClientBase,
  { now, linkIdentity }: LinkContext,
  { person: { identity } }: Outcome,
  turn: Turn,
): Promise<void> {
  const { body, event } = turn;
  const push = (claim: LinkClaim, at: Date) =>
    pushEvent(client, {
      id: hashId('link', event.id),
      identityId: identity.id,
      channel: identity.channel,
      accountId: identity.accountId,
      now: at,
      body: { kind: 'link_identity', claim },
    });
  if (body.kind !== 'link_identity') {
    const claim = claimOf(body);
    if (claim !== null) await push(claim, now);
    return;
  }
  const result = await linkIdentity?.(client, { identityId: identity.id, claim: body.claim, now });
  if (result === 'busy') await push(body.claim, new Date(now.getTime() + AGAIN_MS));
}

/** What somebody did on the channel that says who they are. */
function claimOf(body: StoredBody): LinkClaim | null {
  switch (body.kind) {
    case 'contact_shared':
      return body.phone === undefined ? null : { by: 'phone', phone: body.phone };
    case 'message': {
      if (body.referral?.ref !== undefined) return { by: 'ref', ref: body.referral.ref };
      const code = body.text === null ? null : findCode(body.text);
      return code === null ? null : { by: 'code', code };
    }
    case 'opened_chat':
    case 'referral':
      return body.referral?.ref === undefined ? null : { by: 'ref', ref: body.referral.ref };
    default:
      return null;
  }
}
