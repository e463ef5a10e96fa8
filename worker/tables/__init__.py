"""A file a table: the statements that the transaction of a batch runs on it."""
