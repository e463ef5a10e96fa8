"""The whole system on this machine, for development and for the tests."""
