"""The operator's side: the one command and its subcommands."""
