// The only reader of the environment: one schema, all mistakes at once, each with its cure.
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { addresses, clockTime, daysByName, ownName, timeZone, url, wholeNumber } from './setting-fields.ts';
import { type ConfigMistake, findLoose, type Given, mistakeOf } from './setting-mistakes.ts';
import type { Config, MessengerSettings, SendingSettings, ZaloSettings } from './settings.ts';

export type { ConfigMistake } from './setting-mistakes.ts';
export type { Config, EmailSettings, MessengerSettings, SendingSettings, ZaloSettings } from './settings.ts';

export type Folders = Pick<Config, 'dataDir' | 'flowsDir'>;
/** `folders`: known also when the rest is wrong, so that their mistakes can be named with the others. */
export type ConfigResult = { ok: true; config: Config } | { ok: false; mistakes: ConfigMistake[]; folders: Folders };

const environmentSchema = z.object({
  HOST: z
    .string()
    .regex(/^[\w.:%-]+$/, 'is a name or an address such as 127.0.0.1, without http:// and port')
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  PUBLIC_URL: url.optional(),
  TRUST_PROXY: addresses.optional(),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgresql://user:password@host:5432/ganbo' })
    .optional(),
  DATA_DIR: z.string().default('./data'),
  FLOWS_DIR: z.string().default('./flows'),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  SANDBOX: z.enum(['auto', 'on', 'off']).default('auto'),
  SANDBOX_PORT: wholeNumber(0, 65_535).default(3001),
  ZALO_APP_ID: z.string().optional(),
  ZALO_APP_SECRET: z.string().optional(),
  ZALO_OA_ID: z.string().optional(),
  ZALO_OA_SECRET_KEY: z.string().optional(),
  ZALO_ACCESS_TOKEN: z.string().optional(),
  ZALO_REFRESH_TOKEN: z.string().optional(),
  ZALO_API_URL: url.default('https://openapi.zalo.me'),
  ZALO_OAUTH_URL: url.default('https://oauth.zaloapp.com'),
  ZALO_ZNS_URL: url.default('https://business.openapi.zalo.me'),
  ZALO_PKCE: z.enum(['per_request', 'fixed', 'none']).default('per_request'),
  ZALO_CODE_VERIFIER: z.string().length(43, 'must have 43 characters').optional(),
  ZALO_APP_SECRET_PROOF: z.enum(['on', 'off']).default('off'),
  ZALO_VERIFIER: z
    .string()
    .regex(/^[\w-]{1,75}$/, 'is the code of the file name zalo_verifier<code>.html')
    .optional(),
  MESSENGER_APP_ID: z.string().optional(),
  MESSENGER_APP_SECRET: z.string().optional(),
  MESSENGER_VERIFY_TOKEN: z.string().optional(),
  MESSENGER_PAGE_ID: z.string().optional(),
  MESSENGER_PAGE_ACCESS_TOKEN: z.string().optional(),
  MESSENGER_API_URL: url.default('https://graph.facebook.com'),
  MESSENGER_API_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, 'must look like v25.0')
    .default('v25.0'),
  ADMIN_EMAIL: z.email().optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  API_KEY: z
    .string()
    .min(8, 'must have at least 8 characters')
    .regex(/^[!-~]*$/, 'must be of letters, digits and signs that a header can carry: no spaces, no dấu')
    .optional(),
  BUSINESS_TIME_ZONE: timeZone.default('Asia/Ho_Chi_Minh'),
  BUSINESS_NAME: z.string().default('Gắn Bó'),
  BUSINESS_HOTLINE: z.string().optional(),
  BUSINESS_WEBSITE: z.url().optional(),
  QUIET_HOURS_START: clockTime.default('21:00'),
  QUIET_HOURS_END: clockTime.default('07:30'),
  SURVEY_GAP_DAYS: wholeNumber(0, 365).default(30),
  IMPORT_MAX_MB: wholeNumber(1, 2_000).default(200),
  WEBHOOKS_ALLOW_HTTP: z.enum(['auto', 'on', 'off']).default('auto'),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must look like smtp://user:password@host:587' }).optional(),
  MAIL_FROM: z
    .string()
    .regex(/^([^<>"\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must look like "Gắn Bó <cskh@example.com>"')
    .optional(),
  CARE_PER_DAY: wholeNumber(0, 20).default(2),
  CARE_PER_WEEK: wholeNumber(0, 50).default(5),
  CARE_GAP_HOURS: z.coerce.number('must be a number from 0 to 72').min(0).max(72).default(4),
  ADVERTISING_PER_DAY: wholeNumber(0, 3, 'must be 0 to 3: Decree 91/2020/ND-CP allows no more').default(3),
  ADVERTISING_HOURS_START: clockTime.default('07:00'),
  ADVERTISING_HOURS_END: clockTime.default('22:00'),
  ADVERTISING_LABEL: z
    .string()
    .regex(/^(none|(email|template|chat)(,(email|template|chat))*)$/, 'is none, or email, template, chat with commas')
    .default('email,template'),
  HOLIDAY_PAUSE: z.enum(['all', 'advertising', 'off']).default('all'),
  SPEND_LIMIT_PER_MONTH: wholeNumber(0, 1_000_000_000_000).optional(),
  RETENTION_DAYS: daysByName('media=365,ledger_texts=730').optional(),
  PRIVACY_DEADLINE_DAYS: daysByName('answer=2,access=10,delete=20').optional(),
  ERASE_ON_WITHDRAWAL: z.enum(['auto', 'manual']).default('manual'),
  PEOPLE_WARNING_SOON: wholeNumber(1, 1_000_000_000).default(80_000),
  PEOPLE_WARNING_MANY: wholeNumber(1, 1_000_000_000).default(100_000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
type Environment = z.infer<typeof environmentSchema>;

/** Every name the program reads; a test holds .env.example to it. */
export const environmentNames = Object.keys(environmentSchema.shape);

type Group = { channel: string; names: (keyof Environment)[]; needed: (keyof Environment)[] };

const groups: Group[] = [
  {
    channel: 'Zalo',
    names: [
      'ZALO_APP_ID',
      'ZALO_APP_SECRET',
      'ZALO_OA_ID',
      'ZALO_OA_SECRET_KEY',
      'ZALO_ACCESS_TOKEN',
      'ZALO_REFRESH_TOKEN',
    ],
    needed: ['ZALO_APP_ID', 'ZALO_APP_SECRET', 'ZALO_OA_ID', 'ZALO_OA_SECRET_KEY'],
  },
  {
    channel: 'Messenger',
    names: [
      'MESSENGER_APP_ID',
      'MESSENGER_APP_SECRET',
      'MESSENGER_VERIFY_TOKEN',
      'MESSENGER_PAGE_ID',
      'MESSENGER_PAGE_ACCESS_TOKEN',
    ],
    needed: [
      'MESSENGER_APP_ID',
      'MESSENGER_APP_SECRET',
      'MESSENGER_VERIFY_TOKEN',
      'MESSENGER_PAGE_ID',
      'MESSENGER_PAGE_ACCESS_TOKEN',
    ],
  },
];

/** Reads the settings; relative folders are taken from `workingDirectory`. An empty value counts as unset. */
export function readConfig(env: Record<string, string | undefined>, workingDirectory: string): ConfigResult {
  const given = Object.fromEntries(
    environmentNames.map((name) => [name, env[name]?.replace(/^\uFEFF/, '').trim() || undefined]),
  );
  const parsed = environmentSchema.safeParse(given);
  // Groups are checked on what was given, so that one bad value does not hide a missing one.
  const mistakes = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => mistakeOf(issue, given))),
    ...groups.flatMap((group) => halfSet(group, given)),
    ...findLoose(given),
  ];
  const folders = foldersOf(given, workingDirectory);
  if (!parsed.success || mistakes.length > 0) return { ok: false, mistakes, folders };
  return { ok: true, config: configOf(parsed.data, folders) };
}

function halfSet(group: Group, given: Record<string, string | undefined>): ConfigMistake[] {
  const set = group.names.filter((name) => given[name] !== undefined);
  if (set.length === 0) return [];
  return group.needed
    .filter((name) => given[name] === undefined)
    .map((name) => ({
      name,
      message: `${name} is missing, although ${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} set.`,
      fix: `Set ${name}, or remove the whole ${group.channel} group to leave the channel off.`,
    }));
}

function foldersOf(given: Given, workingDirectory: string): Folders {
  const { DATA_DIR, FLOWS_DIR } = environmentSchema.pick({ DATA_DIR: true, FLOWS_DIR: true }).parse(given);
  const folder = (path: string) => (isAbsolute(path) ? path : resolve(workingDirectory, path));
  return { dataDir: folder(DATA_DIR), flowsDir: folder(FLOWS_DIR) };
}

function configOf(env: Environment, folders: Folders): Config {
  const zalo = zaloOf(env);
  const messenger = messengerOf(env);
  const isConfigured = zalo !== null || messenger !== null;
  const isSandboxOn = env.SANDBOX === 'on' || (env.SANDBOX === 'auto' && !isConfigured);
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? `http://${ownName(env.HOST)}:${env.PORT}`,
    trustProxy: env.TRUST_PROXY ?? null,
    databaseUrl: env.DATABASE_URL ?? null,
    ...folders,
    secretKey: env.SECRET_KEY ?? null,
    isSandboxOn,
    sandboxPort: env.SANDBOX_PORT,
    zalo,
    messenger,
    email: env.SMTP_URL && env.MAIL_FROM ? { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM } : null,
    sending: sendingOf(env),
    careCaps: { perDay: env.CARE_PER_DAY, perWeek: env.CARE_PER_WEEK, gapMs: env.CARE_GAP_HOURS * 3_600_000 },
    apiKey: env.API_KEY ?? null,
    admin: env.ADMIN_EMAIL && env.ADMIN_PASSWORD ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : null,
    timeZone: env.BUSINESS_TIME_ZONE,
    quietHours: { start: env.QUIET_HOURS_START, end: env.QUIET_HOURS_END },
    surveyGapDays: env.SURVEY_GAP_DAYS,
    business: { name: env.BUSINESS_NAME, hotline: env.BUSINESS_HOTLINE ?? null, website: env.BUSINESS_WEBSITE ?? null },
    importMaxBytes: env.IMPORT_MAX_MB * 1024 * 1024,
    mayWebhooksUseLoopback: env.WEBHOOKS_ALLOW_HTTP === 'on' || (env.WEBHOOKS_ALLOW_HTTP === 'auto' && isSandboxOn),
    privacy: {
      retentionDays: env.RETENTION_DAYS ?? {},
      deadlineDays: env.PRIVACY_DEADLINE_DAYS ?? {},
      erasesOnWithdrawal: env.ERASE_ON_WITHDRAWAL === 'auto',
      peopleWarnings: { soon: env.PEOPLE_WARNING_SOON, many: env.PEOPLE_WARNING_MANY },
    },
    logLevel: env.LOG_LEVEL,
  };
}

function sendingOf(env: Environment): SendingSettings {
  const labelled = env.ADVERTISING_LABEL.split(',');
  return {
    advertisingPerDay: env.ADVERTISING_PER_DAY,
    advertisingHours: { start: env.ADVERTISING_HOURS_START, end: env.ADVERTISING_HOURS_END },
    advertisingLabel: {
      email: labelled.includes('email'),
      template: labelled.includes('template'),
      chat: labelled.includes('chat'),
    },
    holidayPause: env.HOLIDAY_PAUSE,
    spendLimitPerMonth: env.SPEND_LIMIT_PER_MONTH ?? null,
  };
}

function zaloOf(env: Environment): ZaloSettings | null {
  if (!env.ZALO_APP_ID || !env.ZALO_APP_SECRET || !env.ZALO_OA_ID || !env.ZALO_OA_SECRET_KEY) return null;
  return {
    appId: env.ZALO_APP_ID,
    appSecret: env.ZALO_APP_SECRET,
    oaId: env.ZALO_OA_ID,
    oaSecretKey: env.ZALO_OA_SECRET_KEY,
    accessToken: env.ZALO_ACCESS_TOKEN ?? null,
    refreshToken: env.ZALO_REFRESH_TOKEN ?? null,
    apiUrl: env.ZALO_API_URL,
    oauthUrl: env.ZALO_OAUTH_URL,
    znsUrl: env.ZALO_ZNS_URL,
    pkceMode: env.ZALO_PKCE,
    fixedCodeVerifier: env.ZALO_CODE_VERIFIER ?? null,
    sendAppSecretProof: env.ZALO_APP_SECRET_PROOF === 'on',
    verifier: env.ZALO_VERIFIER ?? null,
  };
}

function messengerOf(env: Environment): MessengerSettings | null {
  if (
    !env.MESSENGER_APP_ID ||
    !env.MESSENGER_APP_SECRET ||
    !env.MESSENGER_VERIFY_TOKEN ||
    !env.MESSENGER_PAGE_ID ||
    !env.MESSENGER_PAGE_ACCESS_TOKEN
  ) {
    return null;
  }
  return {
    appId: env.MESSENGER_APP_ID,
    appSecret: env.MESSENGER_APP_SECRET,
    verifyToken: env.MESSENGER_VERIFY_TOKEN,
    pageId: env.MESSENGER_PAGE_ID,
    pageAccessToken: env.MESSENGER_PAGE_ACCESS_TOKEN,
    apiUrl: env.MESSENGER_API_URL,
    apiVersion: env.MESSENGER_API_VERSION,
  };
}
