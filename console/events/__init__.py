"""What is recorded, read: found by what is known of it, and counted by day."""
