// Approved templates: by user id on the OA host (ZBS), by phone on the ZNS host. Codes differ by host.
import type { Answer, ApiCall } from '../answer-call.ts';
import { isRecord, readJsonBody } from '../answer-call.ts';
import type { Person, ZnsTemplate } from '../sandbox-schema.ts';
import { acceptSend, findPerson, noteViolation, nowMs, showMessage } from '../world.ts';
import { accept, refuse } from './refuse.ts';
import { buildZaloWebhook, type EventSender, sendDelivered, sendEcho } from './send-events.ts';
import { refuseMalformed } from './send-message.ts';

const DAILY_QUOTA = 500;

/** POST /v3.0/oa/message/template. */
export function sendTemplateByUserId(deps: EventSender, call: ApiCall): Answer {
  const { world } = deps;
  const body = readJsonBody(call);
  if (!body.ok) return refuseMalformed(deps, call);
  const { user_id: userId, template_id: templateId, template_data: data } = body.value;
  const person = typeof userId === 'string' ? findPerson(world, 'zalo', userId) : null;
  if (person === null) return refuse(-201, 'user_id is invalid');
  const template = world.state.znsTemplates.find((candidate) => candidate.id === templateId);
  if (template === undefined) return refuse(-201, 'template_id is invalid');
  if (template.status !== 'ENABLE') return refuse(-233, 'Template is not approved');
  if (!template.byUserId) return refuse(-249);
  const problem = checkTemplateData(template, data);
  if (problem !== null) return refuse(-201, `template_data.${problem.name} is invalid!`);
  if (person.isBlocking) return refuse(-244);
  const shown = showMessage(world, person, {
    kind: 'template',
    from: 'program',
    text: fillIn(template, data),
    isCharged: true,
  });
  acceptSend(world, person, shown, { path: call.path, body: body.value });
  sendEcho(deps, person, 'oa_send_template', shown);
  sendDelivered(deps, person, shown);
  const quota = { quota_type: 'purchase_quota', remain: '0', total: '0' };
  return accept({ message_id: shown.id, user_id: person.id, sent_time: String(nowMs(world)), quota });
}

/** POST /message/template (ZNS). */
export function sendTemplateByPhone(deps: EventSender, call: ApiCall): Answer {
  const { world } = deps;
  const body = readJsonBody(call);
  if (!body.ok) {
    noteViolation(world, { channel: 'zalo', method: call.method, path: call.path, reason: 'body is not JSON' });
    return refuse(call.body.length === 0 ? -121 : -122);
  }
  const { phone, template_id: templateId, template_data: data, tracking_id: trackingId } = body.value;
  if (typeof phone !== 'string' || !/^(\+?84|0)?[1-9]\d{8}$/.test(phone)) return refuse(-108);
  if (typeof trackingId !== 'string' || !/^[\w.-]{1,48}$/.test(trackingId))
    return refuse(-132, 'tracking_id is invalid');
  const template = world.state.znsTemplates.find((candidate) => candidate.id === templateId);
  if (template === undefined) return refuse(-109);
  if (template.status !== 'ENABLE') return refuse(-131);
  const problem = checkTemplateData(template, data);
  if (problem !== null) return refuse(problem.error, `Template data ${problem.name} ${problem.reason}`);
  const person = findByPhone(deps, phone);
  if (person === null || person.isBlocking) return refuse(person === null ? -118 : -141, undefined);

  const shown = showMessage(world, person, {
    kind: 'template',
    from: 'program',
    text: fillIn(template, data),
    outboundMessageId: trackingId,
    isCharged: true,
  });
  acceptSend(world, person, shown, { path: call.path, body: body.value });
  sendPhoneReceipt(deps, normalisePhone(phone), shown.id, trackingId);
  return accept({
    msg_id: shown.id,
    sent_time: String(nowMs(world)),
    sending_mode: '1',
    quota: { dailyQuota: String(DAILY_QUOTA), remainingQuota: String(DAILY_QUOTA - 1) },
  });
}

type DataProblem = { name: string; error: -1121 | -1122; reason: string };

function checkTemplateData(template: ZnsTemplate, data: unknown): DataProblem | null {
  const values = isRecord(data) ? data : {};
  for (const param of template.params) {
    const value = values[param.name];
    const words = typeof value === 'string' || typeof value === 'number' ? String(value).normalize('NFC') : '';
    if (words === '' && param.required) return { name: param.name, error: -1122, reason: 'is missing' };
    if (words.length > param.maxLength) return { name: param.name, error: -1121, reason: 'is too long' };
  }
  return null;
}

function fillIn(template: ZnsTemplate, data: unknown): string {
  const values = isRecord(data) ? data : {};
  return template.text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}

const normalisePhone = (phone: string): string => `84${phone.replace(/^(\+?84|0)(?=\d{9}$)/, '')}`;

function findByPhone({ world }: EventSender, phone: string): Person | null {
  const wanted = normalisePhone(phone);
  return (
    world.state.people.find(
      (person) => person.channel === 'zalo' && person.phone !== null && normalisePhone(person.phone) === wanted,
    ) ?? null
  );
}

function sendPhoneReceipt(deps: EventSender, phone: string, messageId: string, trackingId: string): void {
  if (deps.world.faults.take('zalo', 'receipt_never') !== null) return;
  const event = {
    event_name: 'user_received_message',
    sender: { id: deps.world.credentials.zaloOaId },
    recipient: { id: phone },
    message: { delivery_time: String(nowMs(deps.world)), msg_id: messageId, tracking_id: trackingId },
  };
  deps.webhooks.queue(buildZaloWebhook(deps.world, event, null, 'ZNS'));
}
