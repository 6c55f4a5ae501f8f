// Zalo's webhooks: envelope, signature, header names (contract sheet, sections 1.2 to 1.4).
import { createHash } from 'node:crypto';
import type { Person, ShownMessage } from '../sandbox-schema.ts';
import type { OutgoingWebhook, WebhookSender } from '../send-webhooks.ts';
import { nowMs, personChanged, type World } from '../world.ts';

export type EventSender = { world: World; webhooks: WebhookSender };

/** The value of X-ZEvent-Signature: plain SHA-256, not an HMAC, over app id + bytes + timestamp + OA secret key. */
export function signZalo(parts: { appId: string; raw: Buffer; timestamp: string; oaSecretKey: string }): string {
  const hash = createHash('sha256').update(parts.appId).update(parts.raw);
  return `mac=${hash.update(parts.timestamp).update(parts.oaSecretKey).digest('hex')}`;
}

/** Signed bytes and headers of one event; app_id and timestamp are added here. */
export function buildZaloWebhook(
  world: World,
  event: Record<string, unknown> & { event_name: string },
  personId: string | null,
  server: 'OA OpenAPI' | 'ZNS' = 'OA OpenAPI',
): OutgoingWebhook {
  const { zaloAppId: appId, zaloOaSecretKey: oaSecretKey } = world.credentials;
  const timestamp = String(nowMs(world));
  const raw = Buffer.from(JSON.stringify({ app_id: appId, ...event, timestamp }), 'utf8');
  return {
    channel: 'zalo',
    personId,
    event: event.event_name,
    raw,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'ZaloWebhook',
      'x-zevent-server': server,
      'x-zevent-signature': signZalo({ appId, raw, timestamp, oaSecretKey }),
    },
  };
}

/** Something the person did: user_send_text, user_send_sticker … */
export function sendFromPerson(
  deps: EventSender,
  person: Person,
  event: Record<string, unknown> & { event_name: string },
  shown?: ShownMessage,
): void {
  const webhook = buildZaloWebhook(
    deps.world,
    {
      sender: { id: person.id },
      user_id_by_app: person.userIdByApp,
      recipient: { id: deps.world.credentials.zaloOaId },
      ...event,
    },
    person.id,
  );
  deps.webhooks.queue({
    ...webhook,
    onEnd(isDelivered) {
      if (shown === undefined) return;
      shown.state = isDelivered ? 'delivered' : 'failed';
      personChanged(deps.world, person);
    },
  });
}

/** The echo of what the OA said; with an adminId a person wrote it on oa.zalo.me. */
export function sendEcho(deps: EventSender, person: Person, echo: string, shown: ShownMessage): void {
  const { world } = deps;
  const copies = world.faults.take('zalo', 'echo_twice') === null ? 1 : 2;
  if (world.faults.take('zalo', 'echo_never') !== null) return;
  const delayMs = world.faults.take('zalo', 'echo_late')?.ms ?? 0;
  const webhook = buildZaloWebhook(
    world,
    {
      sender: { id: world.credentials.zaloOaId, ...(shown.adminId === null ? {} : { admin_id: shown.adminId }) },
      user_id_by_app: person.userIdByApp,
      recipient: { id: person.id },
      event_name: echo,
      message: { ...(shown.text === '' ? {} : { text: shown.text }), msg_id: shown.id, ...echoAttachments(shown) },
    },
    person.id,
  );
  for (let copy = 0; copy < copies; copy += 1) deps.webhooks.queue(webhook, delayMs);
}

function echoAttachments(shown: ShownMessage): Record<string, unknown> {
  if (shown.kind !== 'image' && shown.kind !== 'sticker' && shown.kind !== 'file') return {};
  return { attachments: [{ type: shown.kind, payload: { url: shown.mediaUrl ?? '' } }] };
}

/** user_received_message: the OA stands in `sender`, the person in `recipient`. */
export function sendDelivered(deps: EventSender, person: Person, shown: ShownMessage): void {
  if (person.isBlocking || deps.world.faults.take('zalo', 'receipt_never') !== null) return;
  if (shown.state === 'sent') shown.state = 'delivered';
  personChanged(deps.world, person);
  deps.webhooks.queue(
    receipt(deps.world, person, { event_name: 'user_received_message', message: { msg_id: shown.id } }),
  );
}

export function sendSeen(deps: EventSender, person: Person, messageIds: string[]): void {
  if (deps.world.faults.take('zalo', 'receipt_never') !== null) return;
  deps.webhooks.queue(
    receipt(deps.world, person, { event_name: 'user_seen_message', message: { msg_ids: messageIds } }),
  );
}

function receipt(
  world: World,
  person: Person,
  event: Record<string, unknown> & { event_name: string },
): OutgoingWebhook {
  return buildZaloWebhook(
    world,
    { sender: { id: world.credentials.zaloOaId }, recipient: { id: person.id }, ...event },
    person.id,
  );
}
