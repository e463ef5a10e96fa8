"""Private PostgreSQL, RabbitMQ and registry."""
