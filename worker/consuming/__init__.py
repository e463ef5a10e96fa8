"""Off the queues in batches, and settled: recorded or buried, and then acknowledged."""
