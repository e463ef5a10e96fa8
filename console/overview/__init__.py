"""Is it working? What can be seen of the pipeline from outside, and a verdict on it."""
