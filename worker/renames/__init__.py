"""What a rename does: to the catalogue, and to events that came before it."""
