"""The messages, their topology, and connections that come back."""
