"""The subcommands of `registry-events`, one module each."""
