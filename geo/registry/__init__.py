"""A registry over HTTP: what it has, and how it is given what it lacks."""
