"""registry-events: what ingest and workers must agree on, and nothing else."""
