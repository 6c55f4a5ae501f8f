// The pretend Graph API: which paths exist, whose token opens them, how fast.
import { createHmac } from 'node:crypto';
import { SECOND_MS } from '../../clock.ts';
import { type Answer, type ApiCall, type Provider, parseObject, type Route } from '../answer-call.ts';
import type { CallScope } from '../faults.ts';
import type { WebhookSender } from '../send-webhooks.ts';
import { nowMs, type World } from '../world.ts';
import { createUtilityTemplate, listUtilityTemplates } from './fill-utility-template.ts';
import { createGraphAttachments } from './keep-attachments.ts';
import { createProfileEdge, listConversations, listSubscriptions, readNode, subscribeApp } from './read-page.ts';
import { badParameter, expiredToken, invalidToken, outsideWindow, refuseGraph } from './refuse.ts';
import { sendGraphMessage } from './send-message.ts';

/** Whether a path is Graph's: /v25.0/… */
export const isMessengerPath = (path: string): boolean => /^\/v\d{1,2}\.\d\//.test(path);

/** The oldest version that still answers (contract sheet, 2.1). */
const OLDEST_VERSION = 21;

export function createMessengerProvider(world: World, webhooks: WebhookSender): Provider {
  const refuse = (refusal: Parameters<typeof refuseGraph>[1]) => refuseGraph(world.random, refusal);
  return {
    channel: 'messenger',
    routes: listRoutes(world, webhooks),
    guard: createGuard(world),
    unknownPath: (call) =>
      refuse({ code: 2500, message: `Unknown path components: ${call.path.replace(/^\/v[\d.]+/, '')}` }),
    faultAnswers: {
      http500: () => refuse({ code: 2, message: 'Service temporarily unavailable', status: 500 }),
      rateLimit: (retryAfterMs) => ({
        ...refuse({ code: 613, message: 'Calls to this api have exceeded the rate limit.', status: 429 }),
        headers: { 'retry-after': String(Math.ceil(retryAfterMs / SECOND_MS)) },
      }),
      expiredToken: () => refuse(expiredToken),
      windowClosed: () => refuse(outsideWindow),
      quotaUsedUp: () => refuse({ code: 4, subcode: 2018022, message: 'Application request limit reached' }),
    },
  };
}

function listRoutes(world: World, webhooks: WebhookSender): Route[] {
  const deps = { world, webhooks, attachments: createGraphAttachments(world) };
  const profile = createProfileEdge(world);
  const edge = (method: string, name: string, handle: Route['handle'], scope: Route['scope'] = 'other'): Route => ({
    method,
    path: new RegExp(`^/v\\d+\\.\\d/(?:me|${world.credentials.messengerPageId})/${name}$`),
    scope,
    handle,
  });
  return [
    edge('POST', 'messages', (call) => sendGraphMessage(deps, call), scopeOfSend),
    edge('POST', 'message_attachments', deps.attachments.receive),
    edge('GET', 'messenger_profile', profile.read),
    edge('POST', 'messenger_profile', profile.write),
    edge('DELETE', 'messenger_profile', profile.remove),
    edge('GET', 'subscribed_apps', () => listSubscriptions(world)),
    edge('POST', 'subscribed_apps', (call) => subscribeApp(world, call)),
    edge('GET', 'conversations', (call) => listConversations(world, call)),
    edge('GET', 'message_templates', (call) => listUtilityTemplates(world, call)),
    edge('POST', 'message_templates', (call) => createUtilityTemplate(world, call)),
    {
      method: 'GET',
      path: /^\/v\d+\.\d\/(?<id>[\w.:$-]+)$/,
      scope: 'profile',
      handle: (call) => readNode(world, call),
    },
  ];
}

function createGuard(world: World): (call: ApiCall, scope: CallScope) => Answer | null {
  const { messengerSendsPerSecond, messengerFilmsPerSecond, messengerLooksPerSecond } = world.limits;
  const countSend = createSecondCounter(world, messengerSendsPerSecond);
  const countFilm = createSecondCounter(world, messengerFilmsPerSecond);
  const countLook = createSecondCounter(world, messengerLooksPerSecond);
  return (call, scope) => {
    const { messengerPageAccessToken: token, messengerAppSecret } = world.credentials;
    const refuse = (refusal: Parameters<typeof refuseGraph>[1]) => refuseGraph(world.random, refusal);
    if (Number(/^\/v(\d+)/.exec(call.path)?.[1] ?? 0) < OLDEST_VERSION)
      return refuse({ code: 2635, message: 'You are calling a deprecated version of the API' });
    if (readParameter(call, 'access_token') !== token) return refuse(invalidToken);
    const proof = readParameter(call, 'appsecret_proof');
    const expected = createHmac('sha256', messengerAppSecret).update(token).digest('hex');
    if (proof !== null && proof !== expected) return refuse(badParameter('appsecret_proof'));
    const isTooFast =
      (scope === 'send' && (!countSend() || (isFilm(call) && !countFilm()))) || (isLook(call) && !countLook());
    return isTooFast ? refuse({ code: 613, message: 'Calls to this api have exceeded the rate limit.' }) : null;
  };
}

/** From the Authorization header, the query or a JSON body. */
function readParameter(call: ApiCall, name: 'access_token' | 'appsecret_proof'): string | null {
  const bearer = /^Bearer (\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  if (name === 'access_token' && bearer !== undefined) return bearer;
  const inQuery = call.query.get(name);
  if (inQuery !== null) return inQuery;
  const body = parseObject(call.body.toString('utf8'));
  const inBody = body.ok ? body.value[name] : undefined;
  return typeof inBody === 'string' ? inBody : null;
}

/** Typing and seen marks are no sends: faults meant for messages pass them by. */
const scopeOfSend = (call: ApiCall): CallScope => (call.body.includes('"sender_action"') ? 'other' : 'send');

const isFilm = ({ body }: ApiCall): boolean => ['video', 'audio'].some((type) => body.includes(`"type":"${type}"`));

const isLook = ({ path }: ApiCall): boolean => path.endsWith('/conversations');

/** True while there are no more than so many in a second of the sandbox's clock. */
function createSecondCounter(world: World, limit: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const current = Math.floor(nowMs(world) / SECOND_MS);
    if (current !== second) {
      second = current;
      count = 0;
    }
    count += 1;
    return count <= limit;
  };
}
