"""Traces: from a registry's request through the headers of AMQP to the statements."""
