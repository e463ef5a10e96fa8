"""registry-events: a service in one process, or in several under one command."""
