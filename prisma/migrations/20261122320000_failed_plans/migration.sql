-- Whose journeys could not be followed: left out until it is time to try again, so that nobody waits behind them.
CREATE TABLE failed_plans (
  customer_id UUID NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT failed_plans_pkey PRIMARY KEY (customer_id)
);
