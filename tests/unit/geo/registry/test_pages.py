import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from geo.registry.errors import RegistryError
from geo.registry.pages import next_page

PAGE = URL("https://registry.example/v2/_catalog?n=100")


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ('</v2/_catalog?last=b&n=100>; rel="next"', "/v2/_catalog?last=b&n=100"),
        ("</v2/_catalog?last=a%2Fb>; rel=next", "/v2/_catalog?last=a%2Fb"),
        ("<?last=b>;rel=next", "/v2/_catalog?last=b"),
        (
            '</a>; rel="prev", </v2/_catalog?last=b>; title="x, y"; rel="x next"',
            "/v2/_catalog?last=b",
        ),
        # As behind a proxy that ends TLS, or of somebody who would like to be asked himself.
        ("<http://inner:5000/v2/_catalog?last=b>; rel=next", "/v2/_catalog?last=b"),
    ],
    ids=["absolute path", "encoded", "query", "several", "another host"],
)
def test_the_next_page_is_of_the_same_registry(link: str, path: str) -> None:
    assert str(next_page(PAGE, [link])) == f"https://registry.example{path}"


@pytest.mark.parametrize(
    "header", ["", "</v2/x>", '</v2/x>; rel="nextish"', "</v2/x>; title=next", "x"]
)
def test_without_a_link_to_it_the_page_was_the_last(header: str) -> None:
    assert next_page(PAGE, [header]) is None
    assert next_page(PAGE, []) is None


@pytest.mark.parametrize("target", ["/admin", "/v2/../admin?x", "https://[", "/v1/_catalog", ""])
def test_a_link_to_anything_else_is_a_fault(target: str) -> None:
    page = PAGE if target else URL("https://registry.example/other")
    with pytest.raises(RegistryError):
        next_page(page, [f"<{target}>; rel=next"])


@given(st.text('<>;,"= /v2relnxt?', max_size=60) | st.text())
def test_any_header_ends_in_a_page_of_the_registry_or_a_fault(header: str) -> None:
    try:
        page = next_page(PAGE, [header])
    except RegistryError:
        return
    assert page is None or str(page).startswith("https://registry.example/v2/")
