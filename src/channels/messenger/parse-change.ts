// `changes` of an entry: news about the page itself, and the shape in which Meta's dashboard sends its test events.
import { cleanText } from '../../flows/vietnamese-text.ts';
import type { InboundBody, InboundEvent } from '../inbound-event-schema.ts';
import { hashEvent } from './provider-id.ts';
import type { JsonRecord } from './read-json.ts';
import { readTime } from './read-time.ts';
import { changeSchema, partySchema } from './webhook-schema.ts';

const ABOUT_THE_ACCOUNT = new Set([
  'message_template_status_update',
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
    body: readBody(field, read?.value?.event ?? read?.value?.message_template_status, accountId === page.pageId),
  };
}

function readBody(field: string, status: string | undefined, isOurPage: boolean): InboundBody {
  if (!isOurPage) return { kind: 'unhandled', name: 'other_page' };
  if (!ABOUT_THE_ACCOUNT.has(field)) return { kind: 'unhandled', name: field };
  return { kind: 'account', name: status ? `${field}:${cleanText(status).slice(0, 64)}` : field };
}
