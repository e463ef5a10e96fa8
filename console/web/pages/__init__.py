"""What each address shows: a file a page."""
