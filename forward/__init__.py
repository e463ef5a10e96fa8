"""registry-events: tracking events out of Postgres, to where analytics live."""
