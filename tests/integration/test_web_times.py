"""Times that others wrote, on the console's pages."""

import pytest

from shared.amqp.message import RECEIVED_AT
from tests.acceptance.burying import bury
from tests.consoles import Visitor
from tests.factories import make_event


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("0001-01-01T00:00:00+23:59", "0001-01-01 00:00:00"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31 23:59:59"),
        ("9999-12-31T23:59:59", "9999-12-31 23:59:59"),
        ("<b>yesterday", "time not known"),
    ],
    ids=["first", "beyond", "last", "none"],
)
async def test_no_time_makes_a_page_fail(
    visitor: Visitor, amqp_url: str, moment: str, shown: str
) -> None:
    event, received = make_event("push", "team/app", id="odd"), {RECEIVED_AT: moment}
    await bury(amqp_url, [event], headers=received, failed_at=moment, first_seen=moment)
    groups = await visitor.get("/dead-letters")
    listed = await visitor.get("/dead-letters/list")
    later = await visitor.get("/dead-letters/list?since=3000-01-01")
    story = await visitor.get("/dead-letters/show?id=odd")
    table = await visitor.get("/dead-letters/list.csv?id=odd")
    assert [page.status for page in (groups, listed, later, story, table)] == [200] * 5
    assert f"{shown} recording_failed" in listed.text
    assert f"gave up {shown}" in story.text
