"""Private servers on this machine, for development and for the tests."""
