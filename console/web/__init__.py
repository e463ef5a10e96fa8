"""The operator's page: server-rendered, live by server-sent events, readable without a script."""
