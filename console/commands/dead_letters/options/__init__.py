"""Options that several dead-letters commands have in common."""
