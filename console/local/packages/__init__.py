"""The programs that are needed, and how to get them."""
