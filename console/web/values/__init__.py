"""Values as pages and files show them. Pure."""
