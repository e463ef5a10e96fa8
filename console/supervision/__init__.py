"""registry-events: several processes of one service under one command."""
