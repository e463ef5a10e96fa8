"""Who may use the console, and what stands before every page."""
