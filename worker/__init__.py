"""AMQP in, Postgres out."""
