"""The geo log over HTTP, for sites that do not reach its database."""
