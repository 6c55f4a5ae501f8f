// The phone page and its JSON control. Only pages of this very server may call it; the providers' APIs stand beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actSchema } from './act-schema.ts';
import type { PeopleControl } from './control-people.ts';
import { faultRuleSchema } from './faults.ts';
import { drawSamplePictures } from './sample-pictures.ts';
import { sandboxChannelSchema } from './sandbox-schema.ts';
import { createChangeStream, viewState } from './stream-changes.ts';
import type { World } from './world.ts';

export type ControlDeps = { world: World; people: PeopleControl; advanceClock(ms: number): boolean };

const PHONE_DIR = join(import.meta.dirname, 'phone');
const CONTENT_SECURITY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const INLINE_TYPES = ['image/png', 'image/jpeg', 'image/gif'];
const MAX_ADVANCE_MS = 400 * 24 * 3_600_000;

const newPersonSchema = z.object({
  channel: sandboxChannelSchema,
  name: z.string().trim().min(1, 'Hãy điền tên.').max(60, 'Tên dài quá 60 chữ.'),
  phone: z
    .string()
    .regex(/^(\+?84|0)\d{9}$/, 'Số điện thoại cần dạng 09… hoặc 84…')
    .nullish(),
});
const advanceSchema = z.object({ ms: z.number().int().positive().max(MAX_ADVANCE_MS) });

/** Adds `/`, `/phone/*`, `/media/*` and `/control/*`; answers the function that ends the event streams. */
export function addControlRoutes(server: FastifyInstance, deps: ControlDeps): () => void {
  const stream = createChangeStream(deps.world);
  addPages(server, deps.world);
  void server.register(async (control) => {
    control.addHook('onRequest', refuseForeignPages);
    control.get('/control/state', () => viewState(deps.world));
    control.get('/control/events', (_, reply) => {
      reply.hijack();
      stream.add(reply.raw);
    });
    addPeopleRoutes(control, deps);
    addFaultRoutes(control, deps);
    control.post('/control/clock', (request, reply) => {
      const parsed = readBody(request, reply, advanceSchema);
      if (parsed === null) return reply;
      if (deps.advanceClock(parsed.ms)) return { ok: true };
      return refuse(reply, 409, 'Đồng hồ này không vặn được.');
    });
  });
  return stream.close;
}

function addPages(server: FastifyInstance, world: World): void {
  const pictures = drawSamplePictures();
  const page = readFileSync(join(PHONE_DIR, 'index.html'));
  server.addHook('onSend', async (_, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
  });
  void server.register(fastifyStatic, { root: PHONE_DIR, prefix: '/phone/', index: false, cacheControl: false });
  server.get('/', (_, reply) => reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page));
  server.get<{ Params: { name: string } }>('/media/:name', (request, reply) => {
    const picture = pictures.get(request.params.name.replace(/\.png$/, ''));
    if (picture !== undefined) return reply.type('image/png').send(picture);
    const media = world.media.get(request.params.name);
    if (media === undefined) return refuse(reply, 404, 'Tệp không còn nữa.');
    const isInline = INLINE_TYPES.includes(media.contentType);
    if (!isInline) reply.header('content-disposition', 'attachment');
    return reply.type(isInline ? media.contentType : 'application/octet-stream').send(media.bytes);
  });
}

function addPeopleRoutes(control: FastifyInstance, { people, world }: ControlDeps): void {
  control.post('/control/people', (request, reply) => {
    const parsed = readBody(request, reply, newPersonSchema);
    if (parsed === null) return reply;
    const person = people.createPerson({ ...parsed, phone: parsed.phone ?? null });
    return reply.status(201).send({ id: person.id });
  });
  control.post<{ Params: { id: string } }>('/control/people/:id/act', (request, reply) => {
    const parsed = readBody(request, reply, actSchema);
    if (parsed === null) return reply;
    const person = world.state.people.find((each) => each.id === request.params.id);
    if (person === undefined) return refuse(reply, 404, 'Không có khách này.');
    const result = people.act(person, parsed);
    return result.ok ? result : refuse(reply, 409, result.reason);
  });
  control.delete<{ Params: { id: string } }>('/control/people/:id', (request, reply) => {
    const person = world.state.people.find((each) => each.id === request.params.id);
    if (person === undefined) return refuse(reply, 404, 'Không có khách này.');
    people.removePerson(person);
    return { ok: true };
  });
}

function addFaultRoutes(control: FastifyInstance, { world }: ControlDeps): void {
  control.post('/control/faults', (request, reply) => {
    const parsed = readBody(request, reply, faultRuleSchema);
    return parsed === null ? reply : reply.status(201).send(world.faults.add(parsed));
  });
  control.delete<{ Params: { id: string } }>('/control/faults/:id', (request) => {
    world.faults.remove(Number(request.params.id));
    return { ok: true };
  });
  control.delete('/control/faults', () => {
    world.faults.clear();
    return { ok: true };
  });
}

function readBody<T>(request: FastifyRequest, reply: FastifyReply, schema: z.ZodType<T>): T | null {
  const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
  const parsed = schema.safeParse(isJson && Buffer.isBuffer(request.body) ? parse(request.body) : null);
  if (parsed.success) return parsed.data;
  refuse(reply, 400, parsed.error.issues[0]?.message ?? 'Yêu cầu chưa đúng.');
  return null;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

/** A page of another site must not drive the sandbox: such requests carry its own Origin or are marked cross-site. */
async function refuseForeignPages(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { origin } = request.headers;
  const isForeign = origin !== undefined && origin !== `http://${request.headers.host}`;
  if (isForeign || request.headers['sec-fetch-site'] === 'cross-site')
    await refuse(reply, 403, 'Chỉ trang của sandbox được dùng.');
}

const refuse = (reply: FastifyReply, status: number, reason: string) => reply.status(status).send({ reason });
