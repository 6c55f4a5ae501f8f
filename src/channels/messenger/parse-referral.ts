// Where a person came from: an m.me link, an ad, a shop.
import type { z } from 'zod';
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { referralSchema } from '../inbound-event-schema.ts';
import type { EventReader } from './event-source.ts';
import { hashEvent } from './provider-id.ts';
import { type MessengerReferral, messengerReferralSchema } from './webhook-schema.ts';

export function readReferral(referral: MessengerReferral): z.infer<typeof referralSchema> {
  return {
    ...(referral.ref === undefined ? {} : { ref: cleanText(referral.ref) }),
    ...(referral.source === undefined ? {} : { source: referral.source }),
    ...(referral.type === undefined ? {} : { type: referral.type }),
    ...(referral.ad_id === undefined ? {} : { adId: referral.ad_id }),
  };
}

export const readReferralEvent: EventReader = (value, source) => {
  const parsed = messengerReferralSchema.safeParse(value);
  if (!parsed.success) return null;
  const referral = readReferral(parsed.data);
  return [
    {
      providerEvent: 'referral',
      providerId: hashEvent(source.accountId, source.event),
      // A link into the thread opens the window; a click on an ad only together with a message.
      opensWindow: referral.source !== 'ADS',
      body: { kind: 'referral', referral },
    },
  ];
};
