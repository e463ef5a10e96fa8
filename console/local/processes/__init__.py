"""Child processes: started, awaited, and ended with all that they started."""
