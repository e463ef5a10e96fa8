"""What an operator should know, found in what was seen. Pure."""
