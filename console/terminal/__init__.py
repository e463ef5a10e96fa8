"""Text that fits the operator's terminal."""
