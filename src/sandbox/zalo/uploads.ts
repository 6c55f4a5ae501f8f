// POST /v2.0/oa/upload/…: multipart `file`; limits of the contract sheet, 3.7. Assets live 7 days.
import { extname } from 'node:path';
import { DAY_MS } from '../../clock.ts';
import { type Answer, type ApiCall, readMultipart } from '../answer-call.ts';
import { createToken } from '../create-ids.ts';
import { keepMedia, nowMs, type World } from '../world.ts';
import { accept, refuse } from './refuse.ts';

type Upload = { url: string; name: string; expiresAt: number };

export type Uploads = {
  receive(kind: string, call: ApiCall): Promise<Answer>;
  /** null in, null out. */
  find(id: string | null, now: number): Upload | 'expired' | 'unknown' | null;
};

const MIB = 1024 * 1024;
const LIMITS: Record<string, { extensions: string[]; maxBytes: number }> = {
  image: { extensions: ['.jpg', '.jpeg', '.png'], maxBytes: MIB },
  gif: { extensions: ['.gif'], maxBytes: 5 * MIB },
  file: { extensions: ['.pdf', '.doc', '.docx', '.csv'], maxBytes: 5 * MIB },
};
const ASSET_LIFE_MS = 7 * DAY_MS;

export function createUploads(world: World): Uploads {
  const uploads = new Map<string, Upload>();
  return {
    async receive(kind, call) {
      const limit = LIMITS[kind];
      const file = (await readMultipart(call))?.files.file;
      if (limit === undefined || file === undefined || file.bytes.length === 0) return refuse(-201, 'file is invalid!');
      const extension = extname(file.name).toLowerCase();
      if (extension === '') return accept({});
      if (!limit.extensions.includes(extension)) return refuse(-201, 'file type is invalid!');
      if (file.bytes.length > limit.maxBytes) return refuse(-210, 'file size exceeds allowable limit');
      const id = createToken(world.random, 24);
      keepMedia(world, id, { bytes: file.bytes, contentType: file.type, name: file.name });
      uploads.set(id, { url: `${world.url}/media/${id}`, name: file.name, expiresAt: nowMs(world) + ASSET_LIFE_MS });
      return accept(kind === 'file' ? { token: id } : { attachment_id: id });
    },
    find(id, now) {
      if (id === null) return null;
      const upload = uploads.get(id);
      if (upload === undefined) return 'unknown';
      return now > upload.expiresAt ? 'expired' : upload;
    },
  };
}
