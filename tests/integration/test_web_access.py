"""Who may see the console's pages and who may change something, whatever is sent."""

from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import pytest

from shared.amqp.topology import DEAD_QUEUE
from tests.consoles import Visitor, running_console, visiting
from tests.factories import make_envelope, make_event
from tests.processes import waiting
from tests.raw_http import first_line
from tests.running import running_pipeline

TOKEN = "open-sesame-open-sesame"
PATHS = ("/", "/events", "/dead-letters", "/dead-letters/list", "/history", "/nothing", "/login")


async def test_every_answer_is_guarded(visitor: Visitor) -> None:
    for path in (*PATHS, "/static/console.css", "/static/console.js", "/static/no"):
        headers = (await visitor.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
    async with visitor.http.get(visitor.url + "/live") as live:
        assert live.headers["Cache-Control"] == "no-store"


async def test_no_path_is_one_of_the_file_system(
    visitor: Visitor, amqp_url: str, database_url: str, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.css"
    outside.write_text("a secret")
    static = Path(str(files("console.web"))) / "static"
    upwards = "../" * len(static.parts) + str(outside).lstrip("/")
    paths = [
        "/static/" + quote(str(outside), safe=""),
        "/static/" + quote(upwards, safe=""),
        f"/static/{upwards}",
        f"/static/{outside}",
        "/static/..%2Fstatic%2Fconsole.css",
        "/static/%2e%2e%2f%2e%2e%2fweb%2fstatic%2fconsole.js",
        "/static/console.css%00",
        "/static/",
    ]
    async with running_console(amqp_url, database_url, console_tokens=TOKEN) as closed:
        for path in paths:
            assert b" 404 " in await status_line(visitor, path), path
            # Nor does it open a page before anybody has signed in.
            for inside in (path, "/static/%2e%2e/history", "/static/../history"):
                assert b" 200 " not in await status_line(closed, inside), inside
        assert (await closed.get("/static/console.css")).status == 200


async def status_line(visitor: Visitor, path: str) -> bytes:
    """The answer's, to a path that no client has tidied up."""
    return await first_line(visitor.url, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


async def test_no_page_has_a_script_or_style_of_its_own(visitor: Visitor) -> None:
    plan = "/dead-letters/plan?operation=discard&all=1"
    for path in (*PATHS, plan):
        source = (await visitor.get(path)).source
        assert "<style" not in source
        assert " style=" not in source
        assert source.count("<script") == source.count('<script src="/static/console.js" defer>')
        assert " onclick" not in source


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8090", "127.0.0.1.evil.example"])
async def test_another_name_is_refused_on_loopback(visitor: Visitor, host: str) -> None:
    for path in ("/", "/live", "/static/console.js", "/login"):
        assert (await visitor.get(path, Host=host)).status == 421
    page = await visitor.post("/operations", {}, Host=host)
    assert page.status == 421


@pytest.mark.parametrize("host", ["localhost:9000", "LOCALHOST", "127.0.0.1", "[::1]:8090"])
async def test_names_of_this_machine_are_not(visitor: Visitor, host: str) -> None:
    assert (await visitor.get("/", Host=host)).status == 200


async def discard_form(visitor: Visitor) -> dict[str, str]:
    plan = await visitor.get("/dead-letters/plan?operation=discard&all=1")
    return {"form_key": plan.field("form_key"), "plan": plan.field("plan"), "count": "1"}


async def test_a_form_from_elsewhere_changes_nothing(visitor: Visitor, amqp_url: str) -> None:
    form = await discard_form(visitor)
    refused = [
        await visitor.post("/operations", {**form, "form_key": ""}),
        await visitor.post("/operations", {**form, "form_key": "0" * 64}),
        await visitor.post("/operations", {"plan": form["plan"], "count": "1"}),
        await visitor.post("/operations", form, Sec_Fetch_Site="cross-site"),
        await visitor.post("/operations", form, Sec_Fetch_Site="same-site"),
    ]
    async with visiting(visitor.url) as stranger:
        refused.append(await stranger.post("/operations", form))
        theirs = {**form, "form_key": (await discard_form(stranger))["form_key"]}
        refused.append(await visitor.post("/operations", theirs))
    assert [page.status for page in refused] == [403] * 7
    assert "not from this console" in refused[0].text
    assert await waiting(amqp_url, DEAD_QUEUE) == 1
    done = await visitor.ended(await visitor.post("/operations", form))
    assert "1 of 1 discarded" in done.text
    assert await waiting(amqp_url, DEAD_QUEUE) == 0


async def test_reading_only_is_kept_by_the_server(amqp_url: str, database_url: str) -> None:
    async with running_pipeline(amqp_url, database_url, workers=0) as pipeline:
        await pipeline.post(make_envelope(make_event("push", "")))
    async with running_console(amqp_url, database_url) as visitor:
        page = await visitor.get("/dead-letters")
        assert "1 dead letter" in page.text
        assert "read-only" in page.text
        assert "Requeue" not in page.text
        plan = await visitor.get("/dead-letters/plan?operation=discard&all=1")
        assert "Discard 1 dead letter?" in plan.text
        assert "read-only" in plan.text
        assert 'method="post"' not in plan.source
        for path in ("/operations", "/operations/x/stop", "/dead-letters", "/"):
            refused = await visitor.post(path, {"form_key": "x", "plan": "x", "count": "1"})
            assert refused.status == 403
            assert "This console is read-only." in refused.text
        for method in ("PUT", "PATCH", "DELETE"):
            assert (await visitor.send(method, "/operations")).status == 403
    assert await waiting(amqp_url, DEAD_QUEUE) == 1


async def test_a_token_opens_it(amqp_url: str, database_url: str) -> None:
    tokens = f"older-token, {TOKEN}"
    async with running_console(amqp_url, database_url, console_tokens=tokens) as visitor:
        page = await visitor.get("/dead-letters")
        assert "Sign in" in page.text
        assert "dead letter" not in page.text
        assert (await visitor.get("/live", Accept="text/event-stream")).status == 401
        key = page.field("form_key")
        assert (await visitor.post("/login", {"form_key": key, "token": "wrong"})).status == 401
        assert (await visitor.post("/login", {"form_key": "", "token": TOKEN})).status == 403
        before = {cookie.value for cookie in visitor.http.cookie_jar}
        page = await visitor.post("/login", {"form_key": key, "token": TOKEN})
        assert "It is" in page.text
        (cookie,) = visitor.http.cookie_jar
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
        assert cookie.value not in before
        old = {"Cookie": f"{cookie.key}={cookie.value}"}
        await visitor.post("/logout", {"form_key": page.field("form_key")})
        assert "Sign in" in (await visitor.get("/")).text
        async with visiting(visitor.url) as thief:
            assert "Sign in" in (await thief.get("/", **old)).text
            assert "It is" in (await thief.get("/", Authorization=f"Bearer {TOKEN}")).text


async def test_a_reverse_proxy_names_the_user(amqp_url: str, database_url: str) -> None:
    header = "X-Forwarded-User"
    async with running_console(amqp_url, database_url, console_proxy_user_header=header) as visitor:
        assert (await visitor.get("/")).status == 401
        assert (await visitor.get("/", **{header: " "})).status == 401
        page = await visitor.get("/", **{header: "anna\u202e@example".encode().decode("latin-1")})
        assert page.status == 200
        assert "anna" in page.text
        twice = f"GET / HTTP/1.1\r\nHost: localhost\r\n{header}: anna\r\n{header}: bert\r\n\r\n"
        assert b" 400 " in await first_line(visitor.url, twice.encode())


async def test_a_form_that_is_too_large(visitor: Visitor) -> None:
    assert (await visitor.post("/operations", {"note": "x" * 100_000})).status == 413
