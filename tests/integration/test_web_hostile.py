"""Whatever a query or a form holds, every route of the console answers it."""

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from shared.amqp.topology import DEAD_QUEUE
from tests.consoles import Visitor, routes
from tests.processes import waiting
from tests.waiting import DEADLINE

Fields = Sequence[tuple[str, bytes]]

FORM: Final = "application/x-www-form-urlencoded"
NAMES: Final = (
    *("id", "group", "reason", "error", "repository", "action", "since", "until", "attempts"),
    *("all", "page", "looked", "at", "operation", "plan", "count", "rate", "note", "canary"),
    *("payload", "again", "registry", "headers", "body", "options", "after", "period", "path"),
)
LONG: Final = b"9" * 5_000
TEXTS: Final = (
    *(b"", b"0", b"-1", b"1", b"1e9", b"inf", b"-inf", b"nan", b"1e999", b"0x1", b"1_0", LONG),
    *("²".encode(), "१m".encode(), b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"[!-", b"*" * 300),
    *(b"999999999w", b"0001-01-01T00:00+23:59", b"9999-12-31T23:59-23:59", b"10m", b">=3"),
    *(b"quay", b"gitlab", b'{"events": [{}]}', b"a: b\r\nc", b"[" * 2_000),
    *(b"requeue", b"discard", b"\xe2\x80\xae", b"x" * 400),
)
FIELDS: Final = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(TEXTS) | st.binary(max_size=40)), max_size=4
)
PLAN: Final = "/dead-letters/plan?operation=discard&all=1"
RATES: Final = (LONG.decode(), "0", "-1", "1.5", "inf", "nan", "²", "100001", "x", "1\x00")


@given(query=FIELDS, form=FIELDS)
@example(query=[("page", LONG)], form=[])
@example(query=[("at", b"inf"), ("looked", b"1")], form=[])
@example(query=[("at", b"nan"), ("looked", b"1")], form=[])
@example(query=[("looked", LONG)], form=[])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_query_and_no_form_makes_a_page_fail(
    visitor: Visitor, query: Fields, form: Fields
) -> None:
    # A longer line no server takes.
    assume(len(encoded(query)) < 8_000)
    key = (await visitor.get(PLAN)).field("form_key")
    keyed = encoded([("form_key", key.encode()), *form])
    for method, path in routes():
        async with visitor.http.request(
            method,
            f"{visitor.url}{path}?{encoded(query)}",
            data=keyed if method == "POST" else None,
            headers={"Content-Type": FORM},
            allow_redirects=False,
        ) as response:
            assert response.status not in {403, 500}, f"{method} {path} with {query}, {form}"
            # A page that goes on for ever has to begin, too.
            empty = method == "HEAD" or response.status == 303
            assert empty or await response.content.readline(), f"{method} {path}"


def encoded(fields: Fields) -> str:
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/dead-letters/list?page=" + "9" * 5_000, "Page: “99999999999999999999…” is not a whole"),
        ("/dead-letters/list?page=-1", "Page: “-1” is not a whole number from 0 to 200"),
        ("/dead-letters/list?since=" + "9" * 5_000, "Since: at most 300 characters"),
        ("/dead-letters/live?at=nan", "At: “nan” is not a number of seconds since 1970"),
        ("/dead-letters/live?at=inf", "At: “inf” is not a number of seconds since 1970"),
        ("/dead-letters/live?looked=1_0", "Looked: “1_0” is not a whole number"),
        ("/events?repository=" + "x" * 301, "Repository: at most 300 characters"),
        ("/events?action=" + "x" * 301, "Action: at most 300 characters"),
        ("/events?after=x", "This is no place where a page of events ended"),
        ("/statistics?period=1y", "Period: is one of 24h, 7d and 90d"),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_wrong_is_said(onlooker: Visitor, path: str, says: str) -> None:
    async with asyncio.timeout(DEADLINE):
        page = await onlooker.get(path)
    assert page.status == 400
    assert says in page.text


async def test_a_wrong_rate_leaves_the_plan_to_be_corrected(
    visitor: Visitor, amqp_url: str
) -> None:
    plan = await visitor.get("/dead-letters/plan?operation=requeue&all=1")
    for rate in RATES:
        wrong = await visitor.confirm(plan, rate=rate, note="mended")
        assert wrong.status == 400
        assert "is not a whole number from 1 to 100,000" in wrong.text
        assert 'value="mended"' in wrong.source
    too_long = await visitor.confirm(plan, rate="5", note="x" * 501)
    assert "Note: at most 500 characters, and 501 are given" in too_long.text
    assert await waiting(amqp_url, DEAD_QUEUE) == 1
    done = await visitor.ended(await visitor.confirm(wrong, rate="5", note="mended"))
    assert "1 of 1 requeued and confirmed" in done.text


@pytest.mark.parametrize("kind", [f"{FORM}; charset=nothing", f"{FORM}; charset=undefined"])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_form_that_is_no_text_is_refused(onlooker: Visitor, kind: str) -> None:
    page = await onlooker.send(
        "POST", "/operations", data=b"plan=x", headers={"Content-Type": kind}
    )
    assert page.status == 400
    assert "This form cannot be read as text" in page.text


@pytest.mark.asyncio(loop_scope="module")
async def test_a_form_with_a_file_is_refused(onlooker: Visitor) -> None:
    page = await onlooker.send(
        "POST", "/operations", data=b"--", headers={"Content-Type": "multipart/form-data"}
    )
    assert page.status == 400
    assert "No form of this console sends files" in page.text
