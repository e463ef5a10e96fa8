"""Dead letters for an operator: read without taking any off the queue."""
