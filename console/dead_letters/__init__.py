"""Dead letters for an operator: seen without taking any off the queue, and dealt with."""
