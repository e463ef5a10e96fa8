"""Repositories of a secondary registry made equal to the primary, by what the log names."""
