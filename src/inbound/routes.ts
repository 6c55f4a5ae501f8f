// Where providers knock. Verify the bytes, read them, keep them, answer; work comes later.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Channel } from '../channels/channel.ts';
import type { ChannelName, ChatChannel, InboundEvent } from '../channels/inbound-event-schema.ts';
import { answerHandshake } from '../channels/messenger/signature.ts';
import type { Clock } from '../clock.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import type { EventRecorder } from './record-events.ts';

export type WebhookDeps = {
  channels: ReadonlyMap<ChannelName, Channel>;
  recorder: EventRecorder;
  clock: Clock;
  messengerVerifyToken: string | null;
  zaloVerifier: string | null;
  count: (channel: ChannelName, outcome: string) => void;
  /** Hears what a provider said about templates of ours; it names no person, so that no turn does. */
  onTemplateNews?: (events: InboundEvent[]) => Promise<void>;
};

const MIB = 1024 * 1024;
const BODY_LIMITS: Record<ChatChannel, number> = { zalo: MIB, messenger: 4 * MIB };
const RETRY_AFTER_S = '5';

/** Encapsulated: only here is a body left as the bytes that were signed. */
export async function registerWebhooks(app: FastifyInstance, deps: WebhookDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // What the body calls itself decides nothing; a name that no parser could read would be answered before the signature.
  app.addHook('onRequest', (request, _reply, done) => {
    request.headers['content-type'] = 'application/octet-stream';
    done();
  });
  for (const name of ['zalo', 'messenger'] as const) {
    const channel = deps.channels.get(name);
    if (!channel) continue;
    app.post(`/webhooks/${name}`, { bodyLimit: BODY_LIMITS[name] }, (request, reply) =>
      receive(deps, channel, request, reply),
    );
  }
  // Zalo's console looks whether somebody is at home.
  app.get('/webhooks/zalo', async () => 'ok');
  if (deps.messengerVerifyToken !== null) addHandshake(app, deps.messengerVerifyToken);
  if (deps.zaloVerifier !== null) addVerifierPage(app, deps.zaloVerifier);
}

async function receive(
  deps: WebhookDeps,
  channel: Channel,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (!channel.isSignatureValid(raw, request.headers)) {
    deps.count(channel.name, 'unsigned');
    return await refuse(reply, 401, 'invalid_signature', 'The signature is missing or wrong.');
  }
  const receivedAt = deps.clock.now();
  const parsed = channel.parseWebhook(raw, request.headers, receivedAt);
  if (!parsed.ok) {
    deps.count(channel.name, 'malformed');
    return await refuse(reply, 400, 'invalid_body', parsed.reason);
  }
  const delivery = { channel: channel.name, accountId: channel.accountId, raw, receivedAt };
  try {
    await keep(deps, { ...delivery, events: parsed.events }, request);
    const news = parsed.events.filter(({ body }) => body.kind === 'account' && body.template !== undefined);
    if (news.length > 0) await deps.onTemplateNews?.(news);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    deps.count(channel.name, 'unavailable');
    reply.header('retry-after', RETRY_AFTER_S);
    return await refuse(reply, 503, 'database_unavailable', 'Not kept; send it again.');
  }
  deps.count(channel.name, 'accepted');
  await reply.code(200).type('text/plain').send('EVENT_RECEIVED');
}

/** What a provider signed is kept whatever it holds: if the database refuses what we read in it, its bytes alone are kept. */
async function keep(
  deps: WebhookDeps,
  delivery: Parameters<EventRecorder['record']>[0],
  request: FastifyRequest,
): Promise<void> {
  try {
    await deps.recorder.record(delivery);
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) throw error;
    request.log.error({ err: error }, 'the events of a webhook were refused; only its bytes are kept');
    await deps.recorder.record({ ...delivery, events: [] });
  }
}

async function refuse(reply: FastifyReply, status: number, code: string, message: string): Promise<void> {
  await reply.code(status).send({ error: { code, message } });
}

function addHandshake(app: FastifyInstance, verifyToken: string): void {
  app.get('/webhooks/messenger', async (request, reply) => {
    const answer = answerHandshake(readQuery(request.url), verifyToken);
    reply.header('x-content-type-options', 'nosniff').type('text/plain');
    await (answer.status === 200 ? reply.code(200).send(answer.body) : reply.code(403).send('Forbidden'));
  });
}

/** Flat, as Meta's dotted names need it; what was given twice counts as not given. */
function readQuery(address: string): Record<string, string> {
  const all = [...new URL(address, 'http://localhost').searchParams];
  return Object.fromEntries(all.filter(([name]) => all.filter(([other]) => other === name).length === 1));
}

function addVerifierPage(app: FastifyInstance, code: string): void {
  app.get(`/zalo_verifier${code}.html`, async (_request, reply) => {
    const meta = `<meta name="zalo-platform-site-verification" content="${code}" />`;
    await reply.type('text/html').send(`<!doctype html><html><head>${meta}</head><body>${code}</body></html>`);
  });
}
