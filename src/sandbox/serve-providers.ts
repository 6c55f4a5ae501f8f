// The HTTP side of the pretend providers: raw bytes in, their answers out, on this machine only.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type ApiCall, answerCall, type Provider } from './answer-call.ts';
import type { World } from './world.ts';

const BODY_LIMIT = 30 * 1024 * 1024;

/** A server that keeps bodies as bytes and answers only to names of this machine. */
export function createServer(): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  server.addHook('onRequest', async (request, reply) => {
    // DNS rebinding: a foreign name that resolves to 127.0.0.1 still carries its own Host.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ''))
      await reply.status(421).send({ reason: 'Sandbox chỉ trả lời trên máy này.' });
  });
  return server;
}

export type MountedProvider = { owns(path: string): boolean; provider: Provider };
type CallDeps = { world: World; sleep(ms: number): Promise<void> };

/** Every path that nothing else serves goes to the provider that owns it. */
export function addProviderRoutes(server: FastifyInstance, deps: CallDeps, mounted: MountedProvider[]): void {
  server.all('/*', async (request, reply) => {
    const call = readCall(request);
    const found = mounted.find(({ owns }) => owns(call.path));
    if (found === undefined) return reply.status(404).send({ reason: 'Không có trang này.' });
    const outcome = await answerCall(deps, found.provider, call);
    if (outcome.kind === 'hang_up') {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    return sendAnswer(reply, outcome.answer, outcome.rawBody);
  });
}

function readCall(request: FastifyRequest): ApiCall {
  const url = new URL(request.url, 'http://127.0.0.1');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { method: request.method, path: url.pathname, query: url.searchParams, headers, body, params: {} };
}

function sendAnswer(
  reply: FastifyReply,
  answer: { status: number; body: unknown; headers?: Record<string, string>; redirectTo?: string },
  rawBody?: string,
): FastifyReply {
  if (answer.redirectTo !== undefined) return reply.redirect(answer.redirectTo, answer.status);
  return reply
    .status(answer.status)
    .headers(answer.headers ?? {})
    .type('application/json; charset=utf-8')
    .send(rawBody ?? JSON.stringify(answer.body));
}
