"""Moments and names on a page, whatever a sender made of them."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.web.template import new_environment

EAST = timezone(timedelta(hours=23, minutes=59))


def show(template: str, **values: object) -> str:
    return new_environment().from_string(template).render(**values)


def test_moments_say_themselves_to_a_script() -> None:
    then = datetime(2026, 11, 24, 3, 4, 5, 678, tzinfo=UTC)
    shown = '<time datetime="2026-11-24T03:04:05.000678+00:00">2026-11-24 03:04:05</time>'
    assert show("{{ then | time }}", then=then) == shown
    assert show("{{ then | time }}{{ then | clock }}{{ then | since }}", then=None) == "---"


def test_moments_as_text() -> None:
    then = datetime(2026, 11, 24, 3, 4, 5, 678, tzinfo=UTC)
    assert show("{{ (then | moment)[11:] }}", then=then) == "03:04:05"
    assert show("{{ then | moment }}", then=None) == "-"


def test_the_date_stands_where_it_is_another() -> None:
    now = datetime.now(UTC)
    before = now - timedelta(days=1)
    assert re.findall(">([^<]+)<", show("{{ then | clock }}", then=now)) == [f"{now:%H:%M:%S}"]
    shown = re.findall(">([^<]+)<", show("{{ then | clock }}", then=before))
    assert shown == [f"{before:%Y-%m-%d %H:%M:%S}"]


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (datetime.min.replace(tzinfo=EAST), ">0001-01-01 00:00:00<"),
        (datetime.max.replace(tzinfo=UTC), ">9999-12-31 23:59:59<"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=23))), ">9999-12-31 23:59:59<"),
    ],
    ids=["first", "last", "beyond"],
)
def test_no_moment_is_too_far(then: datetime, shown: str) -> None:
    assert shown in show("{{ then | time }}", then=then)
    assert shown in show("{{ then | clock }}", then=then)
    assert re.fullmatch(r"\d+ y \d+ d (ago|ahead)", show("{{ then | since }}", then=then))


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "2026-11-24T03:04:05.6+01:00",
            '>2026-11-24 02:04:05</time> <span class="zone">UTC</span>',
        ),
        ("2026-11-24T03:04:05", ">2026-11-24 03:04:05</time>"),
        ("<b>soon\u202e", "&lt;b&gt;soon\\u202e"),
        ("", "-"),
        (7, "7"),
    ],
    ids=["zoned", "plain", "hostile", "empty", "number"],
)
def test_moments_that_others_wrote(told: object, shown: str) -> None:
    assert shown in show("{{ told | written }}", told=told)


def test_what_is_to_come_is_not_now() -> None:
    now = datetime.now(UTC)
    assert show("{{ then | since }}", then=now + timedelta(days=3, hours=1)) == "3 d ahead"
    assert show("{{ then | since }}", then=now + timedelta(seconds=50)) == "0 s ago"


def test_long_names_keep_their_ends() -> None:
    name = f"team/<b>{'x' * 5_000}/last:v7"
    shown = show("{{ name | short }}", name=name)
    title, text = re.findall(r'<span title="([^"]+)">([^<]+)</span>', shown)[0]
    assert text.startswith("team/&lt;b&gt;xxx")
    assert text.endswith("xxx/last:v7")
    assert len(text) < 110
    assert len(title) < 2_100
    assert show("{{ name | short }}", name="team/<app>") == "team/&lt;app&gt;"


def test_escapes_make_no_name_long() -> None:
    shown = show("{{ name | short }}", name="\u202e" * 90)
    assert len(re.sub("<[^>]*>", "", shown)) <= 97
    assert "\u202e" not in shown
