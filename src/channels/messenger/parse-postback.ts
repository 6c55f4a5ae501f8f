// Taps on buttons, on the menu and on Get Started.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { EventReader } from './event-source.ts';
import { readReferral } from './parse-referral.ts';
import { hashEvent, joinProviderId } from './provider-id.ts';
import { postbackSchema } from './webhook-schema.ts';

/** What our own Get Started button sends back (menu.ts sets it). */
export const GET_STARTED_PAYLOAD = 'GET_STARTED';

export const readPostback: EventReader = (value, source) => {
  const parsed = postbackSchema.safeParse(value);
  if (!parsed.success) return null;
  const { mid, title, payload, referral } = parsed.data;
  const cameFrom = referral ? { referral: readReferral(referral) } : {};
  const tapped = {
    providerEvent: 'postback',
    providerId: mid ? joinProviderId(mid) : hashEvent(source.accountId, source.event),
    opensWindow: true,
  };
  if (payload === GET_STARTED_PAYLOAD) return [{ ...tapped, body: { kind: 'opened_chat', ...cameFrom } }];
  return [
    {
      ...tapped,
      body: {
        kind: 'message',
        messageId: mid ?? null,
        text: title ? cleanText(title) : null,
        attachments: [],
        ...(payload === undefined ? {} : { payload: cleanText(payload) }),
        ...cameFrom,
      },
    },
  ];
};
