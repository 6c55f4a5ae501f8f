// Messenger's webhooks: envelope, escaped unicode, signature (contract sheet, 1.3 to 1.6).
import { createHmac } from 'node:crypto';
import type { Person, ShownMessage } from '../sandbox-schema.ts';
import type { OutgoingWebhook, WebhookSender } from '../send-webhooks.ts';
import { nowMs, personChanged, type World } from '../world.ts';

export type EventSender = { world: World; webhooks: WebhookSender };

/** The app id of Meta's own inbox. */
export const PAGE_INBOX_APP_ID = '263902037430900';

/** The value of X-Hub-Signature-256. */
export const signMessenger = (raw: Buffer, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`;

/** JSON as Meta sends it: everything beyond ASCII as \uXXXX in lower case, and `/` as `\/`. */
export function escapeLikeMeta(value: unknown): string {
  return JSON.stringify(value)
    .replace(/\//g, '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Signed bytes and headers of one messaging event. */
export function buildMessengerWebhook(
  world: World,
  event: Record<string, unknown>,
  name: string,
  personId: string | null,
): OutgoingWebhook {
  const entry = { id: world.credentials.messengerPageId, time: nowMs(world), messaging: [event] };
  const raw = Buffer.from(escapeLikeMeta({ object: 'page', entry: [entry] }), 'utf8');
  return {
    channel: 'messenger',
    personId,
    event: name,
    raw,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': signMessenger(raw, world.credentials.messengerAppSecret),
    },
  };
}

/** Something the person did. */
export function sendFromPerson(
  deps: EventSender,
  person: Person,
  name: string,
  event: Record<string, unknown>,
  shown?: ShownMessage,
): void {
  const { world } = deps;
  const parties = { sender: { id: person.id }, recipient: { id: world.credentials.messengerPageId } };
  deps.webhooks.queue({
    ...buildMessengerWebhook(world, { ...parties, timestamp: nowMs(world), ...event }, name, person.id),
    onEnd(isDelivered) {
      if (shown === undefined) return;
      shown.state = isDelivered ? 'delivered' : 'failed';
      personChanged(world, person);
    },
  });
}

export type EchoParts = { appId: string; metadata?: string | undefined; attachments?: unknown[] | undefined };

/** The echo of what the page said; sender and recipient are swapped. */
export function sendEcho(deps: EventSender, person: Person, shown: ShownMessage, parts: EchoParts): void {
  const { world } = deps;
  const copies = world.faults.take('messenger', 'echo_twice') === null ? 1 : 2;
  if (world.faults.take('messenger', 'echo_never') !== null) return;
  const delayMs = world.faults.take('messenger', 'echo_late')?.ms ?? 0;
  const isTemplate = parts.attachments !== undefined;
  const event = {
    sender: { id: world.credentials.messengerPageId },
    recipient: { id: person.id },
    timestamp: nowMs(world),
    message: {
      is_echo: true,
      app_id: Number(parts.appId),
      ...(parts.metadata === undefined ? {} : { metadata: parts.metadata }),
      mid: shown.id,
      ...(shown.text === '' || isTemplate ? {} : { text: shown.text }),
      ...(isTemplate ? { attachments: parts.attachments } : {}),
    },
  };
  const webhook = buildMessengerWebhook(world, event, 'message_echoes', person.id);
  for (let copy = 0; copy < copies; copy += 1) deps.webhooks.queue(webhook, delayMs);
}

/** No `timestamp`, as in the provider's own samples; the watermark is the message's own time. */
export function sendDelivered(deps: EventSender, person: Person, shown: ShownMessage): void {
  if (person.isBlocking || deps.world.faults.take('messenger', 'receipt_never') !== null) return;
  if (shown.state === 'sent') shown.state = 'delivered';
  personChanged(deps.world, person);
  const event = {
    sender: { id: person.id },
    recipient: { id: deps.world.credentials.messengerPageId },
    delivery: { mids: [shown.id], watermark: Date.parse(shown.at) },
  };
  deps.webhooks.queue(buildMessengerWebhook(deps.world, event, 'message_deliveries', person.id));
}

/** The watermark is the time of the newest message that was read, not of the reading. */
export function sendRead(deps: EventSender, person: Person, newest: ShownMessage): void {
  if (deps.world.faults.take('messenger', 'receipt_never') !== null) return;
  sendFromPerson(deps, person, 'message_reads', { read: { watermark: Date.parse(newest.at) } });
}
