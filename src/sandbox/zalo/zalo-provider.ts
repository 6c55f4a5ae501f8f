// The pretend Zalo: which paths exist, who may call them, how fast.
import { createHmac } from 'node:crypto';
import { MINUTE_MS } from '../../clock.ts';
import type { Answer, ApiCall, Provider, Route } from '../answer-call.ts';
import type { CallScope } from '../faults.ts';
import type { WebhookSender } from '../send-webhooks.ts';
import { nowMs, type World } from '../world.ts';
import { createTokenGrants, type TokenGrants } from './grant-tokens.ts';
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
import { sendConsultation, type ZaloDeps } from './send-message.ts';
import { sendTemplateByPhone, sendTemplateByUserId } from './send-template.ts';
import { createUploads } from './uploads.ts';

/** Whether a path is Zalo's: the OA, OAuth and ZNS hosts live on one address here. */
export const isZaloPath = (path: string): boolean => /^\/(v\d(\.\d)?\/oa|message|template)\//.test(path);

/** The other host: its codes mean other things. */
const isZns = ({ path }: ApiCall): boolean => /^\/(message|template)\//.test(path);

export function createZaloProvider(world: World, webhooks: WebhookSender, saveNow: () => void): Provider {
  const deps = { world, webhooks, uploads: createUploads(world) };
  return {
    channel: 'zalo',
    routes: [...listSendRoutes(deps), ...listReadRoutes(world), ...listTokenRoutes(createTokenGrants(world, saveNow))],
    guard: createGuard(world),
    unknownPath: () => ({ status: 404, body: { error: 404, message: 'Empty api' }, refusal: '404 Empty api' }),
    faultAnswers: {
      http500: () => ({ status: 500, body: { error: -200, message: 'Internal server error' }, refusal: 'HTTP 500' }),
      rateLimit: () => refuse(-32),
      expiredToken: (call) => refuse(isZns(call) ? -124 : -216),
      // By phone there is no window: there a person is not eligible.
      windowClosed: (call) => refuse(isZns(call) ? -140 : -230),
      quotaUsedUp: (call) => refuse(isZns(call) ? -144 : -211),
    },
  };
}

const get = (path: RegExp, scope: CallScope, handle: Route['handle']): Route => ({
  method: 'GET',
  path,
  scope,
  handle,
});
const post = (path: RegExp, scope: CallScope, handle: Route['handle']): Route => ({
  method: 'POST',
  path,
  scope,
  handle,
});

function listSendRoutes(deps: ZaloDeps): Route[] {
  return [
    post(/^\/v3\.0\/oa\/message\/cs$/, 'send', (call) => sendConsultation(deps, call)),
    post(/^\/v3\.0\/oa\/message\/template$/, 'send', (call) => sendTemplateByUserId(deps, call)),
    post(/^\/message\/template$/, 'send', (call) => sendTemplateByPhone(deps, call)),
    post(/^\/v2\.0\/oa\/upload\/(?<kind>image|gif|file)$/, 'other', (call) =>
      deps.uploads.receive(call.params.kind ?? '', call),
    ),
    post(/^\/v2\.0\/oa\/message$/, 'send', () => refuse(-240)),
  ];
}

function listReadRoutes(world: World): Route[] {
  return [
    get(/^\/v3\.0\/oa\/user\/detail$/, 'profile', (call) => readUserDetail(world, call)),
    get(/^\/v3\.0\/oa\/user\/getlist$/, 'other', (call) => listUsers(world, call)),
    post(/^\/v3\.0\/oa\/quota\/message$/, 'other', (call) => readQuota(world, call)),
    get(/^\/v2\.0\/oa\/getoa$/, 'other', () => readOa(world)),
    get(/^\/v2\.0\/oa\/conversation$/, 'other', (call) => readConversation(world, call)),
    get(/^\/v2\.0\/oa\/listrecentchat$/, 'other', (call) => listRecentChat(world, call)),
    get(/^\/v2\.0\/oa\/tag\/gettagsofoa$/, 'other', () => listTags(world)),
    post(/^\/v2\.0\/oa\/tag\/(?<verb>tagfollower|rmfollowerfromtag|rmtag)$/, 'other', (call) =>
      changeTags(world, call),
    ),
    get(/^\/template\/all$/, 'other', () => listTemplates(world)),
    get(/^\/template\/info\/v2$/, 'other', (call) => readTemplate(world, call)),
    get(/^\/message\/quota$/, 'other', () => accept({ dailyQuota: '500', remainingQuota: '500' })),
    get(/^\/v2\.0\/oa\/(getprofile|getfollowers)$/, 'other', () => refuse(-240)),
  ];
}

function listTokenRoutes(grants: TokenGrants): Route[] {
  return [
    get(/^\/v4\/oa\/permission$/, 'oauth', grants.permit),
    post(/^\/v4\/oa\/access_token$/, 'oauth', grants.grant),
  ];
}

function createGuard(world: World): (call: ApiCall, scope: CallScope) => Answer | null {
  const countCall = createMinuteCounter(world);
  return (call, scope) => {
    if (scope === 'oauth') return null;
    const { accessToken, accessExpiresAt } = world.state.tokens;
    const given = call.headers.access_token;
    if (given !== accessToken) return refuse(isZns(call) ? -124 : -216);
    if (nowMs(world) >= accessExpiresAt) return refuse(isZns(call) ? -124 : -220);
    const proof = call.headers.appsecret_proof;
    const expected = createHmac('sha256', world.credentials.zaloAppSecret).update(accessToken).digest('hex');
    if (proof !== undefined && proof !== expected) return refuse(isZns(call) ? -1241 : -242);
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
