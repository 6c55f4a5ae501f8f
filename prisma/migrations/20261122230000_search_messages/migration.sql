-- What people said, found by its words with and without dấu, however long ago.

-- The words of a message: without dấu (letters are taken apart and their marks dropped, which costs half of what a table
-- of letters does), addresses and numbers cut into the parts that people type, long texts by their beginning.
CREATE FUNCTION "message_words"("given" text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  to_tsvector('simple', translate(normalize(left("given", 2000), NFD),
    U&'\0111\0110./@-_+<&\0300\0301\0303\0309\0323\0302\0306\031B', 'dD        '));

-- Only what customers and staff said: the bot repeats itself, and its lines would make each turn dearer.
CREATE INDEX "touchpoints_words_idx" ON "touchpoints" USING GIN ("message_words"("text"))
  WHERE "text" IS NOT NULL AND ("kind" = 'message_in' OR ("kind" = 'message_out' AND "data" ->> 'author' IN ('agent', 'provider_inbox')));
