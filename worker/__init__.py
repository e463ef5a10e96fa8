"""registry-events: AMQP in, Postgres out."""
