"""What is recorded of an event: pure rules, no I/O, no clock, no logging."""
