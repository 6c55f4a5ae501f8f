-- What was paid back of an order, and the notes that call somebody who has not looked yet: found without reading all.
CREATE INDEX orders_refund_of_idx ON orders (refund_of);
CREATE INDEX notes_mentions_idx ON notes USING gin (mentions);
