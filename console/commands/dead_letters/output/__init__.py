"""What the dead-letters commands print."""
