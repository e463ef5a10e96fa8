"""What one dead letter is: its event, its cause, its past, and how it is shown."""
