-- Staff who sign in, and what the inbox keeps beside conversations.

ALTER TABLE "conversations"
  ADD COLUMN "assignee_id" UUID,
  ADD COLUMN "team_id" UUID,
  ADD COLUMN "snoozed_until" TIMESTAMPTZ(3),
  ADD COLUMN "reply_due_at" TIMESTAMPTZ(3),
  ADD COLUMN "resolve_due_at" TIMESTAMPTZ(3),
  ADD COLUMN "first_replied_at" TIMESTAMPTZ(3),
  ADD COLUMN "last_staff_message_id" UUID;

CREATE TABLE "teams" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "staff_members" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "team_id" UUID,
    "password_hash" TEXT,
    "totp_secret" BYTEA,
    "totp_since" TIMESTAMPTZ(3),
    "totp_last_step" BIGINT,
    "skills" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "capacity" INTEGER,
    "is_away" BOOLEAN NOT NULL DEFAULT false,
    "language" TEXT NOT NULL DEFAULT 'vi',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_members_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "staff_sessions" (
    "id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "user_agent" TEXT,
    "address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_sessions_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "staff_links" (
    "hash" BYTEA NOT NULL,
    "staff_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_links_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "sign_in_attempts" (
    "id" BIGSERIAL NOT NULL,
    "key" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "is_good" BOOLEAN NOT NULL,

    CONSTRAINT "sign_in_attempts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "notes" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "mentions" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notes_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "canned_replies" (
    "id" UUID NOT NULL,
    "shortcut" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "team_id" UUID,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "canned_replies_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "drafts" (
    "staff_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("staff_id","conversation_id")
);

CREATE TABLE "presences" (
    "conversation_id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "is_typing" BOOLEAN NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "presences_pkey" PRIMARY KEY ("conversation_id","staff_id")
);

CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

CREATE INDEX "conversations_assignee_id_idx" ON "conversations"("assignee_id");

CREATE UNIQUE INDEX "teams_name_key" ON "teams"("name");

CREATE UNIQUE INDEX "staff_members_email_key" ON "staff_members"("email");

CREATE UNIQUE INDEX "staff_sessions_token_hash_key" ON "staff_sessions"("token_hash");

CREATE INDEX "staff_sessions_staff_id_idx" ON "staff_sessions"("staff_id");

CREATE INDEX "staff_links_staff_id_idx" ON "staff_links"("staff_id");

CREATE INDEX "sign_in_attempts_key_at_idx" ON "sign_in_attempts"("key", "at");

CREATE INDEX "notes_conversation_id_created_at_idx" ON "notes"("conversation_id", "created_at");

CREATE INDEX "notes_customer_id_idx" ON "notes"("customer_id");

CREATE UNIQUE INDEX "canned_replies_shortcut_team_id_key" ON "canned_replies"("shortcut", "team_id");
