-- CreateTable
CREATE TABLE "customers" (
    "id" UUID NOT NULL,
    "external_id" TEXT,
    "name" TEXT,
    "form_of_address" TEXT,
    "phone" TEXT,
    "email" TEXT,
    "industry" TEXT,
    "role" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "language" TEXT NOT NULL DEFAULT 'vi',
    "opted_out_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel_identities" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "customer_id" UUID,
    "display_name" TEXT,
    "given_name" TEXT,
    "avatar_url" TEXT,
    "profile" JSONB,
    "profile_wait_until" TIMESTAMPTZ(3),
    "profile_fetched_at" TIMESTAMPTZ(3),
    "followed_at" TIMESTAMPTZ(3),
    "unfollowed_at" TIMESTAMPTZ(3),
    "last_interaction_at" TIMESTAMPTZ(3),
    "last_inbound_at" TIMESTAMPTZ(3),
    "unreachable_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_identities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consents" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "granted" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "wording" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "product" TEXT NOT NULL,
    "plan" TEXT,
    "value" BIGINT,
    "status" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "owner" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "offer_code" TEXT,
    "items" JSONB NOT NULL DEFAULT '[]',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_counters" (
    "customer_id" UUID NOT NULL,
    "metric" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_counters_pkey" PRIMARY KEY ("customer_id","metric")
);

-- CreateTable
CREATE TABLE "usage_events" (
    "idempotency_key" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "metric" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_events_pkey" PRIMARY KEY ("idempotency_key")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbound_events" (
    "id" UUID NOT NULL,
    "delivery_id" UUID,
    "channel" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "identity_id" UUID,
    "kind" TEXT NOT NULL,
    "provider_event" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,

    CONSTRAINT "inbound_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbound_queue" (
    "seq" BIGSERIAL NOT NULL,
    "event_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "available_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "parked_at" TIMESTAMPTZ(3),
    "reason" TEXT,

    CONSTRAINT "inbound_queue_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "media" (
    "id" UUID NOT NULL,
    "inbound_event_id" UUID NOT NULL,
    "identity_id" UUID,
    "kind" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "path" TEXT,
    "content_type" TEXT,
    "byte_size" INTEGER,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "stored_at" TIMESTAMPTZ(3),

    CONSTRAINT "media_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conversations" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "owner" TEXT,
    "run_id" UUID,
    "flow_version_id" UUID,
    "step" TEXT,
    "snapshot" JSONB,
    "misunderstandings" INTEGER NOT NULL DEFAULT 0,
    "flows_started" JSONB NOT NULL DEFAULT '{}',
    "waiting_since" TIMESTAMPTZ(3),
    "taken_over_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "timers" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "timers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "flow_versions" (
    "id" UUID NOT NULL,
    "flow" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "checksum" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "note" TEXT,
    "published_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flow_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrolments" (
    "id" UUID NOT NULL,
    "flow" TEXT NOT NULL,
    "entry" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "anchor_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "started_at" TIMESTAMPTZ(3),

    CONSTRAINT "enrolments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbound_messages" (
    "id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "conversation_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "purpose" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "staff_id" TEXT,
    "flow_version_id" UUID,
    "run_id" UUID,
    "step" TEXT,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "error_code" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "available_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "sending_at" TIMESTAMPTZ(3),
    "provider_message_id" TEXT,
    "cost_kind" TEXT,
    "cost_amount" INTEGER,
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbound_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "touchpoints" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "customer_id" UUID,
    "conversation_id" UUID,
    "channel" TEXT,
    "text" TEXT,
    "reason" TEXT,
    "flow" TEXT,
    "flow_version_id" UUID,
    "step" TEXT,
    "inbound_event_id" UUID,
    "outbound_message_id" UUID,
    "cost_amount" INTEGER,
    "data" JSONB,

    CONSTRAINT "touchpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "survey_answers" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "flow" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "score" INTEGER,
    "comment" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "survey_answers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "offer_issues" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "subscription_id" UUID,
    "run_id" UUID NOT NULL,
    "flow" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "benefit" TEXT,
    "gift" TEXT,
    "deadline_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "offer_issues_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cases" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "conversation_id" UUID,
    "reason" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "owner" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "cases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "training_bookings" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_minutes" INTEGER NOT NULL,
    "meeting_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "training_bookings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel_tokens" (
    "channel" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "access_token" BYTEA NOT NULL,
    "refresh_token" BYTEA,
    "key_id" TEXT NOT NULL,
    "access_expires_at" TIMESTAMPTZ(3),
    "refresh_expires_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "refresh_started_at" TIMESTAMPTZ(3),
    "next_refresh_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_tokens_pkey" PRIMARY KEY ("channel","account_id")
);

-- CreateTable
CREATE TABLE "oauth_states" (
    "state" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "code_verifier" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_states_pkey" PRIMARY KEY ("state")
);

-- CreateTable
CREATE TABLE "idempotent_requests" (
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "response" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotent_requests_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "customers_external_id_key" ON "customers"("external_id");

-- CreateIndex
CREATE INDEX "customers_phone_idx" ON "customers"("phone");

-- CreateIndex
CREATE INDEX "channel_identities_customer_id_idx" ON "channel_identities"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "channel_identities_channel_account_id_external_id_key" ON "channel_identities"("channel", "account_id", "external_id");

-- CreateIndex
CREATE INDEX "consents_customer_id_purpose_at_idx" ON "consents"("customer_id", "purpose", "at");

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_external_id_key" ON "subscriptions"("external_id");

-- CreateIndex
CREATE INDEX "subscriptions_customer_id_idx" ON "subscriptions"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_external_id_key" ON "orders"("external_id");

-- CreateIndex
CREATE INDEX "orders_customer_id_idx" ON "orders"("customer_id");

-- CreateIndex
CREATE INDEX "usage_events_customer_id_metric_at_idx" ON "usage_events"("customer_id", "metric", "at");

-- CreateIndex
CREATE INDEX "inbound_queue_identity_id_idx" ON "inbound_queue"("identity_id");

-- CreateIndex
CREATE INDEX "media_status_next_attempt_at_idx" ON "media"("status", "next_attempt_at");

-- CreateIndex
CREATE UNIQUE INDEX "media_inbound_event_id_url_key" ON "media"("inbound_event_id", "url");

-- CreateIndex
CREATE UNIQUE INDEX "conversations_identity_id_key" ON "conversations"("identity_id");

-- CreateIndex
CREATE INDEX "conversations_customer_id_idx" ON "conversations"("customer_id");

-- CreateIndex
CREATE INDEX "conversations_state_waiting_since_idx" ON "conversations"("state", "waiting_since");

-- CreateIndex
CREATE INDEX "timers_due_at_idx" ON "timers"("due_at");

-- CreateIndex
CREATE UNIQUE INDEX "timers_conversation_id_key_key" ON "timers"("conversation_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "flow_versions_flow_number_key" ON "flow_versions"("flow", "number");

-- CreateIndex
CREATE INDEX "enrolments_status_due_at_idx" ON "enrolments"("status", "due_at");

-- CreateIndex
CREATE INDEX "enrolments_customer_id_idx" ON "enrolments"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "enrolments_flow_entry_subscription_id_anchor_at_key" ON "enrolments"("flow", "entry", "subscription_id", "anchor_at");

-- CreateIndex
CREATE INDEX "touchpoints_customer_id_id_idx" ON "touchpoints"("customer_id", "id" DESC);

-- CreateIndex
CREATE INDEX "survey_answers_customer_id_asked_at_idx" ON "survey_answers"("customer_id", "asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "survey_answers_run_id_step_key" ON "survey_answers"("run_id", "step");

-- CreateIndex
CREATE INDEX "offer_issues_customer_id_code_idx" ON "offer_issues"("customer_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "offer_issues_run_id_step_key" ON "offer_issues"("run_id", "step");

-- CreateIndex
CREATE INDEX "cases_customer_id_idx" ON "cases"("customer_id");

-- CreateIndex
CREATE INDEX "cases_status_due_at_idx" ON "cases"("status", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "training_bookings_conversation_id_starts_at_key" ON "training_bookings"("conversation_id", "starts_at");

-- AddForeignKey
ALTER TABLE "channel_identities" ADD CONSTRAINT "channel_identities_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consents" ADD CONSTRAINT "consents_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_counters" ADD CONSTRAINT "usage_counters_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "channel_identities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema language cannot say.

-- What is still to be said or settled: small, whatever the outbox has grown to.
CREATE INDEX "outbound_messages_open_idx" ON "outbound_messages"("identity_id", "seq")
  WHERE "status" IN ('queued', 'sending', 'uncertain', 'parked');
CREATE INDEX "outbound_messages_queued_idx" ON "outbound_messages"("channel", "seq") WHERE "status" = 'queued';
CREATE INDEX "outbound_messages_unsettled_idx" ON "outbound_messages"("channel", "lease_until")
  WHERE "status" IN ('sending', 'uncertain');
CREATE INDEX "outbound_messages_provider_idx" ON "outbound_messages"("provider_message_id") WHERE "provider_message_id" IS NOT NULL;
-- Messenger says "read up to this moment", not which message.
CREATE INDEX "outbound_messages_unread_idx" ON "outbound_messages"("identity_id", "sent_at")
  WHERE "channel" = 'messenger' AND "status" IN ('sent', 'delivered');

-- The two tables that fill and empty all day: sweep them often, or claims slow down.
ALTER TABLE "inbound_queue" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE "timers" SET (autovacuum_vacuum_scale_factor = 0.02);
-- Rows that change on every turn: room on the page keeps the change off the indexes.
ALTER TABLE "conversations" SET (fillfactor = 70);
ALTER TABLE "channel_identities" SET (fillfactor = 70);
