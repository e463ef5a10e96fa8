"""What others write for the same work, each startable alone; settings come by environment."""
