"""`python -m registry_events` is `registry-events`."""

from registry_events import main

main()
