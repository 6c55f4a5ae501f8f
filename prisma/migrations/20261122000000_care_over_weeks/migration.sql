-- Records, journeys, offers, tasks, keys, data in and out, privacy: care over weeks.

CREATE TABLE "subscription_changes" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscription_changes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "customer_merges" (
    "id" UUID NOT NULL,
    "staying_id" UUID NOT NULL,
    "going_id" UUID NOT NULL,
    "merged_by" TEXT NOT NULL,
    "kept" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_merges_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "orders"
  ADD COLUMN "subscription_id" UUID,
  ADD COLUMN "refund_of" TEXT,
  ADD COLUMN "attribution" TEXT,
  ADD COLUMN "offer_issue_id" UUID;

CREATE TABLE "usage_months" (
    "customer_id" UUID NOT NULL,
    "metric" TEXT NOT NULL,
    "month" DATE NOT NULL,
    "total" DOUBLE PRECISION NOT NULL,
    "events" INTEGER NOT NULL,
    "last_value" DOUBLE PRECISION NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_months_pkey" PRIMARY KEY ("customer_id","metric","month")
);

CREATE TABLE "journey_versions" (
    "id" UUID NOT NULL,
    "journey" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "checksum" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "note" TEXT,
    "published_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "journey_versions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "journey_pauses" (
    "journey" TEXT NOT NULL,
    "paused_by" TEXT NOT NULL,
    "paused_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "journey_pauses_pkey" PRIMARY KEY ("journey")
);

CREATE TABLE "enrolment_steps" (
    "id" UUID NOT NULL,
    "enrolment_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "journey" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "occurrence" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "version_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "purpose" TEXT,
    "channel" TEXT,
    "run_id" UUID,

    CONSTRAINT "enrolment_steps_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "segment_members" (
    "customer_id" UUID NOT NULL,
    "journey" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "segment_members_pkey" PRIMARY KEY ("customer_id","journey","subject_id")
);

CREATE TABLE "journey_signals" (
    "id" BIGSERIAL NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB,

    CONSTRAINT "journey_signals_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "outbound_messages"
  ADD COLUMN "fallback" JSONB;

ALTER TABLE "survey_answers"
  ADD COLUMN "case_id" UUID,
  ADD COLUMN "is_repeat" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "offer_issues"
  ALTER COLUMN "conversation_id" DROP NOT NULL,
  ALTER COLUMN "run_id" DROP NOT NULL,
  ALTER COLUMN "flow" DROP NOT NULL,
  ALTER COLUMN "step" DROP NOT NULL,
  ALTER COLUMN "sent_at" DROP NOT NULL,
  ADD COLUMN "personal_code" TEXT,
  ADD COLUMN "price" BIGINT,
  ADD COLUMN "journey" TEXT,
  ADD COLUMN "enrolment_id" UUID,
  ADD COLUMN "created_at" TIMESTAMPTZ(3);

ALTER TABLE "cases"
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'other',
  ADD COLUMN "outcome" TEXT,
  ADD COLUMN "closed_by" TEXT,
  ADD COLUMN "is_recovered" BOOLEAN;

CREATE TABLE "tasks" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "conversation_id" UUID,
    "subscription_id" UUID,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "owner" TEXT,
    "status" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "journey" TEXT,
    "enrolment_step_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "done_by" TEXT,
    "outcome" TEXT,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "template_states" (
    "template" TEXT NOT NULL,
    "approval" TEXT NOT NULL,
    "reason" TEXT,
    "quality" TEXT,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "template_states_pkey" PRIMARY KEY ("template")
);

CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "object_kind" TEXT,
    "object_id" TEXT,
    "customer_id" UUID,
    "data" JSONB,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "imports" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "is_dry_run" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "rows_read" INTEGER NOT NULL DEFAULT 0,
    "rows_done" INTEGER NOT NULL DEFAULT 0,
    "rows_wrong" INTEGER NOT NULL DEFAULT 0,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "import_rows" (
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "object_id" TEXT,
    "result" TEXT NOT NULL,
    "errors" JSONB,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "import_rows_pkey" PRIMARY KEY ("import_id","line")
);

CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "secrets" BYTEA[],
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "outgoing_events" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "customer_id" UUID,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "spread_at" TIMESTAMPTZ(3),

    CONSTRAINT "outgoing_events_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "outgoing_deliveries" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_status" INTEGER,
    "last_error" TEXT,
    "last_attempt_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "outgoing_deliveries_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "privacy_requests" (
    "id" UUID NOT NULL,
    "customer_id" UUID,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "detail" TEXT,
    "status" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "answer_due_at" TIMESTAMPTZ(3) NOT NULL,
    "act_due_at" TIMESTAMPTZ(3) NOT NULL,
    "extended_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "privacy_requests_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "erased_identities" (
    "hash" BYTEA NOT NULL,
    "kind" TEXT NOT NULL,
    "opted_out" BOOLEAN NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erased_identities_pkey" PRIMARY KEY ("hash")
);

CREATE INDEX "subscription_changes_subscription_id_at_idx" ON "subscription_changes"("subscription_id", "at");

CREATE INDEX "subscription_changes_customer_id_idx" ON "subscription_changes"("customer_id");

CREATE INDEX "customer_merges_staying_id_idx" ON "customer_merges"("staying_id");

CREATE INDEX "customer_merges_going_id_idx" ON "customer_merges"("going_id");

CREATE INDEX "orders_offer_issue_id_idx" ON "orders"("offer_issue_id");

CREATE UNIQUE INDEX "journey_versions_journey_number_key" ON "journey_versions"("journey", "number");

CREATE INDEX "enrolment_steps_customer_id_idx" ON "enrolment_steps"("customer_id");

CREATE UNIQUE INDEX "enrolment_steps_enrolment_id_step_occurrence_key" ON "enrolment_steps"("enrolment_id", "step", "occurrence");

CREATE INDEX "segment_members_journey_idx" ON "segment_members"("journey");

CREATE INDEX "journey_signals_customer_id_idx" ON "journey_signals"("customer_id");

CREATE INDEX "survey_answers_case_id_idx" ON "survey_answers"("case_id");

CREATE INDEX "offer_issues_personal_code_idx" ON "offer_issues"("personal_code");

CREATE INDEX "offer_issues_enrolment_id_idx" ON "offer_issues"("enrolment_id");

CREATE UNIQUE INDEX "tasks_enrolment_step_id_key" ON "tasks"("enrolment_step_id");

CREATE INDEX "tasks_customer_id_idx" ON "tasks"("customer_id");

CREATE INDEX "tasks_status_due_at_idx" ON "tasks"("status", "due_at");

CREATE UNIQUE INDEX "api_keys_name_key" ON "api_keys"("name");

CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

CREATE INDEX "audit_entries_customer_id_idx" ON "audit_entries"("customer_id");

CREATE INDEX "audit_entries_at_idx" ON "audit_entries"("at");

CREATE INDEX "outgoing_events_spread_at_at_idx" ON "outgoing_events"("spread_at", "at");

CREATE INDEX "outgoing_events_customer_id_idx" ON "outgoing_events"("customer_id");

CREATE INDEX "outgoing_deliveries_status_next_attempt_at_idx" ON "outgoing_deliveries"("status", "next_attempt_at");

CREATE INDEX "outgoing_deliveries_endpoint_id_idx" ON "outgoing_deliveries"("endpoint_id");

CREATE UNIQUE INDEX "outgoing_deliveries_event_id_endpoint_id_key" ON "outgoing_deliveries"("event_id", "endpoint_id");

CREATE INDEX "privacy_requests_customer_id_idx" ON "privacy_requests"("customer_id");

CREATE INDEX "privacy_requests_status_act_due_at_idx" ON "privacy_requests"("status", "act_due_at");

-- What the schema language cannot say.

-- Read each second: what is due.
CREATE INDEX "enrolment_steps_planned_idx" ON "enrolment_steps"("due_at") WHERE "status" = 'planned';
-- The cap: what one customer was told unasked in the last days.
CREATE INDEX "enrolment_steps_started_idx" ON "enrolment_steps"("customer_id", "decided_at") WHERE "status" = 'started';
CREATE INDEX "outbound_messages_unasked_idx" ON "outbound_messages"("customer_id", "sending_at")
  WHERE "purpose" IN ('care', 'advertising') AND "sending_at" IS NOT NULL;

-- The ledger is the one place that hears of everything, whoever writes it: what journeys and the outside wait for is
-- passed on in the same transaction. A condition on the trigger keeps ordinary messages free of it. (\x3B is a semicolon:
-- Prisma's engine over a driver adapter cuts scripts at every one it sees.)
CREATE FUNCTION "signal_journeys"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
  INSERT INTO journey_signals (customer_id, kind, at, data) VALUES (NEW.customer_id, NEW.kind, NEW.at, NEW.data)\x3B
  RETURN NULL\x3B
END';
CREATE TRIGGER "touchpoints_signal_journeys" AFTER INSERT ON "touchpoints" FOR EACH ROW
WHEN (NEW.customer_id IS NOT NULL AND NEW.kind IN (
  'followed', 'unfollowed', 'opted_out', 'opted_in', 'consent_recorded', 'customer_saved', 'customers_merged',
  'subscription_saved', 'subscription_activated', 'subscription_renewed', 'subscription_upgraded', 'subscription_ended',
  'order_recorded', 'usage_recorded', 'guide_shown', 'training_booked', 'remembered',
  'survey_answered', 'survey_expired', 'offer_accepted', 'offer_declined', 'offer_expired',
  'case_opened', 'case_closed', 'task_done', 'resolved', 'event_reported'))
EXECUTE FUNCTION "signal_journeys"();

CREATE FUNCTION "announce_touchpoint"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
  INSERT INTO outgoing_events (id, type, customer_id, data, at)
  SELECT gen_random_uuid(),
    CASE NEW.kind WHEN ''offer_accepted'' THEN ''offer.accepted'' WHEN ''case_opened'' THEN ''case.opened''
      WHEN ''survey_answered'' THEN ''survey.answered'' WHEN ''subscription_renewed'' THEN ''subscription.renewed''
      ELSE ''customer.opted_out'' END,
    NEW.customer_id,
    jsonb_strip_nulls(coalesce(NEW.data, ''{}'') || jsonb_build_object(''channel'', NEW.channel, ''flow'', NEW.flow, ''step'', NEW.step, ''reason'', NEW.reason)),
    NEW.at
  WHERE EXISTS (SELECT 1 FROM webhook_endpoints WHERE is_enabled)\x3B
  RETURN NULL\x3B
END';
CREATE TRIGGER "touchpoints_announce" AFTER INSERT ON "touchpoints" FOR EACH ROW
WHEN (NEW.kind IN ('offer_accepted', 'case_opened', 'survey_answered', 'subscription_renewed', 'opted_out'))
EXECUTE FUNCTION "announce_touchpoint"();
