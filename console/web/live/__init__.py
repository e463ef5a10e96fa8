"""Pages that go on: one look for all of them, sent as server-sent events."""
