// What comes back about messages of ours: receipts, and the ratings and quick replies of approved templates (ZBS/ZNS).
// Template events name no person: they are joined by the message id or by our own id, which travels as tracking_id.
import { customerOf, type EventQuestion, type EventReading } from './event-reading.ts';
import { readTrackingId } from './tracking-id.ts';

/**
 * Delivered or read. The ids are inverted here: the OA is the sender. By phone (header X-ZEvent-Server: ZNS) the recipient
 * is a phone number or its hash, and the true time of delivery stands in the message.
 */
export function readReceipt(q: EventQuestion): EventReading | null {
  const message = q.webhook.message;
  const recipient = customerOf(q);
  if (message === undefined || recipient === null) return null;
  const single = message.msg_id ?? message.message_id;
  const many = (message.msg_ids ?? []).filter((id) => id !== undefined);
  const ours = readTrackingId(message.tracking_id);
  return {
    peerId: q.isZns ? phonePeerId(recipient) : recipient,
    ...(single === undefined ? {} : { eventId: single }),
    ...(message.delivery_time === undefined ? {} : { happenedAt: message.delivery_time }),
    body: {
      kind: 'receipt',
      receipt: q.name === 'user_seen_message' ? 'read' : 'delivered',
      messageIds: [...new Set(single === undefined ? many : [single, ...many])],
      ...(ours === null ? {} : { outboundMessageId: ours }),
    },
  };
}

/** A rating form of a template, filled in. */
export function readRating(q: EventQuestion): EventReading | null {
  const message = q.webhook.message;
  if (message === undefined || isOfAnotherAccount(q)) return null;
  const comment = [message.note, ...(message.feedbacks ?? [])].filter(Boolean).join('; ');
  const score = message.rate === undefined ? Number.NaN : Number(message.rate);
  return {
    peerId: null,
    body: {
      kind: 'feedback',
      metric: readMetric(message.rating_type),
      score: Number.isFinite(score) ? score : null,
      ...(comment === '' ? {} : { comment }),
      ...joinIds(q),
    },
  };
}

/** A quick reply of a template, tapped: the label is what the customer says. */
export function readClick(q: EventQuestion): EventReading | null {
  const label = q.webhook.message?.data;
  if (label === undefined || isOfAnotherAccount(q)) return null;
  return {
    peerId: null,
    body: { kind: 'feedback', metric: 'free_form', score: null, comment: label, ...joinIds(q) },
  };
}

const APPROVALS: Record<string, 'approved' | 'pending' | 'rejected' | 'disabled'> = {
  ENABLE: 'approved',
  PENDING_REVIEW: 'pending',
  REJECT: 'rejected',
  DISABLE: 'disabled',
  DELETE: 'disabled',
};

/** Approved, refused, switched off, or of another quality than before (contract sheet 4.5). */
export function readTemplateNews(q: EventQuestion): EventReading {
  const { template_id: providerId, status, quality, reason } = q.webhook;
  const body = { kind: 'account' as const, name: q.name };
  if (providerId === undefined || isOfAnotherAccount(q)) return { peerId: null, body };
  const approval = APPROVALS[status?.new_status ?? ''];
  const template = {
    providerId,
    ...(approval === undefined ? {} : { approval }),
    ...(quality === undefined ? {} : { quality: quality.slice(0, 40) }),
    ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }),
  };
  return { peerId: null, body: { ...body, template } };
}

function joinIds(q: EventQuestion): { messageId?: string; outboundMessageId?: string } {
  const messageId = q.webhook.message?.msg_id ?? q.webhook.msg_id;
  const ours = readTrackingId(q.webhook.message?.tracking_id);
  return { ...(messageId === undefined ? {} : { messageId }), ...(ours === null ? {} : { outboundMessageId: ours }) };
}

function isOfAnotherAccount({ oaId, webhook }: EventQuestion): boolean {
  return webhook.oa_id !== undefined && webhook.oa_id !== oaId;
}

function readMetric(ratingType: string | undefined): 'csat' | 'nps' | 'ces' | 'rating' {
  return ratingType === 'csat' || ratingType === 'nps' || ratingType === 'ces' ? ratingType : 'rating';
}

/** "84912345678" → "phone:84912345678"; a hash of a phone stays apart from both phones and user ids. */
export function phonePeerId(phoneOrHash: string): string {
  if (!/^\+?\d{8,15}$/.test(phoneOrHash)) return `phone_hash:${phoneOrHash}`;
  return `phone:${phoneOrHash.replace(/^\+/, '').replace(/^0/, '84')}`;
}
