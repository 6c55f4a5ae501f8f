// POST /{version}/{page}/messages: sender actions and messages; then a bubble, an echo and a receipt.
import { systemClock } from '../../clock.ts';
import { type Answer, type ApiCall, isRecord, parseObject, readJsonBody, readMultipart } from '../answer-call.ts';
import type { NewMessage, Person } from '../sandbox-schema.ts';
import { acceptSend, findPerson, noteViolation, nowMs, personChanged, showMessage } from '../world.ts';
import { checkMessage, type GraphMessage, showGraphMessage } from './check-message.ts';
import { checkWindow } from './check-window.ts';
import { fillUtilityTemplate } from './fill-utility-template.ts';
import type { GraphAttachments } from './keep-attachments.ts';
import { badParameter, type GraphRefusal, noMatchingUser, refuseGraph, tooBig } from './refuse.ts';
import { type EventSender, sendDelivered, sendEcho } from './send-events.ts';

export type MessengerDeps = EventSender & { attachments: GraphAttachments };

type Refused = { ok: false; refusal: GraphRefusal };
type SendBody = { value: Record<string, unknown>; uploadedUrl: string | null; attachmentId: string | null };

const TYPING_MS = 20_000;
const KNOWN_FIELDS = [
  'recipient',
  'messaging_type',
  'tag',
  'message',
  'sender_action',
  'payload',
  'notification_type',
  'persona_id',
  'reply_to',
  'access_token',
  'appsecret_proof',
  'platform',
];

export async function sendGraphMessage(deps: MessengerDeps, call: ApiCall): Promise<Answer> {
  const { random } = deps.world;
  const body = await readSendBody(deps, call);
  if (body === 'too_big') return refuseGraph(random, tooBig);
  if (body === null) {
    const reason = 'body is neither a JSON object nor multipart';
    noteViolation(deps.world, { channel: 'messenger', method: call.method, path: call.path, reason });
    return refuseGraph(random, badParameter('body'));
  }
  const strange = Object.keys(body.value).find((key) => !KNOWN_FIELDS.includes(key));
  if (strange !== undefined) return refuseGraph(random, badParameter(strange));
  const { recipient, sender_action: senderAction, message } = body.value;
  const person =
    isRecord(recipient) && typeof recipient.id === 'string' ? findPerson(deps.world, 'messenger', recipient.id) : null;
  if (person === null) return refuseGraph(random, noMatchingUser);
  if (senderAction !== undefined && message !== undefined)
    return refuseGraph(random, { ...badParameter('sender_action with message'), subcode: 2018014 });
  if (senderAction !== undefined) return actAsPage(deps, person, senderAction, body.value.payload);
  const result = say(deps, call, person, body);
  return result.ok ? { status: 200, body: result.body } : refuseGraph(random, result.refusal);
}

function say(
  deps: MessengerDeps,
  call: ApiCall,
  person: Person,
  body: SendBody,
): { ok: true; body: Record<string, string> } | Refused {
  const { world } = deps;
  const checked = checkMessage(body.value.message);
  if (!checked.ok) return checked;
  const isUtility = checked.message.template !== undefined;
  const { messaging_type: messagingType, tag, reply_to: replyTo } = body.value;
  const { templateType } = checked;
  const refusal = checkWindow(person, nowMs(world), { messagingType, tag, templateType, isUtility });
  if (refusal !== null) return { ok: false, refusal };
  const content = readContent(deps, checked.message, body, checked.attachmentId);
  if (!content.ok) return content;
  const quotedId = isRecord(replyTo) ? replyTo.mid : undefined;
  const quoted = person.messages.find((message) => message.id === quotedId);
  if (replyTo !== undefined && quoted === undefined) return { ok: false, refusal: badParameter('reply_to.mid') };

  const { metadata } = checked.message;
  const shown = showMessage(world, person, {
    ...content.shown,
    from: 'program',
    quotedText: quoted?.text ?? null,
    outboundMessageId: metadata ?? null,
  });
  acceptSend(world, person, shown, { path: call.path, body: body.value });
  const attachments = isUtility ? undefined : echoAttachments(checked.message, shown.mediaUrl);
  sendEcho(deps, person, shown, { appId: world.credentials.messengerAppId, metadata, attachments });
  sendDelivered(deps, person, shown);
  const reusable: Record<string, string> = body.attachmentId === null ? {} : { attachment_id: body.attachmentId };
  return { ok: true, body: { recipient_id: person.id, message_id: shown.id, ...reusable } };
}

type Content = { ok: true; shown: Omit<NewMessage, 'id' | 'at' | 'from'> } | Refused;

function readContent(deps: MessengerDeps, message: GraphMessage, body: SendBody, attachmentId: string | null): Content {
  if (message.template !== undefined) return fillUtilityTemplate(deps.world, message.template);
  const stored = deps.attachments.find(attachmentId, nowMs(deps.world));
  if (stored === 'unknown')
    return { ok: false, refusal: { code: 100, subcode: 2018074, message: 'Attachment id is invalid or expired' } };
  const { attachment } = message;
  const isBare = attachment !== undefined && attachment.type !== 'template' && attachment.payload.url === undefined;
  if (isBare && stored === null && body.uploadedUrl === null)
    return { ok: false, refusal: badParameter('message.attachment.payload needs url, attachment_id or filedata') };
  return { ok: true, shown: showGraphMessage(message, stored?.url ?? body.uploadedUrl) };
}

function echoAttachments(message: GraphMessage, mediaUrl: string | null): unknown[] | undefined {
  const { attachment } = message;
  if (attachment === undefined) return undefined;
  if (attachment.type === 'template') return [{ type: 'template', payload: attachment.payload }];
  return [{ type: attachment.type, payload: { url: mediaUrl } }];
}

async function readSendBody(deps: MessengerDeps, call: ApiCall): Promise<SendBody | 'too_big' | null> {
  const json = readJsonBody(call);
  if (json.ok) return { value: json.value, uploadedUrl: null, attachmentId: null };
  const parts = await readMultipart(call);
  const file = parts?.files.filedata;
  if (parts === null || file === undefined) return null;
  const value: Record<string, unknown> = { ...parts.fields };
  for (const name of ['recipient', 'message', 'reply_to']) {
    const parsed = parseObject(parts.fields[name] ?? '');
    if (parsed.ok) value[name] = parsed.value;
  }
  const stored = deps.attachments.keep(file);
  return stored === null ? 'too_big' : { value, uploadedUrl: stored.url, attachmentId: stored.id };
}

function actAsPage(deps: MessengerDeps, person: Person, action: unknown, payload: unknown): Answer {
  const { world } = deps;
  const details = isRecord(payload) ? payload : {};
  switch (action) {
    case 'typing_on':
      // Dots fade on a real screen: by the machine's clock, however far the sandbox's was moved.
      person.typingUntil = systemClock.now().getTime() + TYPING_MS;
      break;
    case 'typing_off':
      person.typingUntil = 0;
      break;
    case 'mark_seen':
      for (const message of person.messages) if (message.from === 'person') message.state = 'read';
      break;
    case 'react':
    case 'unreact': {
      const target = person.messages.find((message) => message.id === details.message_id);
      if (target === undefined) return refuseGraph(world.random, badParameter('payload.message_id'));
      target.reaction = action === 'react' ? String(details.reaction ?? '') : null;
      break;
    }
    default:
      return refuseGraph(world.random, badParameter('sender_action'));
  }
  personChanged(world, person);
  return { status: 200, body: { recipient_id: person.id } };
}
