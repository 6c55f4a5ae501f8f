// Defects as this field has seen them, each small enough to be overlooked in a review. A test holds that each still
// finds its place in the code; `npm run sabotage` shows that each turns a test red.

export type Defect = {
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  /** Files of tests of which at least one must turn red. */
  tests: string[];
};

export const defects: Defect[] = [
  {
    name: 'a wrong signature of Zalo is taken',
    file: 'src/channels/zalo/signature.ts',
    find: 'return timingSafeEqual(digest(keys, raw, timestamp), claimed);',
    replace: 'return digest(keys, raw, timestamp).length === claimed.length;',
    tests: ['test/channels/zalo/signature.test.ts'],
  },
  {
    name: 'signatures are compared with ===',
    file: 'src/channels/messenger/signature.ts',
    find: 'return timingSafeEqual(Buffer.from(given), Buffer.from(signBody(raw, appSecret)));',
    replace: 'return given === signBody(raw, appSecret);',
    tests: ['test/structure/constant-time.test.ts'],
  },
  {
    name: 'a webhook is answered before its commit',
    file: 'src/inbound/record-events.ts',
    find: 'await withDeadline(batcher.add(delivery), LONGEST_WAIT_MS, tooLate);',
    replace: 'void withDeadline(batcher.add(delivery), LONGEST_WAIT_MS, tooLate).catch(() => undefined);',
    tests: ['test/inbound/record-events.test.ts'],
  },
  {
    name: 'the same event has another id each time',
    file: 'src/inbound/event-id.ts',
    find: "hashId('event', event.channel,",
    replace: "hashId('event', String(performance.now()), event.channel,",
    tests: ['test/inbound/record-events.test.ts'],
  },
  {
    name: 'the unique index of events is dropped',
    file: 'prisma/migrations/20261121000000_first_records/migration.sql',
    find: 'CONSTRAINT "inbound_events_pkey" PRIMARY KEY ("id")',
    replace: 'CONSTRAINT "inbound_events_some_check" CHECK ("id" IS NOT NULL)',
    tests: ['test/inbound/record-events.test.ts', 'test/postgres/migrations.test.ts'],
  },
  {
    name: 'the body is kept as JSON reads it, not as its bytes came',
    file: 'src/inbound/routes.ts',
    find: 'const delivery = { channel: channel.name, accountId: channel.accountId, raw, receivedAt };',
    replace:
      'const again = Buffer.from(JSON.stringify(JSON.parse(raw.toString())));\n  const delivery = { channel: channel.name, accountId: channel.accountId, raw: again, receivedAt };',
    tests: ['test/outside/webhooks.test.ts', 'test/stories/odd-events.test.ts'],
  },
  {
    name: 'two workers may hold the same person',
    file: 'src/inbound/claim-work.ts',
    find: 'LIMIT $2 FOR UPDATE SKIP LOCKED`;',
    replace: 'LIMIT $2`;',
    tests: ['test/inbound/process-events.test.ts'],
  },
  {
    name: 'a place in the stream is an id',
    file: 'src/inbox/follow-changes.ts',
    find: 'const MARGIN = 5_000;',
    replace: 'const MARGIN = 0;',
    tests: ['test/inbox/follow-changes.test.ts'],
  },
  {
    name: 'a send that timed out is sent again',
    file: 'src/outbox/save-results.ts',
    find: "return { ...base, to: 'uncertain', availableAt: new Date(now.getTime() + SETTLE_LOOK_MS) };",
    replace: "return { ...base, to: 'queued', availableAt: new Date(now.getTime() + SETTLE_LOOK_MS) };",
    tests: ['test/stories/delivery.test.ts'],
  },
  {
    name: 'what a dead sender left is sent again',
    file: 'src/outbox/settle-messages.ts',
    find: "    to: 'uncertain',",
    replace: "    to: 'queued',",
    tests: ['test/outbox/settle-messages.test.ts', 'test/stories/delivery.test.ts'],
  },
  {
    name: 'what is known of one try is believed of the next',
    file: 'src/outbox/change-status.ts',
    find: ' AND o.attempts = coalesce(t.attempt, o.attempts)',
    replace: '',
    tests: ['test/outbox/settle-messages.test.ts'],
  },
  {
    name: 'a token pair is saved over a newer one (no fence)',
    file: 'src/channels/zalo/token-rows.ts',
    find: "WHERE channel = 'zalo' AND account_id = $1 AND fence = $9`,",
    replace: "WHERE channel = 'zalo' AND account_id = $1 AND fence <= greatest(fence, $9)`,",
    tests: ['test/channels/zalo/access-token.test.ts'],
  },
  {
    name: 'a token is refreshed without the lock',
    file: 'src/channels/zalo/token-rows.ts',
    find: ' FOR UPDATE`, [accountId])',
    replace: '`, [accountId])',
    tests: ['test/channels/zalo/access-token.test.ts'],
  },
  {
    name: 'who opted out is written to',
    file: 'src/outbox/may-send.ts',
    find: "if (question.optedOutAt !== null) return 'Khách đã từ chối nhận tin.';",
    replace: '',
    tests: ['test/outbox/may-send.test.ts'],
  },
  {
    name: 'silence counts as consent to advertising',
    file: 'src/outbox/may-send.ts',
    find: 'question.hasAdvertisingConsent !== true',
    replace: 'question.hasAdvertisingConsent === false',
    tests: ['test/outbox/may-send.test.ts'],
  },
  {
    name: 'the cap of a day lets one more through',
    file: 'src/outbox/may-send.ts',
    find: 'const oldest = recent[perDay - 1];',
    replace: 'const oldest = recent[perDay];',
    tests: ['test/outbox/may-send.test.ts'],
  },
  {
    name: 'two processes count the same customer at once',
    file: 'src/outbox/last-words.ts',
    find: 'ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;',
    replace: 'ORDER BY id`;',
    tests: ['test/outbox/claim-messages.test.ts'],
  },
  {
    name: 'quiet hours do not wait',
    file: 'src/outbox/may-send.ts',
    find: 'if (loudAt > now) return',
    replace: 'if (loudAt < now) return',
    tests: ['test/outbox/may-send.test.ts'],
  },
  {
    name: 'the bot talks while a person leads',
    file: 'src/outbox/may-send.ts',
    find: "if (conversationState === 'with_agent') return 'Nhân viên đang phụ trách hội thoại.';",
    replace: '',
    tests: ['test/outbox/may-send.test.ts'],
  },
  {
    name: 'what the bot had queued leaves after a take-over',
    file: 'src/inbox/take-conversation.ts',
    find: "await applyOutboxChanges(client, now, [{ ...whose, change: 'skip_queued', which: 'flow', reason }]);",
    replace: 'await applyOutboxChanges(client, now, []);',
    tests: ['test/stories/inbox.test.ts', 'test/inbox/replies.test.ts', 'test/inbox/conversations.test.ts'],
  },
  {
    name: 'two engines decide about the same customer',
    file: 'src/journeys/start-due.ts',
    find: 'ORDER BY c.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;',
    replace: 'ORDER BY c.id LIMIT $2`;',
    tests: ['test/journeys/plan-and-start.test.ts'],
  },
  {
    name: 'a repeated call works again',
    file: 'src/http/answer-once.ts',
    find: 'if (!stored) return null;',
    replace: 'if (stored) return null;\n  if (!stored) return null;',
    tests: ['test/api/answer-once.test.ts'],
  },
  {
    name: 'an ended session goes on',
    file: 'src/auth/sessions.ts',
    find: "'s.ended_at IS NULL AND s.expires_at > $1",
    replace: "'s.expires_at > $1",
    tests: ['test/auth/sessions.test.ts'],
  },
  {
    name: 'a link of a stranger may lead inwards',
    file: 'src/channels/media/check-address.ts',
    find: "if (parsed.range() !== 'unicast' ||",
    replace: "if (parsed.range() === 'loopback' ||",
    tests: ['test/channels/media/check-address.test.ts'],
  },
  {
    name: 'whoever was erased comes back with a backup',
    file: 'src/privacy/keep-erasures.ts',
    find: 'return lost.length === 0 ? 0 : await eraseAgain(deps, lost);',
    replace: 'return lost.length;',
    tests: ['test/privacy/keep-erasures.test.ts'],
  },
  {
    name: 'who rings in the moment a round ends is not heard',
    file: 'src/round.ts',
    find: '      running = null;',
    replace: '      await null;\n      running = null;',
    tests: ['test/round.test.ts'],
  },
  {
    name: 'answers queue behind a campaign',
    file: 'src/outbox/candidate.ts',
    find: 'ORDER BY r.rank, r.available_at, r.seq LIMIT $3',
    replace: 'ORDER BY r.available_at, r.seq LIMIT $3',
    tests: ['test/outbox/next-messages.test.ts'],
  },
];
