// `changes` of an entry: news about the page itself, and the shape in which Meta's dashboard sends its test events.
import type { z } from 'zod';
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { InboundBody, InboundEvent } from '../inbound-event-schema.ts';
import { hashEvent } from './provider-id.ts';
import type { JsonRecord } from './read-json.ts';
import { readTime } from './read-time.ts';
import { changeSchema, partySchema } from './webhook-schema.ts';

type Value = NonNullable<z.infer<typeof changeSchema>['value']>;
type TemplateNews = NonNullable<Extract<InboundBody, { kind: 'account' }>['template']>;

const APPROVALS = new Map<string, TemplateNews['approval']>([
  ['APPROVED', 'approved'],
  ['PENDING', 'pending'],
  ['REJECTED', 'rejected'],
  ['PAUSED', 'disabled'],
  ['DISABLED', 'disabled'],
]);

const TEMPLATE_STATUS = 'message_template_status_update';
const ABOUT_THE_ACCOUNT = new Set([
  TEMPLATE_STATUS,
  'messaging_integrity',
  'business_integrity',
  'call_settings_update',
]);

/** Never about a person: peerId is null and nothing is answered. */
export function parseChange(
  page: { pageId: string },
  entry: JsonRecord,
  change: unknown,
  receivedAt: Date,
): InboundEvent {
  const accountId = partySchema.parse(entry)?.id ?? page.pageId;
  const read = changeSchema.safeParse(change).data;
  const field = cleanText(read?.field ?? 'changes').slice(0, 64) || 'changes';
  return {
    channel: 'messenger',
    accountId,
    peerId: null,
    providerEvent: field,
    occurredAt: readTime(entry.time, receivedAt) ?? receivedAt,
    // The time belongs to the key: a template may be approved, paused and approved again.
    providerId: hashEvent(accountId, { time: entry.time, change }),
    opensWindow: false,
    standby: false,
    body: readBody(field, read?.value ?? {}, accountId === page.pageId),
  };
}

function readBody(field: string, value: Value, isOurPage: boolean): InboundBody {
  if (!isOurPage) return { kind: 'unhandled', name: 'other_page' };
  if (!ABOUT_THE_ACCOUNT.has(field)) return { kind: 'unhandled', name: field };
  const status = value.event ?? value.message_template_status;
  const template = field === TEMPLATE_STATUS ? readTemplate(value, status) : null;
  return {
    kind: 'account',
    name: status ? `${field}:${cleanText(status).slice(0, 64)}` : field,
    ...(template === null ? {} : { template }),
  };
}

/** Templates are sent by name: the name is their id. A state that we do not know changes nothing. */
function readTemplate(value: Value, status: string | undefined): TemplateNews | null {
  const { message_template_name: name, message_template_language: language, reason } = value;
  const approval = APPROVALS.get(status?.toUpperCase() ?? '');
  if (name === undefined || approval === undefined) return null;
  return {
    providerId: cleanText(name),
    approval,
    ...(language === undefined ? {} : { language: cleanText(language) }),
    ...(reason === undefined ? {} : { reason: cleanText(reason).slice(0, 500) }),
  };
}
