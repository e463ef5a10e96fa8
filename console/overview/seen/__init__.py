"""What was seen, a part a file."""
