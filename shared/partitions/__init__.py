"""Partitions by time of `tracking_events` and `geo_events`: made ahead, and dropped when old."""
