"""How many streams a session may have open, and how many all of them."""

from contextlib import ExitStack

import pytest
from aiohttp import web

from console.web.live.stream import Streams


def test_a_session_has_so_many_and_leaves_others_theirs() -> None:
    streams = Streams()
    with ExitStack() as places:
        for _ in range(20):
            places.enter_context(streams.place("anna"))
        with pytest.raises(web.HTTPServiceUnavailable):
            places.enter_context(streams.place("anna"))
        places.enter_context(streams.place("bert"))
    with streams.place("anna"):
        pass


def test_all_together_have_an_end() -> None:
    streams = Streams()
    with ExitStack() as places:
        for number in range(200):
            places.enter_context(streams.place(f"session {number}"))
        with pytest.raises(web.HTTPServiceUnavailable):
            places.enter_context(streams.place("another"))
