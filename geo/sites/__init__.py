"""The sites that follow the log, as an operator sees and keeps them."""
