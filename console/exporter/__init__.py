"""Figures for Prometheus of what only the broker or the database knows."""
