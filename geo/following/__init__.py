"""A site that follows the geo log: reads on from its cursor, and moves it after what is done."""
