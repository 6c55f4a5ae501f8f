-- Files that staff send, in the table of files that customers sent: one rule of erasure for both.
ALTER TABLE "media" ALTER COLUMN "inbound_event_id" DROP NOT NULL;
ALTER TABLE "media" ADD COLUMN "name" TEXT, ADD COLUMN "staff_id" UUID;

-- Personal data that was lost or seen: what the notice must say, and by when.
CREATE TABLE "incidents" (
    "id" UUID NOT NULL,
    "discovered_at" TIMESTAMPTZ(3) NOT NULL,
    "happened_at" TIMESTAMPTZ(3),
    "description" TEXT NOT NULL,
    "data_kinds" TEXT NOT NULL DEFAULT '',
    "consequences" TEXT NOT NULL DEFAULT '',
    "measures" TEXT NOT NULL DEFAULT '',
    "contact" TEXT NOT NULL DEFAULT '',
    "scope" JSONB NOT NULL DEFAULT '{}',
    "customer_count" INTEGER,
    "notify_due_at" TIMESTAMPTZ(3) NOT NULL,
    "notified_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "incidents_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "incidents_notify_due_at_idx" ON "incidents"("notify_due_at");

-- Export and erasure find a person's events without reading everybody's.
CREATE INDEX "inbound_events_identity_id_idx" ON "inbound_events"("identity_id");

-- Offers that still wait for an answer: what time closes.
CREATE INDEX "offer_issues_open_idx" ON "offer_issues"("deadline_at") WHERE "state" IN ('eligible', 'sent', 'later');
