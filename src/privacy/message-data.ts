// What was said and what waits to be said: rules for the tables of messages.
import { CUSTOMER, IDENTITY, NOBODY, type TableRule } from './table-rule.ts';

export const messageData: Record<string, TableRule> = {
  timers: {
    belongs: IDENTITY,
    personal: '',
    plain: 'id conversation_id identity_id run_id key due_at',
    isExported: false,
    erase: 'delete',
    retention: null,
    note: 'Only when a script goes on; gone when it does.',
  },
  inbound_queue: {
    belongs: IDENTITY,
    personal: 'reason',
    plain: 'seq event_id identity_id occurred_at available_at attempts parked_at',
    isExported: false,
    erase: 'delete',
    retention: null,
    note: 'Work to do; the events themselves are exported.',
  },
  media: {
    belongs: IDENTITY,
    personal: 'url path name',
    others: 'staff_id',
    plain:
      'id inbound_event_id identity_id kind status attempts next_attempt_at content_type byte_size reason created_at stored_at',
    isExported: true,
    // The files go after the commit; the row remembers which until they are gone (remove-files.ts).
    erase: { set: "identity_id = NULL, url = t.id::text, name = NULL, status = 'erasing', reason = NULL" },
    retention: {
      class: 'media',
      age: 'created_at',
      where: "t.status <> 'erasing'",
      do: { set: "identity_id = NULL, url = t.id::text, name = NULL, status = 'erasing', reason = NULL" },
    },
  },
  webhook_deliveries: {
    belongs: 't.id = ANY((SELECT deliveries FROM who)::uuid[])',
    personal: 'raw',
    plain: 'id channel account_id received_at',
    isExported: false,
    erase: { set: "raw = ''" },
    retention: { class: 'webhook_bodies', age: 'received_at', where: "t.raw <> ''", do: { set: "raw = ''" } },
    note: 'One body may speak of several people; the events read from it are exported. The id stays: a repeat adds nothing.',
  },
  inbound_events: {
    belongs: 't.id = ANY((SELECT events FROM who)::uuid[])',
    personal: 'payload',
    plain: 'id delivery_id channel account_id identity_id kind provider_event occurred_at received_at',
    isExported: true,
    // The id stays: a provider that delivers again must not bring the person back.
    erase: { set: "identity_id = NULL, payload = '{}'" },
    retention: {
      class: 'event_payloads',
      age: 'received_at',
      where: "t.payload <> '{}' AND NOT EXISTS (SELECT 1 FROM inbound_queue q WHERE q.event_id = t.id)",
      do: { set: "payload = '{}'" },
    },
  },
  outbound_messages: {
    belongs: CUSTOMER,
    personal: 'content reason fallback provider_message_id',
    others: 'staff_id',
    plain:
      'id seq conversation_id identity_id customer_id channel account_id purpose author flow_version_id run_id step status error_code attempts available_at expires_at lease_until sending_at cost_kind cost_amount sent_at delivered_at read_at created_at',
    isExported: true,
    erase: {
      set: `conversation_id = ${NOBODY}, identity_id = ${NOBODY}, customer_id = ${NOBODY}, content = '{}', reason = NULL,
        fallback = NULL, provider_message_id = NULL,
        status = CASE WHEN t.status IN ('queued', 'sending', 'uncertain') THEN 'skipped' ELSE t.status END`,
    },
    retention: {
      class: 'outbox_contents',
      age: 'created_at',
      where: "t.status NOT IN ('queued', 'sending', 'uncertain') AND t.content <> '{}'",
      do: { set: "content = '{}', reason = NULL, fallback = NULL" },
    },
  },
  touchpoints: {
    belongs: CUSTOMER,
    personal: 'text reason data',
    plain:
      'id at kind customer_id conversation_id channel flow flow_version_id step inbound_event_id outbound_message_id cost_amount',
    isExported: true,
    erase: {
      set: `customer_id = NULL, conversation_id = NULL, text = NULL, reason = NULL, inbound_event_id = NULL,
        data = (SELECT jsonb_object_agg(key, value) FROM jsonb_each(CASE jsonb_typeof(t.data) WHEN 'object' THEN t.data END)
                WHERE key IN ('metric', 'score', 'code', 'journey', 'purpose', 'status'))`,
    },
    retention: {
      class: 'ledger_texts',
      age: 'at',
      key: 'id',
      where: "(t.text IS NOT NULL OR t.data ? 'payload' OR t.data ? 'attachments')",
      do: { set: "text = NULL, data = t.data - '{payload,attachments}'::text[]" },
    },
  },
};
