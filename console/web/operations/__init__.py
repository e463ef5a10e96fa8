"""Requeueing, discarding and editing from a page: planned, confirmed once, carried out."""
