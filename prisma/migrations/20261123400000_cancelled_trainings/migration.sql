-- A training that was called off keeps its row, and its hour may be booked again.
ALTER TABLE training_bookings ADD COLUMN cancelled_at TIMESTAMPTZ(3);

DROP INDEX training_bookings_conversation_id_starts_at_key;

CREATE UNIQUE INDEX training_bookings_hour_idx ON training_bookings (conversation_id, starts_at) WHERE cancelled_at IS NULL;

-- The next training of a customer is read in each turn.
CREATE INDEX training_bookings_next_idx ON training_bookings (customer_id, starts_at) WHERE cancelled_at IS NULL;
