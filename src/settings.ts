// What config.ts reads out of the environment, one shape per part of the program.

export type ZaloSettings = {
  appId: string;
  appSecret: string;
  oaId: string;
  oaSecretKey: string;
  accessToken: string | null;
  refreshToken: string | null;
  apiUrl: string;
  oauthUrl: string;
  znsUrl: string;
  pkceMode: 'per_request' | 'fixed' | 'none';
  fixedCodeVerifier: string | null;
  sendAppSecretProof: boolean;
  verifier: string | null;
};

export type MessengerSettings = {
  appId: string;
  appSecret: string;
  verifyToken: string;
  pageId: string;
  pageAccessToken: string;
  apiUrl: string;
  apiVersion: string;
};

export type EmailSettings = {
  /** smtp://user:password@host:587 or smtps://… */
  smtpUrl: string;
  /** As the customer sees it: "Gắn Bó <cskh@example.com>", or the address alone. */
  from: string;
};

/** What may be said unasked. */
export type SendingSettings = {
  /** Advertising for one customer in 24 hours, over all channels: at most 3 by Decree 91/2020/ND-CP, article 13. */
  advertisingPerDay: number;
  /** When advertising may be said: 07:00–22:00 by the same article. */
  advertisingHours: { start: string; end: string };
  /** Which texts carry [QC] and the way out: articles 15 and 16 of the decree name SMS and e-mail, not chats. */
  advertisingLabel: { email: boolean; template: boolean; chat: boolean };
  /** What rests on holidays. */
  holidayPause: 'all' | 'advertising' | 'off';
  /** Whole đồng in a calendar month for charged messages and templates; null = no limit. */
  spendLimitPerMonth: number | null;
};

/** Changes to the defaults of privacy/, which also knows the names. */
export type PrivacySettings = {
  /** Class of retention → days. */
  retentionDays: Record<string, number>;
  /** Kind of request → days to act ("breach" in hours), and "answer" → working days to answer. */
  deadlineDays: Record<string, number>;
  /** Whether a channel's request to delete is carried out at once, or waits for a person within the law's days. */
  erasesOnWithdrawal: boolean;
  /** How many people may be kept until staff are told to prepare, and until the law asks for more. */
  peopleWarnings: { soon: number; many: number };
};

export type Config = {
  host: string;
  port: number;
  publicUrl: string;
  /** Addresses of proxies whose X-Forwarded-For is believed; null = nobody's is. */
  trustProxy: string[] | null;
  /** null = the embedded server. */
  databaseUrl: string | null;
  dataDir: string;
  flowsDir: string;
  /** null = generated into DATA_DIR (embedded database only). */
  secretKey: string | null;
  isSandboxOn: boolean;
  sandboxPort: number;
  zalo: ZaloSettings | null;
  messenger: MessengerSettings | null;
  email: EmailSettings | null;
  sending: SendingSettings;
  /** How often one customer hears of journeys unasked, over all of them; what is about their own act is exempt. */
  careCaps: { perDay: number; perWeek: number; gapMs: number };
  apiKey: string | null;
  admin: { email: string; password: string } | null;
  timeZone: string;
  quietHours: { start: string; end: string };
  /** Nobody is asked a second survey sooner. */
  surveyGapDays: number;
  business: { name: string; hotline: string | null; website: string | null };
  /** Most bytes that one file of an import may have. */
  importMaxBytes: number;
  /** Plain http to this machine as a webhook's address. */
  mayWebhooksUseLoopback: boolean;
  privacy: PrivacySettings;
  logLevel: string;
};
