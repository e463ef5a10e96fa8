"""What a query or a form gives, read within bounds."""
