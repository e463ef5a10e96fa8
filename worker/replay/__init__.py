"""Kept events recorded again: a database that was lost, or restored, or a rule that was mended."""
