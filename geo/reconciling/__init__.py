"""A registry compared with what is recorded of it; what is missing becomes events.

It reads both, and writes what it has seen; to publish the events is for whoever asks.
"""
