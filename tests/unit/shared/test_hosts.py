"""Addresses with several hosts, however they are written."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from shared import hosts
from shared.configuration import SettingsError, load

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9](\.[a-z]{2,5})?", fullmatch=True)
NUMBERS = st.ip_addresses(v=4).map(str)
LONG_NUMBERS = st.ip_addresses(v=6).map(lambda address: f"[{address}]")
PORTS = st.one_of(st.just(""), st.integers(1, 65535).map(lambda port: f":{port}"))
PLACES = st.tuples(st.one_of(NAMES, NUMBERS, LONG_NUMBERS), PORTS).map("".join)
TEXTS = st.text("aZ0 :@/?#,[]%\u00fc", min_size=1, max_size=9)
# As an operator may leave them: a comma needs no encoding in a password.
LOGINS = st.one_of(
    st.just(""),
    st.tuples(TEXTS, TEXTS).map(lambda both: f"{quote(both[0], '')}:{quote(both[1], ',')}@"),
)
RESTS = st.sampled_from(["", "/", "/%2F", "/a,b", "/vhost?heartbeat=3&cafile=/x,y", "?a=b@c,d"])


@given(LOGINS, st.lists(PLACES, min_size=1, max_size=5), RESTS)
def test_each_host_has_all_that_the_address_says(login: str, places: list[str], rest: str) -> None:
    found = hosts.each(f"amqp://{login}{','.join(places)}{rest}")
    assert found == [f"amqp://{login}{place}{rest}" for place in places]
    for one, place in zip(map(URL, found), places, strict=True):
        assert one.host == URL(f"amqp://{place}").host
        assert one.port == URL(f"amqp://{place}").port


@given(LOGINS, st.lists(PLACES, min_size=1, max_size=5), RESTS)
def test_what_is_shown_has_ports_and_no_login(login: str, places: list[str], rest: str) -> None:
    shown = hosts.shown(f"amqp://{login}{','.join(places)}{rest}", 5672)
    assert shown == [
        place if URL(f"amqp://{place}").explicit_port else f"{place}:5672" for place in places
    ]


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert len(hosts.each(text)) == len(hosts.shown(text)) >= 1


@pytest.mark.parametrize(
    "url",
    [
        "amqp://u:s3cret@a,,b/",
        "amqp://u:s3cret@a,/",
        "amqp://u:s3cret@,a/",
        "amqp://u:s3cret@,/",
        "amqp://u:s3cret@a:5672,b:x/",
        "amqp://u:s3cret@a:5672,b:99999/",
        "amqp://u:s3cret@a,[::1/",
    ],
)
def test_a_host_that_is_none_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(amqp_url=url)
    assert "AMQP_URL" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["amqps://u:p,p@a:5671,b,[::1]:5673/v", "amqp://a,b,c", "amqp://a"],
)
def test_several_hosts_are_taken(url: str) -> None:
    assert load(amqp_url=url).amqp_url
