"""Reading the queue of dead letters so that none is taken off it and none changes its place."""
