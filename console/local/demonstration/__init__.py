"""What `up` does once all runs, and what it shows of that."""
