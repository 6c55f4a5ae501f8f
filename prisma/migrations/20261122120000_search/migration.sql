-- The queues of the inbox, and searching with and without dấu.

-- Vietnamese without its dấu, in small letters. By a table of letters and not by the locale or an extension of the server:
-- the same everywhere, immutable, and cheap enough for every message. Texts come in as NFC.
CREATE FUNCTION "fold_text"("given" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  lower(translate("given",
    'áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđÁÀẢÃẠĂẮẰẲẴẶÂẤẦẨẪẬÉÈẺẼẸÊẾỀỂỄỆÍÌỈĨỊÓÒỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢÚÙỦŨỤƯỨỪỬỮỰÝỲỶỸỴĐ',
    'aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyydaaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd'));

-- Customers by the beginnings of their names, phone, e-mail and the integrator's id.
CREATE INDEX "customers_search_idx" ON "customers" USING GIN (to_tsvector('simple', "fold_text"(
  coalesce("name", '') || ' ' || coalesce("phone", '') || ' ' || translate(coalesce("email", ''), '@.', '  ') || ' ' || coalesce("external_id", ''))));
CREATE INDEX "channel_identities_search_idx" ON "channel_identities" USING GIN (to_tsvector('simple', "fold_text"("display_name")))
  WHERE "display_name" IS NOT NULL;

-- What people look at all day: open conversations, the most urgent first. Columns that a turn changes are not among these,
-- so that a turn stays off the indexes.
CREATE INDEX "conversations_due_idx" ON "conversations"((coalesce("reply_due_at", "resolve_due_at", 'infinity'::timestamptz)), "id")
  WHERE "state" IN ('waiting_for_agent', 'with_agent');
CREATE INDEX "conversations_resolved_idx" ON "conversations"("resolved_at", "id") WHERE "state" = 'resolved';
CREATE INDEX "conversations_unattended_idx" ON "conversations"("id")
  WHERE "state" IN ('waiting_for_agent', 'with_agent') AND "resolve_due_at" IS NULL;
CREATE INDEX "conversations_snoozed_idx" ON "conversations"("snoozed_until") WHERE "snoozed_until" IS NOT NULL;

-- Deadlines belong to one stay with people: whoever moves the conversation, they begin and end with it, in the same
-- transaction. (\x3B is a semicolon: Prisma's engine over a driver adapter cuts scripts at every one it sees.)
CREATE FUNCTION "follow_conversation_state"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
  NEW.snoozed_until := NULL\x3B
  IF OLD.state NOT IN (''waiting_for_agent'', ''with_agent'') OR NEW.state NOT IN (''waiting_for_agent'', ''with_agent'') THEN
    NEW.reply_due_at := NULL\x3B
    NEW.resolve_due_at := NULL\x3B
    NEW.first_replied_at := NULL\x3B
  END IF\x3B
  RETURN NEW\x3B
END';
CREATE TRIGGER "conversations_follow_state" BEFORE UPDATE OF "state" ON "conversations" FOR EACH ROW
WHEN (OLD."state" IS DISTINCT FROM NEW."state")
EXECUTE FUNCTION "follow_conversation_state"();
