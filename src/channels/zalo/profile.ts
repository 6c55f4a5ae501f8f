// Who is this? GET /v3.0/oa/user/detail (contract sheet 3.8).
import { z } from 'zod';
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { ChannelProfile } from '../channel.ts';
import type { ZaloApi } from './api-client.ts';
import { classifyError } from './classify-error.ts';
import { givenNameOf } from './given-name.ts';

const text = z.string().transform(cleanText).optional().catch(undefined);

const detailSchema = z.object({
  display_name: text,
  user_is_follower: z.boolean().optional().catch(undefined),
  avatar: text,
  avatars: z.object({ '240': text }).optional().catch(undefined),
  shared_info: z.object({ phone: text }).optional().catch(undefined),
});

/** Null for people Zalo tells nothing about (phone numbers, strangers); throws when Zalo cannot be asked now. */
export async function fetchZaloProfile(
  { api, now }: { api: ZaloApi; now: () => Date },
  peerId: string,
  signal: AbortSignal,
): Promise<ChannelProfile | null> {
  if (peerId.includes(':')) return null;
  const path = '/v3.0/oa/user/detail';
  const outcome = await untilAborted(
    api.call({ host: 'openapi', method: 'GET', path, query: { user_id: peerId }, signal }),
    signal,
  );
  if (outcome.kind === 'error') {
    const result = classifyError('openapi', outcome.code, now());
    if (result.outcome === 'refused') return null;
  }
  if (outcome.kind !== 'ok') throw new Error(`Zalo did not tell the profile now (${outcome.code}).`);
  const detail = detailSchema.safeParse(outcome.data).data;
  if (detail === undefined) return null;
  const phone = detail.shared_info?.phone;
  return {
    displayName: detail.display_name || null,
    givenName: detail.display_name ? givenNameOf(detail.display_name) : null,
    avatarUrl: detail.avatars?.['240'] || detail.avatar || null,
    // An unknown phone is sent as "" or 0.
    phone: phone && phone.length >= 8 ? phone : null,
    isFollower: detail.user_is_follower ?? null,
  };
}

/** The call itself obeys the signal; waiting for a token that is being renewed would not. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('The caller stopped waiting for the profile.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
