"""The geo log, as whoever follows it reads it."""
