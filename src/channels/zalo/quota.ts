// How much may still be said: POST /v3.0/oa/quota/message in its two shapes (contract sheet 3.8). Numbers may be strings
// or missing; missing is null, never zero.
import { z } from 'zod';
import type { ZaloApi } from './api-client.ts';

const PATH = '/v3.0/oa/quota/message';

const number = z.coerce.number().int().nonnegative().nullable().catch(null).default(null);
const counter = z.object({ remain: number, total: number }).nullable().catch(null).default(null);

const userQuotaSchema = z.object({ last_interaction: number, cs_reply: counter });

const accountQuotaSchema = z.array(
  z.object({
    asset_id: z.string().nullable().catch(null).default(null),
    quota_type: z.string().nullable().catch(null).default(null),
    valid_through: z.string().nullable().catch(null).default(null),
    total: number,
    remain: number,
  }),
);

export type UserQuota = {
  lastInteractionAt: Date | null;
  replies: { remain: number | null; total: number | null } | null;
};

export type AccountQuota = {
  assetId: string | null;
  quotaType: string | null;
  validThrough: string | null;
  total: number | null;
  remain: number | null;
};

/** What may be sent to one person, and Zalo's own word on their last interaction; null when Zalo does not say. */
export async function fetchUserQuota({ api }: { api: ZaloApi }, userId: string): Promise<UserQuota | null> {
  const outcome = await api.call({ host: 'openapi', method: 'POST', path: PATH, body: { user_id: userId } });
  const quota = outcome.kind === 'ok' ? userQuotaSchema.safeParse(outcome.data).data : undefined;
  if (quota === undefined) return null;
  const time = quota.last_interaction;
  return { lastInteractionAt: time === null || time === 0 ? null : new Date(time), replies: quota.cs_reply };
}

/** The packages that pay for messages after 48 hours; null when Zalo does not say. */
export async function fetchAccountQuota(
  { api }: { api: ZaloApi },
  quotaType: 'sub_quota' | 'purchase_quota' | 'reward_quota',
  owner: 'OA' | 'APP' = 'OA',
): Promise<AccountQuota[] | null> {
  const body = { quota_owner: owner, product_type: 'cs', quota_type: quotaType };
  const outcome = await api.call({ host: 'openapi', method: 'POST', path: PATH, body });
  const assets = outcome.kind === 'ok' ? accountQuotaSchema.safeParse(outcome.data).data : undefined;
  return (
    assets?.map((asset) => ({
      assetId: asset.asset_id,
      quotaType: asset.quota_type,
      validThrough: asset.valid_through,
      total: asset.total,
      remain: asset.remain,
    })) ?? null
  );
}

const templateQuotaSchema = z.object({ dailyQuota: number, remainingQuota: number });

/** How many approved templates may still go out today by phone; null when Zalo does not say (contract sheet 4). */
export async function fetchTemplateQuota({
  api,
}: {
  api: ZaloApi;
}): Promise<{ total: number | null; remain: number | null } | null> {
  const outcome = await api.call({ host: 'zns', method: 'GET', path: '/message/quota' });
  const quota = outcome.kind === 'ok' ? templateQuotaSchema.safeParse(outcome.data).data : undefined;
  return quota === undefined ? null : { total: quota.dailyQuota, remain: quota.remainingQuota };
}
