-- An enrolment is one customer on one journey, and what was one flow due by one date becomes a step of it.

ALTER TABLE "enrolments" RENAME TO "enrolments_by_date";
ALTER TABLE "enrolments_by_date" RENAME CONSTRAINT "enrolments_pkey" TO "enrolments_by_date_pkey";

CREATE TABLE "enrolments" (
    "id" UUID NOT NULL,
    "journey" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "anchor_at" TIMESTAMPTZ(3) NOT NULL,
    "enrolled_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "enrolments_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "enrolments_customer_id_journey_idx" ON "enrolments"("customer_id", "journey");

CREATE INDEX "enrolments_subject_id_idx" ON "enrolments"("subject_id");

-- What began, or is on its way to the conversation, is kept, so that nobody is asked twice. What was only planned is
-- planned anew at the start. The newest one of a subscription goes on while its date still stands. The step keeps the id
-- of the old row, by which an event that waits in the queue knows it.
WITH "kept" AS (
  SELECT e.*, CASE e."flow" WHEN 'renewal-offer' THEN 'renewal' ELSE 'experience-survey' END AS "journey",
    row_number() OVER (PARTITION BY e."flow", e."subscription_id" ORDER BY e."anchor_at" DESC, e."id") = 1
      AND s."status" IN ('active', 'trial')
      AND abs(extract(epoch FROM e."anchor_at" - CASE e."flow" WHEN 'renewal-offer' THEN s."expires_at" ELSE s."started_at" END))
        < 14 * 86400 AS "goes_on"
  FROM "enrolments_by_date" e JOIN "subscriptions" s ON s."id" = e."subscription_id"
  WHERE e."flow" IN ('renewal-offer', 'satisfaction-survey') AND e."status" IN ('due', 'started')
), "enrolled" AS (
  INSERT INTO "enrolments" ("id", "journey", "customer_id", "subject_kind", "subject_id", "anchor_at", "enrolled_at", "status", "ended_at")
  SELECT "id", "journey", "customer_id", 'subscription', "subscription_id", "anchor_at", "due_at",
    CASE WHEN "goes_on" THEN 'active' ELSE 'finished' END, CASE WHEN "goes_on" THEN NULL ELSE coalesce("started_at", "due_at") END
  FROM "kept"
)
INSERT INTO "enrolment_steps" ("id", "enrolment_id", "customer_id", "journey", "step", "due_at", "status", "reason", "decided_at", "purpose")
SELECT "id", "id", "customer_id", "journey", CASE "flow" WHEN 'renewal-offer' THEN 'truoc_7_ngay' ELSE 'khao_sat' END,
  "due_at", "status", "reason", coalesce("started_at", "due_at"), 'care'
FROM "kept";

DROP TABLE "enrolments_by_date";

-- What the schema language cannot say: one active enrolment per journey and subject.
CREATE UNIQUE INDEX "enrolments_active_idx" ON "enrolments"("journey", "subject_id") WHERE "status" = 'active';
