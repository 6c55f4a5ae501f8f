// A POST of Meta becomes inbound events. Every entry and every list in it is read on its own:
// whatever one item holds, the others are kept, and nothing that a signed body can contain throws.
import type { ParsedWebhook } from '../channel.ts';
import type { InboundEvent } from '../inbound-event-schema.ts';
import type { EventSource, ReadEvent } from './event-source.ts';
import { parseChange } from './parse-change.ts';
import { keepUnhandled, readEvent } from './parse-event.ts';
import { sha256 } from './provider-id.ts';
import { isRecord, type JsonRecord, readJson } from './read-json.ts';
import { readTime } from './read-time.ts';
import { partySchema } from './webhook-schema.ts';

export type PageIdentity = { pageId: string; appId: string };

/** Not JSON or no object: not ok. Any other body gives events, at worst one that is unhandled. */
export function parseWebhook(page: PageIdentity, raw: Buffer, receivedAt: Date): ParsedWebhook {
  let body: unknown;
  try {
    body = readJson(raw.toString('utf8'));
  } catch {
    return { ok: false, reason: 'The body is not JSON.' };
  }
  if (!isRecord(body)) return { ok: false, reason: 'The body is not a JSON object.' };
  const entries = body.object === 'page' && Array.isArray(body.entry) ? body.entry : [];
  const events = entries.flatMap((entry: unknown, index) =>
    parseEntry(page, entry, receivedAt, () => sha256(`${index}\n${raw.toString('base64')}`)),
  );
  if (events.length > 0) return { ok: true, events };
  const name = typeof body.object === 'string' ? `object:${body.object.slice(0, 40)}` : 'no_object';
  return { ok: true, events: [stray(page.pageId, name, sha256(raw), receivedAt)] };
}

function parseEntry(page: PageIdentity, entry: unknown, receivedAt: Date, hashOfEntry: () => string): InboundEvent[] {
  if (!isRecord(entry)) return [stray(page.pageId, 'entry', hashOfEntry(), receivedAt)];
  const list = (key: string): unknown[] => (Array.isArray(entry[key]) ? entry[key] : []);
  const read = (item: unknown, key: string, index: number): InboundEvent[] => {
    try {
      if (key === 'changes') return [parseChange(page, entry, item, receivedAt)];
      if (isRecord(item)) return parseItem(page, entry, item, key === 'standby', receivedAt);
    } catch {
      // For instance nested deeper than a hash can follow: the raw body is kept, the event is marked.
    }
    return [stray(page.pageId, key, `${hashOfEntry()}:${key}:${index}`, receivedAt)];
  };
  const events = ['messaging', 'standby', 'changes'].flatMap((key) =>
    list(key).flatMap((item, index) => read(item, key, index)),
  );
  return events.length > 0 ? events : [stray(page.pageId, 'entry', hashOfEntry(), receivedAt)];
}

function parseItem(
  page: PageIdentity,
  entry: JsonRecord,
  event: JsonRecord,
  standby: boolean,
  receivedAt: Date,
): InboundEvent[] {
  const sender = partySchema.parse(event.sender)?.id;
  const recipient = partySchema.parse(event.recipient)?.id;
  const isEcho = isRecord(event.message) && event.message.is_echo === true;
  const accountId = partySchema.parse(entry)?.id ?? (isEcho ? sender : recipient) ?? page.pageId;
  const isFromPage = isEcho || sender === accountId;
  const peer = isFromPage ? recipient : sender;
  const source: EventSource = {
    event,
    accountId,
    peerId: peer === undefined || peer === accountId ? null : peer,
    isFromPage,
    occurredAt: readTime(event.timestamp, receivedAt) ?? readTime(entry.time, receivedAt) ?? receivedAt,
    receivedAt,
    ourAppId: page.appId,
  };
  return readEvent(source).map((read) => ({
    channel: 'messenger' as const,
    accountId,
    peerId: source.peerId,
    occurredAt: source.occurredAt,
    standby,
    ...checkPlace(read, source, page),
  }));
}

/** An event of another page, or one about a person without saying whom, is kept and not worked. */
function checkPlace(read: ReadEvent, source: EventSource, page: PageIdentity): ReadEvent {
  if (source.accountId !== page.pageId)
    return { ...read, opensWindow: false, body: { kind: 'unhandled', name: 'other_page' } };
  const needsPerson = !['account', 'unhandled', 'thread_control'].includes(read.body.kind);
  const isOddEcho =
    source.isFromPage && ['message', 'opened_chat', 'edit', 'referral', 'receipt'].includes(read.body.kind);
  if ((needsPerson && source.peerId === null) || isOddEcho) return keepUnhandled(read.providerEvent, source);
  return read;
}

function stray(accountId: string, name: string, providerId: string, receivedAt: Date): InboundEvent {
  return {
    channel: 'messenger',
    accountId,
    peerId: null,
    providerEvent: name,
    occurredAt: receivedAt,
    providerId,
    opensWindow: false,
    standby: false,
    body: { kind: 'unhandled', name },
  };
}
