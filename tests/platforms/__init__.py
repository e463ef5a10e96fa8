"""Every supported version of the servers and of Python, each fetched into a tree of its own."""
