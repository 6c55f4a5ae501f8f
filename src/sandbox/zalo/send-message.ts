// POST /v3.0/oa/message/cs: recipient, shape, window, then a bubble, an echo and a receipt.
import type { Answer, ApiCall } from '../answer-call.ts';
import { isRecord, readJsonBody } from '../answer-call.ts';
import type { Person } from '../sandbox-schema.ts';
import { acceptSend, findPerson, noteViolation, nowMs, showMessage } from '../world.ts';
import { checkMessage } from './check-message.ts';
import { accept, refuse } from './refuse.ts';
import { type EventSender, sendDelivered, sendEcho } from './send-events.ts';
import { spendWindow } from './spend-window.ts';
import type { Uploads } from './uploads.ts';

export type ZaloDeps = EventSender & { uploads: Uploads };

export function sendConsultation(deps: ZaloDeps, call: ApiCall): Answer {
  const { world } = deps;
  const body = readJsonBody(call);
  if (!body.ok) return refuseMalformed(deps, call);
  const person = readRecipient(deps, body.value.recipient);
  if (person === null) return refuse(-201, 'user_id is invalid');
  const checked = checkMessage(body.value.message);
  if (!checked.ok) return refuse(checked.error, checked.message);
  const upload = deps.uploads.find(checked.attachmentId ?? checked.fileToken, nowMs(world));
  if (upload === 'expired') return refuse(-100);
  if (upload === 'unknown')
    return refuse(-201, checked.fileToken === null ? 'attachment_id is invalid!' : 'token is invalid!');
  const quoted = person.messages.find((message) => message.id === checked.quoteMessageId);
  if (checked.quoteMessageId !== null && quoted === undefined) return refuse(-201, 'quote_message_id is invalid!');
  const decision = spendWindow(world.state, person, nowMs(world));
  if (!decision.ok) return refuse(decision.error);

  const shown = showMessage(world, person, {
    ...checked.shown,
    ...(upload === null ? {} : { mediaUrl: upload.url, subtitle: upload.name }),
    from: 'program',
    isCharged: decision.isCharged,
    quotedText: quoted?.text ?? null,
  });
  acceptSend(world, person, shown, { path: call.path, body: body.value });
  sendEcho(deps, person, checked.echo, shown);
  sendDelivered(deps, person, shown);
  return accept({
    message_id: shown.id,
    user_id: person.id,
    sent_time: String(nowMs(world)),
    ...(decision.quota === null ? {} : { quota: decision.quota }),
  });
}

export function refuseMalformed(deps: EventSender, call: ApiCall): Answer {
  noteViolation(deps.world, {
    channel: 'zalo',
    method: call.method,
    path: call.path,
    reason: 'body is not a JSON object with its content type',
  });
  return refuse(-201, 'Body data is invalid!');
}

function readRecipient(deps: EventSender, recipient: unknown): Person | null {
  if (!isRecord(recipient)) return null;
  if (typeof recipient.user_id === 'string') return findPerson(deps.world, 'zalo', recipient.user_id);
  const messageId = recipient.message_id;
  return (
    deps.world.state.people.find(
      (person) =>
        person.channel === 'zalo' &&
        person.messages.some((message) => message.id === messageId && message.from === 'person'),
    ) ?? null
  );
}
