"""registry-events: sites that follow the geo log; registries copied and compared."""
