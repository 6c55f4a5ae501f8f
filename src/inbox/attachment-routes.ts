// REST: files beside a conversation. Staff send some up before they send the reply, and read those of both sides.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Transform } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { NewId } from '../ids.ts';
import {
  type AttachmentAnswer,
  attachmentAnswer,
  attachmentParams,
  LARGEST_FILE,
  mediaParams,
} from './attachment-schema.ts';
import { conversationParams } from './conversation-schema.ts';
import {
  dropAttachment,
  forgetFile,
  insertAttachment,
  receiveAttachment,
  requireThread,
  tooLarge,
} from './keep-attachment.ts';
import { goneAnswer } from './notes-schema.ts';
import { readMediaFile } from './read-media-file.ts';
import { requireStaff } from './staff-actor.ts';

export type AttachmentDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  /** DATA_DIR/media. */
  mediaDir: string;
};

const tags = ['inbox'];
const MULTIPART_BYTES = 64 * 1024;

export function attachmentRoutes(deps: AttachmentDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(multipart, { limits: { files: 1, fileSize: LARGEST_FILE + 1, fields: 2, headerPairs: 20 } });
    uploadRoute(app, deps);
    dropRoute(app, deps);
    mediaRoute(app, deps);
  };
}

function uploadRoute(app: ApiScope, deps: AttachmentDeps): void {
  const schema = {
    tags,
    summary: 'Send a file up, to go along with a reply',
    description:
      'Multipart with one file. What it is, is read from its bytes: pictures, PDF, Office without macros, MP4; 422 file_refused says why not. Name its id in `attachmentIds` of the reply.',
    consumes: ['multipart/form-data'],
    params: conversationParams,
    headers: onceHeaders,
    response: { 200: attachmentAnswer, ...errorAnswers },
  };
  app.post(
    '/inbox/conversations/:id/attachments',
    { config: { scope: 'conversations:write', takesFiles: true }, schema },
    async (request) => await takeFile(deps, request, request.params.id),
  );
}

async function takeFile(
  deps: AttachmentDeps,
  request: FastifyRequest,
  conversationId: string,
): Promise<AttachmentAnswer> {
  const staff = requireStaff(request);
  if (Number(request.headers['content-length']) > LARGEST_FILE + MULTIPART_BYTES) throw tooLarge();
  const { channel } = await requireThread(deps.db.pool, conversationId, { forShare: false });
  const part = request.isMultipart() ? await request.file() : undefined;
  if (!part) throw new HttpError(422, 'empty_file', 'Send one file as multipart/form-data.');
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform: (chunk, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  part.file.on('error', (error) => hashed.destroy(error));
  const stored = await receiveAttachment(deps, { id: deps.newId(), channel, source: part.file.pipe(hashed) });
  let isKept = false;
  try {
    // The file itself stands for the body: another file under the same key is another request.
    const { method, url, actor, routeOptions, params } = request;
    const headers = onceHeaders.parse(request.headers);
    const once = { method, url, actor, routeOptions, params, headers, body: { file: hash.digest('hex') } };
    const given = { conversationId, stored, name: part.filename ?? '', staffId: staff.id };
    const answer = await answerOnce(deps, once, attachmentAnswer, (client) => insertAttachment(deps, client, given));
    isKept = answer.id === stored.id;
    return answer;
  } finally {
    if (!isKept) await forgetFile(deps.mediaDir, stored);
  }
}

function dropRoute(app: ApiScope, deps: AttachmentDeps): void {
  const schema = {
    tags,
    summary: 'Take back a file that was not sent yet',
    params: attachmentParams,
    headers: onceHeaders,
    response: { 200: goneAnswer, ...errorAnswers },
  };
  app.delete(
    '/inbox/conversations/:id/attachments/:attachmentId',
    { config: { scope: 'conversations:write' }, schema },
    async (request) => {
      const { id: conversationId, attachmentId } = request.params;
      const staffId = requireStaff(request).id;
      return await answerOnce(deps, request, goneAnswer, async (client) => {
        await dropAttachment(client, { conversationId, attachmentId, staffId });
        return { id: attachmentId };
      });
    },
  );
}

function mediaRoute(app: ApiScope, { db, mediaDir }: AttachmentDeps): void {
  const bytes = { schema: z.any().meta({ type: 'string', format: 'binary' }) };
  const response = {
    200: { description: 'Its bytes, as an attachment.', content: { '*/*': bytes } },
    ...errorAnswers,
  };
  const schema = { tags, summary: 'A file of this customer or for them', params: mediaParams, response };
  app.get(
    '/inbox/conversations/:id/media/:mediaId',
    { config: { scope: 'conversations:read' }, schema },
    async (request, reply) => {
      const { id: conversationId, mediaId } = request.params;
      const { path, contentType, name } = await readMediaFile(db.pool, { conversationId, mediaId });
      const folder = await realpath(mediaDir).catch(() => mediaDir);
      const full = await realpath(join(folder, path)).catch(() => null);
      if (!full?.startsWith(folder + sep)) throw new HttpError(404, 'unknown_media', 'The file is gone.');
      const { size } = await stat(full);
      // A stranger's file is never a page: kept as an attachment, of no origin, of no other kind than it is.
      return await reply
        .headers({
          'content-type': contentType,
          'content-length': size,
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
          'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
          'x-content-type-options': 'nosniff',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'private, no-store',
        })
        .send(createReadStream(full));
    },
  );
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
