// What the turns say, into the outbox; in the order in which it was said.
import { DAY_MS } from '../clock.ts';
import { newMessageStatus } from '../postgres/held-after-restore.ts';
import type { Outcome } from './outcome.ts';
import { type SavePart, savePart } from './save-parts.ts';

const columns = {
  id: 'uuid',
  conversation_id: 'uuid',
  identity_id: 'uuid',
  customer_id: 'uuid',
  channel: 'text',
  account_id: 'text',
  content: 'jsonb',
  purpose: 'text',
  author: 'text',
  flow_version_id: 'uuid',
  run_id: 'uuid',
  step: 'text',
  fallback: 'jsonb',
  expires_at: 'timestamptz',
  caused_at: 'timestamptz',
} as const;

/** Past it a message has lost its sense: an answer after a day, unasked care after three. */
const EXPIRY_MS = { answer: DAY_MS, confirmation: DAY_MS, care: 3 * DAY_MS, advertising: 3 * DAY_MS };

export function saveMessages(outcomes: Outcome[], now: Date): SavePart {
  const rows = outcomes.flatMap((outcome) => outcome.turns.flatMap((turn) => messageRows(outcome, turn, now)));
  return savePart(
    'messages',
    columns,
    rows,
    (from) => `m AS (
      INSERT INTO outbound_messages (id, conversation_id, identity_id, customer_id, channel, account_id, content,
        purpose, author, flow_version_id, run_id, step, fallback, available_at, expires_at, created_at,
        status, sending_at, reason, error_code)
      SELECT id, conversation_id, identity_id, customer_id, channel, account_id, content,
        purpose, author, flow_version_id, run_id, step, fallback, $1::timestamptz, expires_at, $1::timestamptz,
        ${newMessageStatus('caused_at')}
      FROM ${from}
      ON CONFLICT (id) DO NOTHING)`,
  );
}

function messageRows({ person }: Outcome, { effects, event }: Outcome['turns'][number], now: Date) {
  const { identity, customer, conversation } = person;
  return effects.messages.map((message) => ({
    id: message.id,
    conversation_id: conversation.id,
    identity_id: identity.id,
    customer_id: customer.id,
    channel: identity.channel,
    account_id: identity.accountId,
    content: message.tip === undefined ? message.message : { ...message.message, tip: message.tip },
    purpose: message.purpose,
    author: message.author,
    flow_version_id: message.flowVersionId,
    run_id: message.runId,
    step: message.step,
    fallback: message.fallback,
    expires_at: new Date(now.getTime() + EXPIRY_MS[message.purpose]),
    caused_at: event.occurredAt,
  }));
}
