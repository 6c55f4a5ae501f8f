// What providers last said about how much may still go out. Remembered for some minutes; a provider that does not answer
// leaves its last word standing, with the time it was said.
import { type Clock, MINUTE_MS } from '../clock.ts';
import type { OpenChannels } from './open-channels.ts';

export type ProviderQuota = {
  /** consultation: messages after 48 hours that the package pays; template_by_phone: ZNS of today. */
  of: 'consultation' | 'template_by_phone';
  total: number | null;
  remain: number | null;
  validThrough: string | null;
};
export type QuotaWord = { askedAt: Date; quotas: ProviderQuota[] };

const FRESH_MS = 5 * MINUTE_MS;

/** Only Zalo tells: Meta names no number of messages. null = it never said anything. */
export function createQuotaMemory(
  { clock }: { clock: Clock },
  zalo: Pick<NonNullable<OpenChannels['zalo']>, 'fetchAccountQuota' | 'fetchTemplateQuota'> | null,
): () => Promise<QuotaWord | null> {
  let word: QuotaWord | null = null;
  let triedMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.now();
    if (zalo === null || now.getTime() - triedMs < FRESH_MS) return word;
    triedMs = now.getTime();
    const [packages, templates] = await Promise.all([zalo.fetchAccountQuota('sub_quota'), zalo.fetchTemplateQuota()]);
    if (packages === null && templates === null) return word;
    const quotas: ProviderQuota[] = (packages ?? []).map(({ total, remain, validThrough }) => ({
      of: 'consultation',
      total,
      remain,
      validThrough,
    }));
    if (templates !== null) quotas.push({ of: 'template_by_phone', ...templates, validThrough: null });
    word = { askedAt: now, quotas };
    return word;
  };
}
