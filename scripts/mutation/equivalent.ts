// Changes that no test can notice because the program behaves the same, each with its reason. They are left out of the
// score. A line that fits no surviving change any more is told, so that this list does not grow old.

export type Equivalent = {
  file: string;
  /** The text as it stands, from where the change begins. */
  at: string;
  /** What the change makes of it. */
  becomes: string;
  why: string;
};

export const equivalents: Equivalent[] = [
  {
    file: 'src/channels/messenger/provider-id.ts',
    at: 'a < b',
    becomes: 'a <= b',
    why: 'no object has the same key twice',
  },
  { file: 'src/inbound/delivery-rows.ts', at: 'a.id < b.id', becomes: 'a.id <= b.id', why: 'each id is there once' },
  {
    file: 'src/channels/messaging-window.ts',
    at: 'a === null || b === null',
    becomes: 'false',
    why: 'null is older than any date since 1970 when it is compared',
  },
  {
    file: 'src/channels/messaging-window.ts',
    at: 'a === null || b === null',
    becomes: 'a === null && b === null',
    why: 'null is older than any date since 1970 when it is compared',
  },
  {
    file: 'src/channels/messaging-window.ts',
    at: 'a === null',
    becomes: 'false',
    why: 'null is older than any date since 1970 when it is compared',
  },
  {
    file: 'src/channels/messaging-window.ts',
    at: 'b === null',
    becomes: 'false',
    why: 'null is older than any date since 1970 when it is compared',
  },
  {
    file: 'src/channels/messaging-window.ts',
    at: 'a > b',
    becomes: 'a >= b',
    why: 'of two equal moments either is the latest',
  },
  {
    file: 'src/channels/zalo/token-crypto.ts',
    at: 'bytes.length < 1 + IV_BYTES',
    becomes: 'false',
    why: 'what is too short fails in the cipher as well',
  },
  {
    file: 'src/channels/zalo/token-crypto.ts',
    at: '1 + IV_BYTES + TAG_BYTES',
    becomes: '1 + IV_BYTES - TAG_BYTES',
    why: 'what is too short fails in the cipher as well',
  },
  {
    file: 'src/channels/zalo/token-crypto.ts',
    at: '1 + IV_BYTES',
    becomes: '1 - IV_BYTES',
    why: 'what is too short fails in the cipher as well',
  },
  {
    file: 'src/channels/zalo/token-crypto.ts',
    at: "'utf8'",
    becomes: '""',
    why: 'words are UTF-8 when nothing else is said',
  },
  {
    file: 'src/channels/zalo/token-spool.ts',
    at: 'json === null',
    becomes: 'false',
    why: 'null is read as JSON null, which is no pair either',
  },
  {
    file: 'src/channels/zalo/token-spool.ts',
    at: "error instanceof Error && 'code' in error",
    becomes: 'true',
    why: 'what the file system throws has a code',
  },
  {
    file: 'src/channels/zalo/token-spool.ts',
    at: "error instanceof Error && 'code' in error",
    becomes: "error instanceof Error || 'code' in error",
    why: 'what the file system throws has a code',
  },
  {
    file: 'src/auth/refuse-foreign.ts',
    at: 'host !== undefined',
    becomes: 'true',
    why: 'http://undefined is nobody’s origin',
  },
  {
    file: 'src/auth/refuse-foreign.ts',
    at: "headers['content-type']?.split(';', 1)[0]?.trim",
    becomes: "headers['content-type']?.split(';', 1)[0].trim",
    why: 'what is split has a first part',
  },
  {
    file: 'src/auth/authenticate.ts',
    at: "''",
    becomes: '"Stryker was here!"',
    why: 'asked only when the header is there',
  },
  {
    file: 'src/auth/find-key.ts',
    at: 'key.last_used_at !== null',
    becomes: 'true',
    why: 'null is older than any date when it is compared',
  },
  { file: 'src/api/check-team.ts', at: "''", becomes: '"Stryker was here!"', why: 'every route has an address' },
  {
    file: 'src/inbound/claim-work.ts',
    at: 'locked.rows.length === 0',
    becomes: 'false',
    why: 'of nobody nothing is taken, only later',
  },
  { file: 'src/inbound/claim-work.ts', at: "'all'", becomes: '""', why: 'whatever is not "free" is all' },
  {
    file: 'src/customers/record-consents.ts',
    at: "row.purpose === 'all' && row.channel === '*'",
    becomes: 'true',
    why: 'whoever said less only makes the newest word be looked at again',
  },
  {
    file: 'src/customers/record-consents.ts',
    at: "row.purpose === 'all' && row.channel === '*'",
    becomes: "row.purpose === 'all' || row.channel === '*'",
    why: 'whoever said less only makes the newest word be looked at again',
  },
  {
    file: 'src/customers/record-consents.ts',
    at: "row.purpose === 'all'",
    becomes: 'true',
    why: 'whoever said less only makes the newest word be looked at again',
  },
  {
    file: 'src/customers/record-consents.ts',
    at: "row.channel === '*'",
    becomes: 'true',
    why: 'whoever said less only makes the newest word be looked at again',
  },
  {
    file: 'src/outbox/last-words.ts',
    at: 'unasked.length === 0',
    becomes: 'false',
    why: 'of nobody nobody is locked, only later',
  },
  {
    file: 'src/outbox/may-send.ts',
    at: 'message.name === undefined',
    becomes: 'false',
    why: 'no template is called by nothing',
  },
  {
    file: 'src/outbox/settle-messages.ts',
    at: 'lost.length > 0',
    becomes: 'true',
    why: 'no change is no statement, only an empty transaction',
  },
  {
    file: 'src/outbox/settle-messages.ts',
    at: 'lost.length > 0',
    becomes: 'lost.length >= 0',
    why: 'no change is no statement, only an empty transaction',
  },
  {
    file: 'src/outbox/settle-messages.ts',
    at: 'known !== undefined',
    becomes: 'true',
    why: 'nothing has no words that can be read',
  },
];
