-- Who waits for words of ours comes before those who asked for nothing. What may not leave yet is never looked at.
DROP INDEX "outbound_messages_queued_idx";
CREATE INDEX "outbound_messages_queued_idx" ON "outbound_messages"("channel", ("purpose" IN ('care', 'advertising')), "available_at", "seq")
  WHERE "status" = 'queued';
