// REST: files with customers, subscriptions, usage, orders.
import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { HttpError } from '../errors.ts';
import { answerOnce, onceHeaders } from '../http/answer-once.ts';
import type { ApiScope } from '../http/api-scope.ts';
import { errorAnswers } from '../http/error-answer.ts';
import type { NewId } from '../ids.ts';
import {
  type ImportAnswer,
  type ImportQuery,
  importAnswer,
  importParams,
  importQuery,
  rowsPage,
  rowsQuery,
} from './import-schema.ts';
import { beginUndo, insertImport, planImport, runImport } from './open-import.ts';
import { readImport, readRows } from './read-imports.ts';
import { receiveFile, removeFile, tooLarge } from './receive-file.ts';

export type ImportRouteDeps = {
  db: Database;
  clock: Clock;
  newId: NewId;
  imports: { importsDir: string; maxBytes: number };
  /** An import waits for its turn. */
  onImportQueued: () => void;
};

const tags = ['imports'];

export function importRoutes(deps: ImportRouteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(multipart, { limits: { files: 1, fileSize: deps.imports.maxBytes + 1, fields: 10 } });
    // Files sent bare are streamed as well; nothing else in this scope has a body.
    app.removeContentTypeParser('text/plain');
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    uploadRoute(app, deps);
    getRoute(app, deps);
    rowsRoute(app, deps);
    changeRoute(app, deps, 'run');
    changeRoute(app, deps, 'undo');
  };
}

function uploadRoute(app: ApiScope, deps: ImportRouteDeps): void {
  app.post(
    '/imports',
    {
      config: { scope: 'imports', takesFiles: true },
      schema: {
        tags,
        summary: 'Import a CSV or XLSX file',
        description:
          'Multipart with one file, or the bare file as the body. The first row names the columns, in Vietnamese or English, in any order; unknown columns are reported and ignored, empty cells change nothing. The answer comes when the file is stored and its heading understood; the rows are worked in the background.',
        consumes: ['multipart/form-data', 'text/csv', 'application/octet-stream'],
        headers: onceHeaders,
        querystring: importQuery,
        response: { 200: importAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const answer = await takeFile(deps, request, request.query);
      deps.onImportQueued();
      return answer;
    },
  );
}

async function takeFile(deps: ImportRouteDeps, request: FastifyRequest, query: ImportQuery): Promise<ImportAnswer> {
  const { importsDir, maxBytes } = deps.imports;
  if (Number(request.headers['content-length']) > maxBytes + MULTIPART_BYTES) throw tooLarge(maxBytes);
  const id = deps.newId();
  const { stream, fileName } = await fileOf(request, query);
  const file = await receiveFile(deps.imports, id, stream);
  let isKept = false;
  try {
    const plan = await planImport(importsDir, file.path, query);
    // The file itself stands for the body: another file under the same key is another request.
    const { method, url, actor, routeOptions, params } = request;
    const headers = onceHeaders.parse(request.headers);
    const once = { method, url, actor, routeOptions, params, headers, body: { file: file.sha256 } };
    const answer = await answerOnce(deps, once, importAnswer, async (client) => {
      await insertImport(deps, client, { id, query, fileName, path: file.path, plan, actor });
      return await readImport(client, id);
    });
    isKept = answer.id === id;
    return answer;
  } finally {
    if (!isKept) await removeFile(importsDir, file.path);
  }
}

const MULTIPART_BYTES = 64 * 1024;

async function fileOf(request: FastifyRequest, query: ImportQuery): Promise<{ stream: Readable; fileName: string }> {
  if (!request.isMultipart()) {
    const { body } = request;
    if (body instanceof Readable) return { stream: body, fileName: query.fileName ?? 'file' };
    throw new HttpError(422, 'empty_file', 'Send the file as multipart/form-data, or bare as the body.');
  }
  const part = await request.file();
  if (!part) throw new HttpError(422, 'empty_file', 'The form holds no file.');
  const name = query.fileName ?? part.filename.replace(/[\p{Cc}\p{Cs}]/gu, '').slice(-200);
  return { stream: part.file, fileName: name === '' ? 'file' : name };
}

function getRoute(app: ApiScope, deps: ImportRouteDeps): void {
  app.get(
    '/imports/:id',
    {
      config: { scope: 'imports' },
      schema: {
        tags,
        summary: 'How far an import has got',
        params: importParams,
        response: { 200: importAnswer, ...errorAnswers },
      },
    },
    async (request) => await readImport(deps.db.pool, request.params.id),
  );
}

function rowsRoute(app: ApiScope, deps: ImportRouteDeps): void {
  app.get(
    '/imports/:id/rows',
    {
      config: { scope: 'imports' },
      schema: {
        tags,
        summary: 'What became of each row',
        description: 'With `result=wrong`: line, column, what is wrong and how to mend it.',
        params: importParams,
        querystring: rowsQuery,
        response: { 200: rowsPage, ...errorAnswers },
      },
    },
    async (request) => {
      await readImport(deps.db.pool, request.params.id);
      return await readRows(deps.db.pool, request.params.id, request.query);
    },
  );
}

const changes = {
  run: {
    change: runImport,
    summary: 'Import in earnest what a dry run has checked',
    description: 'The same file again, now with effect.',
  },
  undo: {
    change: beginUndo,
    summary: 'Take a whole import back',
    description:
      'What it created is deleted where nothing else hangs on it, what it changed gets its old value unless somebody changed it since; the others are kept, each with its reason (`rows?result=kept`). Twice does nothing more.',
  },
} as const;

function changeRoute(app: ApiScope, deps: ImportRouteDeps, name: keyof typeof changes): void {
  const { change, summary, description } = changes[name];
  app.post(
    `/imports/:id/${name}`,
    {
      config: { scope: 'imports' },
      schema: {
        tags,
        summary,
        description,
        params: importParams,
        headers: onceHeaders,
        response: { 200: importAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      const answer = await answerOnce(deps, request, importAnswer, async (client) => {
        await readImport(client, id);
        await change(client, id);
        return await readImport(client, id);
      });
      deps.onImportQueued();
      return answer;
    },
  );
}
