"""Requests of the registries that an operator names: who sends them, and where they come in."""
