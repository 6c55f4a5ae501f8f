// A message that may not leave as it is: the rungs below it are tried in order, until one holds. Pure; every rung that is
// taken or passed over gives its reason, for the ledger.
import {
  type ApprovedTemplate,
  describeTroubles,
  fillTemplate,
  findParameterTroubles,
  isLabelled,
} from '../flows/approved-template.ts';
import type { Message } from '../flows/message-schema.ts';
import type { Candidate } from './candidate.ts';
import type { StoredRung } from './fallback.ts';
import { labelSubject, labelText } from './label-advertising.ts';
import type { SendRules } from './may-send.ts';

/** What the ladder asks about one customer. */
export type LadderFacts = {
  phone: string | null;
  email: string | null;
  /** The identities that a phone or an e-mail leads to may be somebody else's, or known to be dead. */
  phoneObstacle: string | null;
  /** Why nothing reaches the phone, whoever it is known as. */
  phoneRefusal: string | null;
  emailObstacle: string | null;
  hasEmailConsent: boolean;
};

export type LadderWorld = {
  rules: Pick<SendRules, 'templates'>;
  /** Accounts that are open; null = the channel is off. */
  accounts: { zalo: string | null; email: string | null };
  labels: { email: boolean; template: boolean };
  /** Template → approval as the provider told last; it wins over the file. */
  approvals: ReadonlyMap<string, string>;
  /** Whether so many đồng more stay below the limit of the month. */
  canSpend(amount: number): boolean;
};

export type Way =
  /** The same row says it otherwise. */
  | { way: 'replace'; message: Message; phoneIdentity: string | null }
  /** Another row, on another channel. */
  | { way: 'move'; channel: 'zalo' | 'email'; accountId: string; peerId: string; message: Message }
  | { way: 'task'; title: string; flow: string };

export type Tried = { rung: StoredRung['do']; isTaken: boolean; reason: string; template?: string; cost?: number };
export type Descent = { way: Way | null; tried: Tried[]; rest: readonly StoredRung[] };

/** `why` is what closed the way above. */
export function descendLadder(one: Candidate, why: string, facts: LadderFacts, world: LadderWorld): Descent {
  const tried: Tried[] = [];
  for (const [index, rung] of one.fallback.entries()) {
    if (isOfOtherChannel(one, rung, world)) continue;
    const found = tryRung(one, rung, facts, world);
    const name = rung.do === 'template' ? { template: rung.template } : {};
    const rest = one.fallback.slice(index + 1);
    if (typeof found === 'string') {
      tried.push({ rung: rung.do, isTaken: false, reason: found, ...name });
      continue;
    }
    const cost = rung.do === 'template' ? { cost: world.rules.templates.get(rung.template)?.price ?? 0 } : {};
    tried.push({ rung: rung.do, isTaken: true, reason: why, ...name, ...cost });
    return { way: found, tried, rest };
  }
  return { way: null, tried, rest: [] };
}

/** A ladder names a template for each channel; those of the other one were never a choice, and no line tells of them. */
function isOfOtherChannel(one: Candidate, rung: StoredRung, { rules }: LadderWorld): boolean {
  const template = rung.do === 'template' ? rules.templates.get(rung.template) : undefined;
  return template !== undefined && template.via !== 'zns' && template.channel !== one.channel;
}

/** The way, or why it is none. */
function tryRung(one: Candidate, rung: StoredRung, facts: LadderFacts, world: LadderWorld): Way | string {
  switch (rung.do) {
    case 'template':
      return tryTemplate(one, rung, facts, world);
    case 'email':
      return tryEmail(one, rung, facts, world);
    case 'task':
      return { way: 'task', title: rung.title, flow: rung.flow };
  }
}

type TemplateRung = Extract<StoredRung, { do: 'template' }>;

function tryTemplate(one: Candidate, rung: TemplateRung, facts: LadderFacts, world: LadderWorld): Way | string {
  const template = world.rules.templates.get(rung.template);
  if (template === undefined) return `Catalogue không có mẫu tin "${rung.template}".`;
  const obstacle = templateObstacle(one, template, world);
  if (obstacle !== null) return obstacle;
  const troubles = findParameterTroubles(template, rung.parameters);
  if (troubles.length > 0) return `Mẫu tin "${template.id}" điền chưa đúng: ${describeTroubles(troubles)}.`;
  const message: Message = {
    kind: 'template',
    templateId: template.providerId,
    language: template.language,
    parameters: givenOf(template, rung.parameters),
    name: template.id,
    preview: fillTemplate(template, rung.parameters),
  };
  return template.via === 'zns' ? byPhone(one, message, facts, world) : byIdentity(one, message);
}

/** Optional ones that are empty are left out. */
function givenOf(template: ApprovedTemplate, parameters: Record<string, string>): Record<string, string> {
  const names = Object.keys(template.parameters);
  return Object.fromEntries(names.flatMap((name) => (parameters[name] ? [[name, parameters[name]]] : [])));
}

function templateObstacle(one: Candidate, template: ApprovedTemplate, world: LadderWorld): string | null {
  const told = world.approvals.get(template.id) ?? world.approvals.get(template.providerId);
  const approval = told ?? template.approval;
  if (approval !== 'approved') return `Mẫu tin "${template.id}" chưa được duyệt hoặc đã bị tắt (${approval}).`;
  if (one.purpose === 'advertising') {
    if (template.via === 'utility') return 'Mẫu tin tiện ích của Messenger không được dùng để quảng cáo.';
    if (world.labels.template && !isLabelled(template.text))
      return `Mẫu tin quảng cáo "${template.id}" thiếu nhãn [QC] hoặc cách từ chối.`;
  }
  return world.canSpend(template.price) ? null : OVER_LIMIT;
}

export const OVER_LIMIT = 'Đã chạm hạn mức chi trong tháng (SPEND_LIMIT_PER_MONTH).';

function byIdentity(one: Candidate, message: Message): Way | string {
  if (one.peerId.includes(':')) return 'Khách này chỉ được biết bằng số điện thoại.';
  if (one.unreachableReason !== null) return one.unreachableReason;
  return { way: 'replace', message, phoneIdentity: null };
}

function byPhone(one: Candidate, message: Message, facts: LadderFacts, { accounts }: LadderWorld): Way | string {
  if (accounts.zalo === null) return 'Zalo chưa được kết nối nên không gửi được ZNS.';
  if (facts.phone === null) return 'Chưa có số điện thoại của khách để gửi ZNS.';
  const peerId = `phone:${facts.phone}`;
  if (one.channel === 'zalo') {
    const refusal = one.unreachableReason ?? facts.phoneRefusal;
    if (refusal !== null) return refusal;
    const said = message.kind === 'template' ? { ...message, phone: facts.phone } : message;
    return { way: 'replace', message: said, phoneIdentity: peerId };
  }
  if (facts.phoneObstacle !== null) return facts.phoneObstacle;
  return { way: 'move', channel: 'zalo', accountId: accounts.zalo, peerId, message };
}

type EmailRung = Extract<StoredRung, { do: 'email' }>;

function tryEmail(one: Candidate, rung: EmailRung, facts: LadderFacts, world: LadderWorld): Way | string {
  const { email: accountId } = world.accounts;
  if (accountId === null) return 'Chưa cấu hình gửi e-mail (SMTP_URL, MAIL_FROM).';
  if (facts.email === null) return 'Chưa có địa chỉ e-mail của khách.';
  if (facts.emailObstacle !== null) return facts.emailObstacle;
  const isAdvertising = one.purpose === 'advertising';
  if (isAdvertising && !facts.hasEmailConsent) return 'Khách chưa đồng ý nhận quảng cáo qua e-mail.';
  const isLabel = isAdvertising && world.labels.email;
  const text = isLabel ? labelText(rung.text) : rung.text;
  const subject = isLabel ? labelSubject(rung.subject) : rung.subject;
  const message: Message = { kind: 'text', text, subject, choices: [], links: [] };
  return { way: 'move', channel: 'email', accountId, peerId: facts.email, message };
}
