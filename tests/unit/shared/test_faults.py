"""What a person reads of an error: never a bare type, never nothing behind a colon."""

import asyncio
import errno

import pytest
from aiormq.exceptions import AMQPConnectionError, ConnectionClosed

from shared.amqp.dead_letter import Reason, Story
from shared.amqp.errors import describe
from shared.faults import in_words
from shared.timestamps import read

SAID = {
    "a timeout": (TimeoutError(), "no answer in time"),
    "a timeout that says more": (TimeoutError("no banner from host"), "no banner from host"),
    "refused": (
        ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.7', 5432)"),
        "Connection refused (10.0.0.7:5432)",
    ),
    "refused on both of its addresses": (
        OSError(
            "Multiple exceptions: [Errno 111] Connect call failed ('::1', 1, 0, 0), "
            "[Errno 111] Connect call failed ('127.0.0.1', 1)"
        ),
        "Multiple exceptions: Connection refused (::1:1), Connection refused (127.0.0.1:1)",
    ),
    "a kernel's timeout": (
        TimeoutError(errno.ETIMEDOUT, "Connect call failed ('10.0.0.7', 1)"),
        "Connection timed out (10.0.0.7:1)",
    ),
    "a name": (AMQPConnectionError(-2, "Name or service not known"), "Name or service not known"),
    "the broker's last words": (
        ConnectionClosed(320, "CONNECTION_FORCED - bye"),
        "CONNECTION_FORCED - bye",
    ),
    "no text": (AssertionError(), "assertion error: it says no more"),
    "a reset": (ConnectionResetError(), "the connection broke off"),
    "an end": (EOFError(), "the connection broke off"),
    "one word": (KeyError("id"), "key error: 'id'"),
    "a number": (AMQPConnectionError(7), "amqp connection error: 7"),
    "several lines": (ValueError("bad line:\n  here\n"), "bad line: here"),
    "a door": (OSError("no http://alice:s3cret@host"), "no http://****@host"),
    "hostile": (ValueError("a \x1b[2J\u202e b"), "a \\x1b[2J\\u202e b"),
}


@pytest.mark.parametrize("case", SAID.values(), ids=SAID)
def test_an_error_in_one_line(case: tuple[Exception, str]) -> None:
    error, text = case
    assert in_words(error) == text


def test_a_deadline_is_named_where_it_is_known() -> None:
    assert in_words(TimeoutError(), seconds=3.0) == "no answer within 3 s"
    assert in_words(TimeoutError(), seconds=0.25) == "no answer within 0.25 s"
    assert in_words(OSError("no route to host"), seconds=3.0) == "no route to host"


def test_what_has_no_end_is_cut() -> None:
    assert len(in_words(ValueError("word " * 1_000))) == 301


def test_the_broker_s_errors_are_said_alike() -> None:
    assert describe(TimeoutError(), seconds=5.0) == "no answer within 5 s"
    assert describe(None) == "connection closed"


def test_a_dead_letter_of_an_error_without_a_text_says_so() -> None:
    first_seen = read("2026-11-25T06:00:00Z")
    story = Story.of(
        Reason.RECORDING_FAILED, asyncio.InvalidStateError(), attempts=3, first_seen=first_seen
    )
    assert (story.error_type, story.error) == ("InvalidStateError", "it says no more")
