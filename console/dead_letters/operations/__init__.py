"""What is done to dead letters: planned, carried out, written down."""
