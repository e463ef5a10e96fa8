"""Changing over how many queues repositories are spread."""
