// What is changed a little, and which tests should notice: the smallest set for each piece, the quickest first.

/** Each piece is changed by itself, beside its own tests. */
export type Piece = { files: string[]; tests: string[] };
export type Group = { name: string; pieces: Piece[] };

export const groups: Group[] = [
  {
    name: 'dedupe',
    pieces: [
      {
        files: [
          'src/ids.ts',
          'src/inbound/event-id.ts',
          'src/inbound/delivery-rows.ts',
          'src/inbound/safe-json.ts',
          'src/channels/messenger/provider-id.ts',
        ],
        tests: ['test/ids.test.ts', 'test/inbound/delivery-rows.test.ts'],
      },
      { files: ['src/inbound/keep-deliveries.ts'], tests: ['test/inbound/record-events.test.ts'] },
    ],
  },
  {
    name: 'lease',
    pieces: [
      { files: ['src/outbox/retry-policy.ts'], tests: ['test/outbox/retry-policy.test.ts'] },
      { files: ['src/outbox/settle-messages.ts'], tests: ['test/outbox/settle-messages.test.ts'] },
      { files: ['src/inbound/claim-work.ts'], tests: ['test/inbound/claim-work.test.ts'] },
      {
        files: ['src/outbox/claim-messages.ts', 'src/outbox/candidate.ts'],
        tests: ['test/outbox/next-messages.test.ts'],
      },
      {
        files: ['src/outbox/change-status.ts'],
        tests: ['test/outbox/next-messages.test.ts', 'test/offers/offer-delivery.test.ts'],
      },
    ],
  },
  {
    name: 'token',
    pieces: [
      { files: ['src/channels/zalo/decide-refresh.ts'], tests: ['test/channels/zalo/decide-refresh.test.ts'] },
      {
        files: ['src/channels/zalo/token-crypto.ts', 'src/channels/zalo/token-spool.ts'],
        tests: ['test/channels/zalo/token-at-rest.test.ts'],
      },
      { files: ['src/channels/zalo/token-rows.ts'], tests: ['test/channels/zalo/token-rows.test.ts'] },
      { files: ['src/channels/zalo/access-token.ts'], tests: ['test/channels/zalo/access-token.test.ts'] },
    ],
  },
  {
    name: 'window',
    pieces: [{ files: ['src/channels/messaging-window.ts'], tests: ['test/channels/messaging-window.test.ts'] }],
  },
  {
    name: 'consent',
    pieces: [
      {
        files: ['src/outbox/may-send.ts', 'src/outbox/judge-messages.ts', 'src/conversations/opt-out.ts'],
        tests: [
          'test/outbox/may-send.test.ts',
          'test/outbox/judge-messages.test.ts',
          'test/conversations/opt-out.test.ts',
        ],
      },
      { files: ['src/outbox/last-words.ts'], tests: ['test/outbox/last-words.test.ts'] },
      { files: ['src/customers/record-consents.ts'], tests: ['test/customers/record-consents.test.ts'] },
    ],
  },
  {
    name: 'authorisation',
    pieces: [
      {
        files: ['src/auth/role-scopes.ts', 'src/auth/refuse-foreign.ts'],
        tests: ['test/auth/role-scopes.test.ts', 'test/auth/refuse-foreign.test.ts'],
      },
      { files: ['src/auth/authenticate.ts', 'src/auth/find-key.ts'], tests: ['test/auth/authenticate.test.ts'] },
      { files: ['src/api/check-team.ts', 'src/http/may-see.ts'], tests: ['test/api/check-team.test.ts'] },
    ],
  },
];
