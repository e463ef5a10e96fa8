"""Comparing a registry with what is recorded of it, from an operator's command to its report."""
