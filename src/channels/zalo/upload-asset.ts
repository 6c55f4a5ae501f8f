// Files of ours on their way to Zalo (contract sheet 3.7): checked before the call, uploaded once, remembered while the
// asset lives. Pictures: jpg, png up to 1 MB; gif 5 MB; documents: pdf, doc, docx, csv up to 5 MB.
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { type Clock, DAY_MS } from '../../clock.ts';
import type { Message } from '../../flows/message-schema.ts';
import type { SendResult } from '../channel.ts';
import type { ApiOutcome, ZaloApi } from './api-client.ts';
import { classifyError } from './classify-error.ts';
import { isJsonObject } from './read-json.ts';
import type { UploadedAsset } from './render-message.ts';
import { isRemote } from './split-message.ts';

export type UploadResult = { ok: true; asset: UploadedAsset | null } | { ok: false; result: SendResult };

export type Uploads = {
  /** The asset of a message that needs one, null for others. `again` uploads even if one is remembered. */
  upload(message: Message, again: boolean): Promise<UploadResult>;
};

type Kind = UploadedAsset['kind'];
type Job = { path: string; name: string; kind: Kind };

const MB = 1024 * 1024;
const LIMITS: Record<Kind, { bytes: number; label: string }> = {
  image: { bytes: MB, label: 'Ảnh gửi qua Zalo phải nhỏ hơn 1 MB. Hãy giảm dung lượng ảnh rồi gửi lại.' },
  gif: { bytes: 5 * MB, label: 'Ảnh động gửi qua Zalo phải nhỏ hơn 5 MB. Hãy giảm dung lượng ảnh rồi gửi lại.' },
  file: { bytes: 5 * MB, label: 'Tệp gửi qua Zalo phải nhỏ hơn 5 MB. Hãy giảm dung lượng tệp hoặc gửi liên kết.' },
};
const KIND_OF: Record<string, Kind> = {
  '.jpg': 'image',
  '.jpeg': 'image',
  '.png': 'image',
  '.gif': 'gif',
  '.pdf': 'file',
  '.doc': 'file',
  '.docx': 'file',
  '.csv': 'file',
};
/** Assets live seven days; a day less leaves room for a slow queue. */
const REMEMBER_MS = 6 * DAY_MS;
const MOST_REMEMBERED = 500;

export function createUploads({ api, clock, mediaDir }: { api: ZaloApi; clock: Clock; mediaDir: string }): Uploads {
  const remembered = new Map<string, { asset: UploadedAsset; until: number }>();
  return {
    async upload(message, again) {
      const wanted = wantedFile(message);
      if (wanted === null) return { ok: true, asset: null };
      const job = await findJob(mediaDir, wanted);
      if (job === null)
        return refuse('asset_missing', 'Không tìm thấy tệp trong kho tệp hoặc Zalo không nhận loại tệp này.');
      const key = `${job.kind}:${job.path}`;
      const known = remembered.get(key);
      if (known && !again && known.until > clock.now().getTime()) return { ok: true, asset: known.asset };
      const result = await uploadNow({ api, clock }, job);
      if (result.ok && result.asset !== null) {
        if (remembered.size >= MOST_REMEMBERED) remembered.clear();
        remembered.set(key, { asset: result.asset, until: clock.now().getTime() + REMEMBER_MS });
      }
      return result;
    },
  };
}

function wantedFile(message: Message): { source: string; name: string } | null {
  if (message.kind !== 'image' && message.kind !== 'file') return null;
  if (isRemote(message.source)) return null;
  return { source: message.source, name: message.kind === 'file' ? message.name : message.source };
}

/** Null unless it is a file of a type Zalo takes, inside the media folder (also after following links). */
async function findJob(mediaDir: string, { source, name }: { source: string; name: string }): Promise<Job | null> {
  const kind = KIND_OF[extname(name).toLowerCase()];
  if (kind === undefined) return null;
  const folder = await realpath(mediaDir).catch(() => null);
  const path = folder && (await realpath(resolve(folder, source)).catch(() => null));
  if (!folder || !path?.startsWith(folder + sep)) return null;
  // Without an extension Zalo answers success and gives no token.
  return { path, kind, name: name.split(/[\\/]/).at(-1) ?? name };
}

async function uploadNow({ api, clock }: { api: ZaloApi; clock: Clock }, job: Job): Promise<UploadResult> {
  const limit = LIMITS[job.kind];
  if ((await stat(job.path)).size > limit.bytes) return refuse('asset_too_big', limit.label);
  const bytes = await readFile(job.path);
  const form = new FormData();
  form.append('file', new Blob([bytes]), job.name);
  const outcome = await api.call({ host: 'openapi', method: 'POST', path: `/v2.0/oa/upload/${job.kind}`, body: form });
  if (outcome.kind !== 'ok') return { ok: false, result: uploadFailure(outcome, clock.now()) };
  const asset = readAsset(job.kind, outcome.data, bytes);
  return asset
    ? { ok: true, asset }
    : refuse('upload_empty', 'Zalo nhận tệp nhưng không trả mã tệp. Hãy kiểm tra tên và loại tệp rồi gửi lại.');
}

/** An upload whose answer was lost is no message yet: it may simply be tried again. */
function uploadFailure(outcome: Exclude<ApiOutcome, { kind: 'ok' }>, now: Date): SendResult {
  switch (outcome.kind) {
    case 'error':
      return classifyError('openapi', outcome.code, now);
    case 'not_sent': {
      const { concerns, code, reason, retryAt } = outcome;
      return { outcome: 'later', concerns, code, reason, retryAt };
    }
    case 'unknown': {
      const reason = 'Chưa tải được tệp lên Zalo. Hệ thống sẽ thử lại.';
      return { outcome: 'later', concerns: 'message', code: `upload:${outcome.code}`, reason, retryAt: null };
    }
  }
}

function readAsset(kind: Kind, data: unknown, bytes: Buffer): UploadedAsset | null {
  if (!isJsonObject(data)) return null;
  const { attachment_id: attachmentId, token } = data;
  if (kind === 'file') return typeof token === 'string' && token !== '' ? { kind, token } : null;
  if (typeof attachmentId !== 'string' || attachmentId === '') return null;
  if (kind === 'image') return { kind, attachmentId };
  // A GIF's header holds its size: two little-endian numbers after "GIF89a".
  if (bytes.length < 10) return null;
  return { kind, attachmentId, width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

function refuse(code: string, reason: string): UploadResult {
  return { ok: false, result: { outcome: 'refused', concerns: 'message', code, reason } };
}
