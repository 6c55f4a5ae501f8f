// How far our messages got: delivered, read. A watermark speaks for everything said at or before it.
import type { EventReader } from './event-source.ts';
import { joinProviderId } from './provider-id.ts';
import { readTime } from './read-time.ts';
import { deliverySchema, readSchema } from './webhook-schema.ts';

export const readDelivery: EventReader = (value, source) => {
  const parsed = deliverySchema.safeParse(value);
  if (!parsed.success) return null;
  const messageIds = parsed.data.mids;
  const watermark = readTime(parsed.data.watermark, source.receivedAt)?.toISOString();
  if (watermark === undefined && messageIds.length === 0) return null;
  return [
    {
      providerEvent: 'delivery',
      providerId: joinProviderId(watermark, ...messageIds),
      opensWindow: false,
      body: { kind: 'receipt', receipt: 'delivered', messageIds, ...(watermark ? { watermark } : {}) },
    },
  ];
};

export const readRead: EventReader = (value, source) => {
  const parsed = readSchema.safeParse(value);
  const watermark = parsed.success ? readTime(parsed.data.watermark, source.receivedAt)?.toISOString() : undefined;
  if (watermark === undefined) return null;
  return [
    {
      providerEvent: 'read',
      providerId: joinProviderId(watermark),
      opensWindow: false,
      body: { kind: 'receipt', receipt: 'read', messageIds: [], watermark },
    },
  ];
};
