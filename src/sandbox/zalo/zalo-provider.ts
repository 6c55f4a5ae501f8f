// The pretend Zalo: which paths exist, who may call them, how fast.
import { createHmac } from 'node:crypto';
import { MINUTE_MS } from '../../clock.ts';
import type { Answer, ApiCall, Provider, Route } from '../answer-call.ts';
import type { CallScope } from '../faults.ts';
import type { WebhookSender } from '../send-webhooks.ts';
import { nowMs, type World } from '../world.ts';
import { createTokenGrants } from './grant-tokens.ts';
import {
  changeTags,
  listRecentChat,
  listTags,
  listUsers,
  readConversation,
  readOa,
  readQuota,
  readUserDetail,
} from './read-users.ts';
import { accept, refuse } from './refuse.ts';
import { sendConsultation } from './send-message.ts';
import { sendTemplateByPhone, sendTemplateByUserId } from './send-template.ts';
import { createUploads } from './uploads.ts';

/** Whether a path is Zalo's: the OA, OAuth and ZNS hosts live on one address here. */
export const isZaloPath = (path: string): boolean => /^\/(v\d(\.\d)?\/oa|message|template)\//.test(path);

export function createZaloProvider(world: World, webhooks: WebhookSender, saveNow: () => void): Provider {
  const deps = { world, webhooks, uploads: createUploads(world) };
  const grants = createTokenGrants(world, saveNow);
  const routes: Route[] = [
    {
      method: 'POST',
      path: /^\/v3\.0\/oa\/message\/cs$/,
      scope: 'send',
      handle: (call) => sendConsultation(deps, call),
    },
    {
      method: 'POST',
      path: /^\/v3\.0\/oa\/message\/template$/,
      scope: 'send',
      handle: (call) => sendTemplateByUserId(deps, call),
    },
    { method: 'POST', path: /^\/message\/template$/, scope: 'send', handle: (call) => sendTemplateByPhone(deps, call) },
    {
      method: 'POST',
      path: /^\/v2\.0\/oa\/upload\/(?<kind>image|gif|file)$/,
      scope: 'other',
      handle: (call) => deps.uploads.receive(call.params.kind ?? '', call),
    },
    {
      method: 'GET',
      path: /^\/v3\.0\/oa\/user\/detail$/,
      scope: 'profile',
      handle: (call) => readUserDetail(world, call),
    },
    { method: 'GET', path: /^\/v3\.0\/oa\/user\/getlist$/, scope: 'other', handle: (call) => listUsers(world, call) },
    { method: 'POST', path: /^\/v3\.0\/oa\/quota\/message$/, scope: 'other', handle: (call) => readQuota(world, call) },
    { method: 'GET', path: /^\/v2\.0\/oa\/getoa$/, scope: 'other', handle: () => readOa(world) },
    {
      method: 'GET',
      path: /^\/v2\.0\/oa\/conversation$/,
      scope: 'other',
      handle: (call) => readConversation(world, call),
    },
    {
      method: 'GET',
      path: /^\/v2\.0\/oa\/listrecentchat$/,
      scope: 'other',
      handle: (call) => listRecentChat(world, call),
    },
    { method: 'GET', path: /^\/v2\.0\/oa\/tag\/gettagsofoa$/, scope: 'other', handle: () => listTags(world) },
    {
      method: 'POST',
      path: /^\/v2\.0\/oa\/tag\/(?<verb>tagfollower|rmfollowerfromtag|rmtag)$/,
      scope: 'other',
      handle: (call) => changeTags(world, call),
    },
    { method: 'GET', path: /^\/template\/all$/, scope: 'other', handle: () => listTemplates(world) },
    { method: 'GET', path: /^\/template\/info\/v2$/, scope: 'other', handle: (call) => readTemplate(world, call) },
    {
      method: 'GET',
      path: /^\/message\/quota$/,
      scope: 'other',
      handle: () => accept({ dailyQuota: '500', remainingQuota: '500' }),
    },
    { method: 'POST', path: /^\/v2\.0\/oa\/message$/, scope: 'send', handle: () => refuse(-240) },
    { method: 'GET', path: /^\/v2\.0\/oa\/(getprofile|getfollowers)$/, scope: 'other', handle: () => refuse(-240) },
    { method: 'GET', path: /^\/v4\/oa\/permission$/, scope: 'oauth', handle: grants.permit },
    { method: 'POST', path: /^\/v4\/oa\/access_token$/, scope: 'oauth', handle: grants.grant },
  ];
  return {
    channel: 'zalo',
    routes,
    guard: createGuard(world),
    unknownPath: () => ({ status: 404, body: { error: 404, message: 'Empty api' }, refusal: '404 Empty api' }),
    faultAnswers: {
      http500: () => ({ status: 500, body: { error: -200, message: 'Internal server error' }, refusal: 'HTTP 500' }),
      rateLimit: () => refuse(-32),
      expiredToken: () => refuse(-216),
      windowClosed: () => refuse(-230),
      quotaUsedUp: () => refuse(-211),
    },
  };
}

function createGuard(world: World): (call: ApiCall, scope: CallScope) => Answer | null {
  const countCall = createMinuteCounter(world);
  return (call, scope) => {
    if (scope === 'oauth') return null;
    const isZns = call.path.startsWith('/message/') || call.path.startsWith('/template/');
    const { accessToken, accessExpiresAt } = world.state.tokens;
    const given = call.headers.access_token;
    if (given !== accessToken) return refuse(isZns ? -124 : -216);
    if (nowMs(world) >= accessExpiresAt) return refuse(isZns ? -124 : -220);
    const proof = call.headers.appsecret_proof;
    const expected = createHmac('sha256', world.credentials.zaloAppSecret).update(accessToken).digest('hex');
    if (proof !== undefined && proof !== expected) return refuse(isZns ? -1241 : -242);
    return countCall() ? null : refuse(-32);
  };
}

/** True while the app is inside its calls per minute, by the sandbox's clock. */
function createMinuteCounter(world: World): () => boolean {
  let minute = 0;
  let calls = 0;
  return () => {
    const current = Math.floor(nowMs(world) / MINUTE_MS);
    if (current !== minute) {
      minute = current;
      calls = 0;
    }
    calls += 1;
    return calls <= world.limits.zaloCallsPerMinute;
  };
}

function listTemplates(world: World): Answer {
  const data = world.state.znsTemplates.map((template) => ({
    templateId: template.id,
    templateName: template.name,
    status: template.status,
    templateQuality: 'HIGH',
  }));
  return { status: 200, body: { error: 0, message: 'Success', data, metadata: { total: data.length } } };
}

function readTemplate(world: World, call: ApiCall): Answer {
  const template = world.state.znsTemplates.find(({ id }) => id === call.query.get('template_id'));
  if (template === undefined) return refuse(-109);
  return accept({
    templateId: template.id,
    templateName: template.name,
    status: template.status,
    listParams: template.params.map((param) => ({
      name: param.name,
      require: param.required,
      type: 'STRING',
      maxLength: param.maxLength,
      minLength: 0,
      acceptNull: !param.required,
    })),
    listButtons: [],
    timeout: 7_200_000,
    previewUrl: '',
    templateQuality: 'HIGH',
    templateTag: 'CUSTOMER_CARE',
  });
}
