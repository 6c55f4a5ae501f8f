// The staff web app as a browser gets it: one page with a strict policy, hashed files that may be kept for ever.
// While it is being built, a page says so and looks again.
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

export type ServeAppDeps = {
  /** Where the built app lies; it may come later. */
  webDir: string;
  /** null = there is no sandbox. */
  sandboxUrl: string | null;
  /** Of the business: times are shown by it wherever one looks from. */
  timeZone: string;
};

/** Addresses of the app's own pages; each answers with the same document. `/links/…` come by mail. */
const pages = [
  '/',
  '/sign-in',
  '/inbox',
  '/customers',
  '/tasks',
  '/cases',
  '/settings',
  '/supervisor',
  '/account',
  '/forgotten',
  '/links',
];

export async function serveApp(app: FastifyInstance, deps: ServeAppDeps): Promise<void> {
  const readPage = createPageReader(join(deps.webDir, 'index.html'));
  const root = join(deps.webDir, 'assets');
  // No folder of its own: it comes and goes with each build.
  await app.register(fastifyStatic, { serve: false });
  app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) =>
    reply.sendFile(request.params.file, root, { immutable: true, maxAge: '365d' }),
  );
  const answer = async (_request: unknown, reply: FastifyReply) => sendPage(reply, await readPage(), deps);
  for (const page of pages) {
    app.get(page, answer);
    if (page !== '/') app.get(`${page}/*`, answer);
  }
  sandboxDoor(app, deps.sandboxUrl);
}

function sandboxDoor(app: FastifyInstance, sandboxUrl: string | null): void {
  app.get('/sandbox', async (_request, reply) => {
    if (sandboxUrl !== null) return await reply.redirect(sandboxUrl, 302);
    return await reply
      .code(404)
      .send({ error: { code: 'sandbox_off', message: 'The sandbox is off. Set SANDBOX=on to use it.' } });
  });
}

/** Reads the page again only when it was built again; null while there is none. */
function createPageReader(path: string): () => Promise<string | null> {
  let kept: { text: string; builtAt: number } | null = null;
  return async () => {
    const file = await stat(path).catch(() => null);
    if (file === null) return null;
    if (kept?.builtAt !== file.mtimeMs) kept = { text: await readFile(path, 'utf8'), builtAt: file.mtimeMs };
    return kept.text;
  };
}

async function sendPage(
  reply: FastifyReply,
  page: string | null,
  { sandboxUrl, timeZone }: ServeAppDeps,
): Promise<FastifyReply> {
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
  if (page === null) return await reply.code(503).header('retry-after', '2').send(beingBuilt);
  const nonce = randomBytes(16).toString('base64url');
  return await reply.header('content-security-policy', policy(nonce, sandboxUrl)).send(
    page
      .replace('%NONCE%', nonce)
      .replace('%TIME_ZONE%', timeZone)
      .replace('%SANDBOX%', sandboxUrl === null ? '' : 'yes'),
  );
}

/** Scripts from our own files only; styles that the component library makes carry the nonce. Pictures of customers lie with the providers. */
function policy(nonce: string, sandboxUrl: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: blob: https:${sandboxUrl === null ? '' : ` ${new URL(sandboxUrl).origin}`}`,
    "media-src 'self' https:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join(';');
}

const beingBuilt = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Gắn Bó</title></head>
<body><main><h1>Đang chuẩn bị giao diện…</h1><p>Trang sẽ tự mở sau vài giây. Bot vẫn đang trả lời khách.</p></main></body></html>`;
