// A webhook of Zalo's as the channel read it, and what it told.
import type { InboundEvent } from '../../src/channels/inbound-event-schema.ts';
import type { Delivery } from '../../src/inbound/delivery-rows.ts';

export const RECEIVED_AT = new Date('2026-11-23T03:00:00Z');

export function event(changes: Partial<InboundEvent> = {}): InboundEvent {
  return {
    channel: 'zalo',
    accountId: '111',
    peerId: '222',
    providerEvent: 'user_send_text',
    occurredAt: RECEIVED_AT,
    providerId: 'm-1',
    opensWindow: true,
    standby: false,
    body: { kind: 'message', messageId: 'm-1', text: 'chào', attachments: [] },
    ...changes,
  };
}

export function delivery(raw: string, events: InboundEvent[], receivedAt = RECEIVED_AT): Delivery {
  return { channel: 'zalo', accountId: '111', raw: Buffer.from(raw), receivedAt, events };
}
