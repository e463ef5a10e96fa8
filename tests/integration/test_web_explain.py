"""What a request would become, on the console's page."""

import html
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from tests.consoles import Page, Visitor, running_console
from tests.unit.console.explanation.samples import SAMPLES, expected, name

HOSTILE: Final = "a\x1b[2J\u202e</textarea><script>alert(1)</script>{{7*7}}\"'é"


# One loop, in which one console runs for all tests: nothing is changed by any.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(shared_urls: tuple[str, str]) -> AsyncIterator[Visitor]:
    async with running_console(*shared_urls, writable=True) as console:
        yield console


def typed(page: Page, field: str) -> str:
    found = re.search(rf'<textarea id="{field}"[^>]*>\n?(.*?)</textarea>', page.source, re.DOTALL)
    assert found, page.text
    return html.unescape(found[1])


async def explain(
    visitor: Visitor, registry: str, headers: str, body: str, options: str = ""
) -> Page:
    """As a browser sends it: with its own ends of lines."""
    key = (await visitor.get("/explain")).field("form_key")
    texts = {"headers": headers, "body": body, "options": options}
    lines = {field: text.replace("\n", "\r\n") for field, text in texts.items()}
    return await visitor.post("/explain", {"form_key": key, "registry": registry, **lines})


def written(headers: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


async def test_the_page_says_of_each_sample_what_it_expects(visitor: Visitor) -> None:
    for path in SAMPLES:
        sample = json.loads(path.read_text())
        request = sample["request"]
        page = await explain(
            visitor, path.parent.name, written(request["headers"]), request["body"]
        )
        assert page.status == 200, name(path)
        told: Any = expected(sample)
        for event in told["events"]:
            action, repository, tag = (event[one] or "-" for one in ("action", "repository", "tag"))
            assert f"{action} {repository}" in page.text, name(path)
            assert f"kind {event['kind']} repository {repository} tag {tag}" in page.text
            untracked = "none: the repository" if action == "rename" else "not recorded"
            assert f"tracking {event['tracking'] or untracked}" in page.text
        assert (f"Ignored: {told['ignored']}" in page.text) == bool(told["ignored"]), name(path)
        assert typed(page, "body") == request["body"].replace("\r\n", "\n")
        assert "s3cret-for-tests" not in typed(page, "headers")


async def test_what_cannot_be_read_is_said_beside_what_was_typed(visitor: Visitor) -> None:
    page = await explain(visitor, "quay", "Content-Type: application/json", "{")
    assert page.status == 200
    assert "Dead letter unreadable_body: is not JSON: it breaks at character 1" in page.text
    assert typed(page, "body") == "{"
    assert 'value="quay" selected' in page.source


@pytest.mark.parametrize(
    ("registry", "headers", "says"),
    [
        pytest.param("nothing", "", "Registry: choose one of those", id="registry"),
        pytest.param("", "", "Registry: choose one of those", id="no-registry"),
        pytest.param("quay", "a b: c", "is not written as Name: value", id="header"),
    ],
)
async def test_what_is_wrong_in_the_form_is_said(
    visitor: Visitor, registry: str, headers: str, says: str
) -> None:
    page = await explain(visitor, registry, headers, "what I typed")
    assert page.status == 422
    assert says in page.text
    assert typed(page, "body") == "what I typed"


async def test_hostile_text_is_shown_and_does_nothing(visitor: Visitor) -> None:
    event = {
        "id": HOSTILE, "timestamp": "2026-03-04T09:15:30Z", "action": "pull",
        "target": {"repository": HOSTILE, "tag": HOSTILE}, "actor": {"name": HOSTILE},
    }  # fmt: skip
    body = json.dumps({"events": [event]}, ensure_ascii=False)
    page = await explain(visitor, "gitlab", f"X-A: {HOSTILE}", body)
    assert page.status == 200
    assert "<script>alert" not in page.source
    assert "{{7*7}}" in page.text
    shown = page.source.partition("<form")[0]
    assert "\x1b" not in shown.replace(typed(page, "body"), "")
    assert "actor a\\x1b[2J\\u202e</textarea>" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


async def test_no_secret_header_comes_back(visitor: Visitor) -> None:
    headers = "Authorization: s3cret\nX-Hub-Signature-256: sha256=s3cret\nX-A: Bearer s3cret"
    page = await explain(visitor, "quay", headers, "{}")
    assert "s3cret" not in page.source
    assert typed(page, "headers").splitlines()[0] == "Authorization: ****"


async def test_options_of_a_source_are_taken(visitor: Visitor) -> None:
    (path,) = (one for one in SAMPLES if name(one) == "artifactory/pushed-signed")
    body = json.loads(path.read_text())["request"]["body"]
    page = await explain(visitor, "artifactory", "", body, "\nrepository-key=leave-out\n")
    assert "push team/shop/api:1.2.9" in page.text
    assert typed(page, "options").strip() == "repository-key=leave-out"
    wrong = await explain(visitor, "artifactory", "", body, "repository-key")
    assert wrong.status == 422
    assert "An option is not written as NAME=VALUE" in wrong.text


async def test_many_events_are_cut_short(visitor: Visitor) -> None:
    tags = [f"v{number}" for number in range(60)]
    body = json.dumps({"repository": "team/app", "updated_tags": tags})
    page = await explain(visitor, "quay", "", body)
    assert "push team/app:v49" in page.text
    assert "push team/app:v50" not in page.text
    assert "and 10 more events" in page.text


async def test_a_form_that_is_too_large_says_what_to_use(visitor: Visitor) -> None:
    page = await explain(visitor, "quay", "", "x" * 100_000)
    assert page.status == 413
    assert "registry-events explain" in page.text


async def test_without_the_key_of_this_console_nothing_is_explained(visitor: Visitor) -> None:
    page = await visitor.post("/explain", {"registry": "quay", "headers": "", "body": "{}"})
    assert page.status == 403


async def test_who_may_only_look_is_not_offered_it(amqp_url: str, database_url: str) -> None:
    async with running_console(amqp_url, database_url, writable=False) as visitor:
        page = await visitor.get("/history")
        assert "/explain" not in page.links
        assert (await visitor.get("/explain")).status == 403
        form = urlencode({"form_key": "x", "registry": "quay", "body": "{}"})
        assert (await visitor.send("POST", "/explain", data=form)).status == 403


async def test_who_may_act_is_led_to_it(visitor: Visitor) -> None:
    assert "/explain" in (await visitor.get("/history")).links
