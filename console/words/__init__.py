"""How an operator is told: figures, moments and servers that are away, in words. Pure."""
