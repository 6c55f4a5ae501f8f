// The list of all that is kept about people. Export, erasure and retention read it, and only it: a table or a column
// that is not named here fails a test, so that nobody is forgotten when the schema grows.
import { messageData } from './message-data.ts';
import { recordData } from './record-data.ts';
import { CUSTOMER, IDENTITY, type TableRule } from './table-rule.ts';

/** Erasure goes through the tables in this order: what points at a row goes before it. */
export const personalData: Readonly<Record<string, TableRule>> = {
  ...messageData,
  ...recordData,
  outgoing_deliveries: {
    belongs: 't.event_id IN (SELECT e.id FROM outgoing_events e WHERE e.customer_id = (SELECT customer FROM who))',
    personal: 'last_error',
    plain: 'id event_id endpoint_id status attempts next_attempt_at last_status last_attempt_at delivered_at',
    isExported: false,
    erase: 'delete',
    retention: {
      class: 'outgoing_events',
      age: 'coalesce(t.last_attempt_at, t.next_attempt_at)',
      where: "t.status <> 'waiting'",
      do: 'delete',
    },
    note: 'Whether an endpoint was reached; what was told is in outgoing_events.',
  },
  outgoing_events: {
    belongs: CUSTOMER,
    personal: 'data',
    plain: 'id type customer_id at spread_at',
    isExported: true,
    erase: 'delete',
    retention: {
      class: 'outgoing_events',
      age: 'at',
      where: 'NOT EXISTS (SELECT 1 FROM outgoing_deliveries d WHERE d.event_id = t.id)',
      do: 'delete',
    },
  },
  import_rows: {
    belongs: `t.object_id = ANY((SELECT names FROM who)::text[]) OR t.before ->> 'customer' = ANY((SELECT names FROM who)::text[])
      OR t.after ->> 'customer' = ANY((SELECT names FROM who)::text[])
      OR position((SELECT customer FROM who)::text IN concat(t.before::text, t.after::text)) > 0`,
    personal: 'object_id errors before after',
    plain: 'import_id line result',
    isExported: false,
    erase: { set: "object_id = NULL, errors = NULL, before = NULL, after = NULL, result = 'kept'" },
    retention: {
      class: 'import_rows',
      age: '(SELECT m.created_at FROM imports m WHERE m.id = t.import_id)',
      where: '(t.before IS NOT NULL OR t.after IS NOT NULL OR t.errors IS NOT NULL OR t.object_id IS NOT NULL)',
      do: { set: 'object_id = NULL, errors = NULL, before = NULL, after = NULL' },
    },
    note: 'How a file was read; what it brought is in the records, which are exported.',
  },
  idempotent_requests: {
    belongs: `EXISTS (SELECT 1 FROM unnest((SELECT names FROM who)::text[] || (SELECT customer FROM who)::text) AS n(name)
      WHERE position(to_json(n.name)::text IN t.response::text) > 0)`,
    personal: 'key response',
    plain: 'request_hash status created_at',
    isExported: false,
    erase: 'delete',
    retention: { class: 'idempotent_requests', age: 'created_at', do: 'delete' },
    note: 'Copies of answers of the API, for a week.',
  },
  customer_merges: {
    belongs: 't.id = ANY((SELECT merges FROM who)::uuid[])',
    personal: 'kept',
    others: 'merged_by',
    plain: 'id staying_id going_id at undone_at',
    isExported: true,
    erase: 'delete',
    retention: null,
  },
  privacy_requests: {
    belongs: CUSTOMER,
    personal: 'detail outcome',
    plain: 'id customer_id kind source status received_at answer_due_at act_due_at extended_at answered_at done_at',
    isExported: true,
    erase: { set: 'customer_id = NULL, detail = NULL' },
    retention: { class: 'closed_requests', age: 'done_at', where: "t.status IN ('done', 'refused')", do: 'delete' },
    note: 'That it was received, answered and done in time is proof and stays.',
  },
  audit_entries: {
    belongs: CUSTOMER,
    personal: 'object_id data',
    others: 'actor',
    plain: 'id at action object_kind customer_id',
    isExported: true,
    // The only change that ever happens to it: a name of the person becomes nobody's.
    erase: {
      set: `object_id = CASE WHEN t.object_id = ANY((SELECT names FROM who)::text[]) THEN 'erased' ELSE t.object_id END, data = NULL`,
    },
    retention: { class: 'audit', age: 'at', do: 'delete' },
  },
  consents: {
    belongs: CUSTOMER,
    personal: 'purpose channel granted source wording at',
    plain: 'id customer_id',
    isExported: true,
    erase: 'delete',
    retention: null,
    note: 'Proof of consent never ages; erasure leaves the keyed hash that keeps a no.',
  },
  notes: {
    belongs: CUSTOMER,
    personal: 'text',
    others: 'staff_id mentions',
    plain: 'id conversation_id customer_id created_at',
    isExported: true,
    erase: 'delete',
    retention: null,
  },
  drafts: {
    belongs: 't.conversation_id = ANY((SELECT conversations FROM who)::uuid[])',
    personal: 'text',
    others: 'staff_id',
    plain: 'conversation_id updated_at',
    isExported: false,
    erase: 'delete',
    retention: null,
    note: 'What staff had not sent yet.',
  },
  presences: {
    belongs: 't.conversation_id = ANY((SELECT conversations FROM who)::uuid[])',
    personal: '',
    others: 'staff_id',
    plain: 'conversation_id is_typing until',
    isExported: false,
    erase: 'delete',
    retention: null,
    note: 'Which member of staff looks at it, for seconds.',
  },
  conversations: {
    belongs: IDENTITY,
    personal: 'state step snapshot flows_started',
    others: 'owner assignee_id team_id',
    plain:
      'id identity_id customer_id run_id flow_version_id misunderstandings waiting_since taken_over_at resolved_at snoozed_until reply_due_at resolve_due_at first_replied_at last_staff_message_id created_at updated_at',
    isExported: true,
    erase: 'delete',
    retention: null,
  },
  channel_identities: {
    belongs: 't.id = ANY((SELECT identities FROM who)::uuid[])',
    personal: 'external_id display_name given_name avatar_url profile unreachable_reason',
    plain:
      'id channel account_id customer_id profile_wait_until profile_fetched_at followed_at unfollowed_at last_interaction_at last_inbound_at created_at',
    isExported: true,
    erase: 'delete',
    retention: null,
  },
  customers: {
    belongs: 't.id = (SELECT customer FROM who)',
    personal: 'external_id name form_of_address phone email industry role tags attributes language',
    plain: 'id opted_out_at created_at updated_at',
    isExported: true,
    erase: 'delete',
    retention: null,
  },
  ...nobodys(),
};

/** Tables without a customer in them. */
function nobodys(): Record<string, TableRule> {
  const rule = (plain: string, retention: TableRule['retention'] = null, others = ''): TableRule => ({
    belongs: null,
    personal: '',
    plain,
    others,
    isExported: false,
    erase: 'keep',
    retention,
  });
  return {
    flow_versions: rule('id flow number checksum source note published_at'),
    journey_versions: rule('id journey number checksum source note published_at'),
    journey_pauses: rule('journey paused_at', null, 'paused_by'),
    template_states: rule('template approval reason quality changed_at'),
    channel_tokens: rule(
      'channel account_id access_token refresh_token key_id access_expires_at refresh_expires_at status reason fence refresh_started_at next_refresh_at updated_at',
    ),
    oauth_states: rule('state channel code_verifier created_at used_at', {
      class: 'oauth_states',
      age: 'created_at',
      do: 'delete',
    }),
    api_keys: rule('id name prefix hash scopes created_at last_used_at revoked_at', null, 'created_by'),
    // The file holds people; it goes when one of them is erased, or by its age (remove-files.ts).
    imports: rule(
      'id kind file_name path mapping is_dry_run status reason rows_read rows_done rows_wrong created_at finished_at undone_at',
      { class: 'import_files', age: 'finished_at', where: "t.path <> ''", do: { set: "path = ''" } },
      'created_by',
    ),
    webhook_endpoints: rule('id url events secrets is_enabled disabled_reason failing_since created_at'),
    erased_identities: rule('hash kind opted_out erased_at'),
    ...offices(rule),
  };
}

type MakeRule = (plain: string, retention?: TableRule['retention'], others?: string) => TableRule;

/** What is about staff and how they work. */
function offices(rule: MakeRule): Record<string, TableRule> {
  return {
    teams: rule('id name created_at'),
    staff_members: rule(
      'id role team_id password_hash totp_secret totp_since totp_last_step skills capacity is_away language created_at last_seen_at disabled_at',
      null,
      'email name',
    ),
    staff_sessions: rule(
      'id token_hash created_at last_seen_at expires_at ended_at',
      { class: 'oauth_states', age: 'expires_at', do: 'delete' },
      'staff_id user_agent address',
    ),
    staff_links: rule(
      'hash kind created_at expires_at used_at',
      { class: 'oauth_states', age: 'expires_at', do: 'delete' },
      'staff_id created_by',
    ),
    sign_in_attempts: rule('id key at is_good', { class: 'oauth_states', age: 'at', do: 'delete' }),
    canned_replies: rule('id shortcut title text team_id updated_at', null, 'updated_by'),
    incidents: rule(
      'id discovered_at happened_at description data_kinds consequences measures contact scope customer_count notify_due_at notified_at closed_at created_at updated_at',
      null,
      'created_by',
    ),
    settings: rule('name value updated_at', null, 'updated_by'),
  };
}
