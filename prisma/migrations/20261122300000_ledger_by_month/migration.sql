-- The ledger lies in months, so that what is too old is dropped as a whole instead of deleted line by line, and so that
-- what reads the newest lines keeps small indexes. The program makes each month ahead of its time (keep-months.ts), and what
-- belongs to none (years ago, far ahead) lies in touchpoints_default.
--
-- What is there already is not moved: it becomes one part, up to the end of the present month by the clock of the server.
-- It costs a look at every line and a new primary key: about a second for a million lines. One block, so that it happens
-- as a whole whoever applies it. (\x3B is a semicolon: Prisma's engine over a driver adapter cuts scripts at every one.)
DO E'
DECLARE
  upto timestamptz := (date_trunc(''month'', now() AT TIME ZONE ''UTC'') + interval ''1 month'') AT TIME ZONE ''UTC''\x3B
  triggers text[]\x3B
  made text\x3B
BEGIN
  LOCK TABLE touchpoints IN ACCESS EXCLUSIVE MODE\x3B
  SELECT array_agg(pg_get_triggerdef(oid) ORDER BY tgname) INTO triggers FROM pg_trigger
    WHERE tgrelid = ''touchpoints''::regclass AND NOT tgisinternal\x3B
  DROP TRIGGER touchpoints_signal_journeys ON touchpoints\x3B
  DROP TRIGGER touchpoints_announce ON touchpoints\x3B
  ALTER TABLE touchpoints RENAME TO touchpoints_before\x3B
  ALTER TABLE touchpoints_before DROP CONSTRAINT touchpoints_pkey\x3B
  ALTER INDEX touchpoints_customer_id_id_idx RENAME TO touchpoints_before_customer_id_id_idx\x3B
  ALTER INDEX touchpoints_words_idx RENAME TO touchpoints_before_words_idx\x3B

  CREATE TABLE touchpoints (LIKE touchpoints_before INCLUDING DEFAULTS) PARTITION BY RANGE (at)\x3B
  ALTER SEQUENCE touchpoints_id_seq OWNED BY touchpoints.id\x3B
  ALTER TABLE touchpoints ADD CONSTRAINT touchpoints_pkey PRIMARY KEY (id, at)\x3B
  CREATE INDEX touchpoints_customer_id_id_idx ON touchpoints (customer_id, id DESC)\x3B
  CREATE INDEX touchpoints_words_idx ON touchpoints USING GIN (message_words(text))
    WHERE text IS NOT NULL AND (kind = ''message_in'' OR (kind = ''message_out'' AND data ->> ''author'' IN (''agent'', ''provider_inbox'')))\x3B
  CREATE TABLE touchpoints_default PARTITION OF touchpoints DEFAULT\x3B

  IF EXISTS (SELECT FROM touchpoints_before) THEN
    WITH later AS (DELETE FROM touchpoints_before WHERE at >= upto RETURNING *)
    INSERT INTO touchpoints_default SELECT * FROM later\x3B
    ALTER TABLE touchpoints_before ADD CONSTRAINT touchpoints_before_pkey PRIMARY KEY (id, at)\x3B
    EXECUTE format(''ALTER TABLE touchpoints ATTACH PARTITION touchpoints_before FOR VALUES FROM (MINVALUE) TO (%L)'', upto)\x3B
  ELSE
    DROP TABLE touchpoints_before\x3B
  END IF\x3B

  -- Last, so that what was moved is not told twice.
  FOREACH made IN ARRAY triggers LOOP
    EXECUTE made\x3B
  END LOOP\x3B
END';

-- Asked each minute: whose time is over.
CREATE INDEX "subscriptions_over_idx" ON "subscriptions"("expires_at") WHERE "status" IN ('active', 'trial');
