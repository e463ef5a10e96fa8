"""Ports of the loopback interface, and whether somebody speaks there."""
