"""registry-events: the operator's side: the one command and its subcommands."""
