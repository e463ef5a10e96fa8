"""What ingest and workers must agree on, and nothing else."""
