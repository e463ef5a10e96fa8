"""Where what is seen comes from: the broker, the database, the services themselves."""
