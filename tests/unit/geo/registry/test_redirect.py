import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from geo.registry.errors import RegistryError
from geo.registry.redirect import is_redirect, redirected

UPLOAD = URL("https://registry.example/v2/a/blobs/uploads/")


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (
            "/v2/a/blobs/uploads/1?_state=a%3D%3D&b=+",
            "https://registry.example/v2/a/blobs/uploads/1?_state=a%3D%3D&b=+",
        ),
        ("1?_state=x", "https://registry.example/v2/a/blobs/uploads/1?_state=x"),
        ("https://s3.example/b?X-Sig=a%2Fb%3D", "https://s3.example/b?X-Sig=a%2Fb%3D"),
        ("//s3.example/b", "https://s3.example/b"),
        ("https://user:pass@s3.example/b#x", "https://s3.example/b"),
    ],
    ids=["absolute path", "relative", "another host", "same scheme", "user and fragment"],
)
def test_a_place_is_taken_with_its_query_as_it_came(place: str, url: str) -> None:
    assert str(redirected(UPLOAD, place)) == url


@pytest.mark.parametrize(
    "place",
    [
        "",
        "http://registry.example/x",
        "ftp://x/",
        "file:///etc/passwd",
        "https://[",
        "/a b",
        "/\u00e9",
        "javascript:x",
    ],
)
def test_nothing_else_is_gone_to(place: str) -> None:
    with pytest.raises(RegistryError):
        redirected(UPLOAD, place)


def test_from_http_it_may_go_up_to_https() -> None:
    assert str(redirected(URL("http://r/"), "https://s/")) == "https://s/"


@given(st.text("htps:/?#[]@.%0a \\", max_size=30) | st.text())
def test_any_text_leads_by_https_or_nowhere(place: str) -> None:
    try:
        url = redirected(UPLOAD, place)
    except RegistryError:
        return
    assert (url.scheme, url.user, bool(url.host)) == ("https", None, True)


def test_only_what_changes_nothing_is_sent_on() -> None:
    assert is_redirect("GET", 307)
    assert is_redirect("HEAD", 302)
    assert not is_redirect("GET", 304)
    assert not any(is_redirect(method, 307) for method in ("POST", "PUT", "PATCH", "DELETE"))
