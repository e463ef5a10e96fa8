"""registry-events: HTTP in, AMQP out."""
