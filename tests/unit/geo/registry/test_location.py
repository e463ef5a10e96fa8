import pytest
from yarl import URL

from geo.registry.location import Location, LocationError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://registry.example", "https://registry.example"),
        ("https://registry.example/", "https://registry.example"),
        ("https://registry.example:443", "https://registry.example"),
        ("https://Registry.Example:5000", "https://registry.example:5000"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_scheme_host_and_port(text: str, url: str) -> None:
    assert Location.parse(text).url == URL(url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "registry.example",
        "registry.example:5000",
        "//registry.example",
        "ftp://registry.example",
        "https://",
        "https://user:pass@registry.example",
        "https://registry.example/v2/",
        "https://registry.example?x=1",
        "https://registry.example#x",
        "https://registry.example:99999",
        "https://registry.example:x",
        "https://registry.example\n",
        "https://registry.example/\u202e",
        " https://registry.example",
        "https://[::1",
        "https://[:::::]",
    ],
    ids=repr,
)
def test_nothing_else_is_a_location(text: str) -> None:
    with pytest.raises(LocationError):
        Location.parse(text)


def test_only_its_own_origin_is_its() -> None:
    location = Location.parse("https://registry.example")
    assert location.is_of(URL("https://registry.example:443/v2/"))
    for other in (
        "http://registry.example/",
        "https://registry.example:5000/",
        "https://x.example/",
    ):
        assert not location.is_of(URL(other))
