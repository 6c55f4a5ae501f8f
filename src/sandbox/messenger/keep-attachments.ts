// Uploaded attachments of the page: 25 MB each, 90 days. The 8 MB for images hold for what Meta fetches itself.
import { DAY_MS } from '../../clock.ts';
import {
  type Answer,
  type ApiCall,
  isRecord,
  parseObject,
  readJsonBody,
  readMultipart,
  type UploadedFile,
} from '../answer-call.ts';
import { createNumericId } from '../create-ids.ts';
import { keepMedia, nowMs, type World } from '../world.ts';
import { badParameter, refuseGraph, tooBig } from './refuse.ts';

type Stored = { id: string; url: string; expiresAt: number };

export type GraphAttachments = {
  /** null when it is too big. */
  keep(file: UploadedFile): Stored | null;
  /** null in, null out. */
  find(id: string | null, now: number): Stored | 'unknown' | null;
  /** POST /{page}/message_attachments. */
  receive(call: ApiCall): Promise<Answer>;
};

const LARGEST = 25 * 1024 * 1024;
const LIFE_MS = 90 * DAY_MS;

export function createGraphAttachments(world: World): GraphAttachments {
  const all = new Map<string, Stored>();
  const add = (url: string | null): Stored => {
    const id = createNumericId(world.random, 16);
    const stored = { id, url: url ?? `${world.url}/media/${id}`, expiresAt: nowMs(world) + LIFE_MS };
    all.set(id, stored);
    return stored;
  };
  const keep = (file: UploadedFile): Stored | null => {
    if (file.bytes.length === 0 || file.bytes.length > LARGEST) return null;
    const stored = add(null);
    keepMedia(world, stored.id, { bytes: file.bytes, contentType: file.type, name: file.name });
    return stored;
  };
  return {
    keep,
    find(id, now) {
      if (id === null) return null;
      const stored = all.get(id);
      return stored === undefined || now > stored.expiresAt ? 'unknown' : stored;
    },
    receive: (call) => receive(world, call, { keep, add }),
  };
}

type Store = { keep(file: UploadedFile): Stored | null; add(url: string): Stored };

async function receive(world: World, call: ApiCall, store: Store): Promise<Answer> {
  const parts = await readMultipart(call);
  const file = parts?.files.filedata;
  if (file !== undefined) {
    const stored = store.keep(file);
    if (stored !== null) return { status: 200, body: { attachment_id: stored.id } };
    return refuseGraph(world.random, tooBig);
  }
  const url = readUrl(call, parts?.fields.message);
  if (url === null) return refuseGraph(world.random, badParameter('message.attachment'));
  return { status: 200, body: { attachment_id: store.add(url).id } };
}

function readUrl(call: ApiCall, field: string | undefined): string | null {
  const json = readJsonBody(call);
  const parsed = field === undefined ? null : parseObject(field);
  const message = json.ok ? json.value.message : parsed?.ok ? parsed.value : null;
  const attachment = isRecord(message) ? message.attachment : null;
  const payload = isRecord(attachment) ? attachment.payload : null;
  const url = isRecord(payload) ? payload.url : null;
  return typeof url === 'string' && /^https?:\/\//.test(url) && URL.canParse(url) ? url : null;
}
