"""`python -m console` is `registry-events`."""

from console.cli import main

main()
