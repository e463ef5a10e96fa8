"""Measured throughput, latency and memory; figures are compared within one run only."""
