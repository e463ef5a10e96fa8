"""The event `package` of Gitea, and of Forgejo, which came of it.

Rules: https://github.com/go-gitea/gitea/blob/main/modules/structs/package.go. The version of an
image is a tag, or the digest of what was pushed without one. A delete has only the time at which
the package was made.
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

from ingest.registries.adapter import Change, Found, Ignored, Kind, Known, Sent, converted
from ingest.registries.form import payload
from ingest.registries.reference import digest, needed, tag
from ingest.registries.registry import Reports, Says

REPORTS: Final = Reports(
    push_tag=Says.EXACT,
    push_untagged=Says.EXACT,
    delete_manifest=Says.EXACT,
    delete_tag=Says.EXACT,
    pull=Says.NEVER,
    digest=Says.PARTLY,
    actor=Says.EXACT,
    time=Says.PARTLY,
    id=Says.EXACT,
)
_ACTIONS: Final = {"created": "push", "deleted": "delete"}
# Go's time that was never set.
_NEVER: Final = "0001-01-01T"


class _Login(msgspec.Struct):
    login: str | None = None
    username: str | None = None


class _Body(msgspec.Struct):
    action: str | None = None
    package: object = None
    sender: _Login | None = None


class _Type(msgspec.Struct):
    type: str | None = None


class _Package(msgspec.Struct):
    owner: _Login | None = None
    name: str | None = None
    version: str | None = None
    html_url: str | None = None
    created_at: str | None = None


def found(sent: Sent, forges: tuple[str, ...]) -> Iterator[Found]:
    """`forges` are the names in `x-<name>-event` and `x-<name>-delivery`, the first one's first."""
    event, delivery = _header(sent, forges, "event"), _header(sent, forges, "delivery")
    if event and event != "package":
        yield Ignored("not the event package")
        return
    body = converted(payload(sent), _Body)
    if needed(converted(body.package, _Type).type, "package.type") != "container":
        yield Ignored("package.type is not container")
    elif needed(body.action, "action") not in _ACTIONS:
        yield Ignored("an action that nobody records")
    else:
        yield _change(body, converted(body.package, _Package), delivery)


def _header(sent: Sent, forges: tuple[str, ...], name: str) -> str | None:
    told = (sent.headers.get(f"x-{forge}-{name}") for forge in forges)
    return next((text for text in told if text), None)


def _change(body: _Body, package: _Package, delivery: str | None) -> Change:
    action = _ACTIONS[body.action or ""]
    owner, sender = package.owner or _Login(), body.sender or _Login()
    path = f"{needed(owner.login or owner.username, 'owner')}/{needed(package.name, 'name')}"
    version = needed(package.version, "version")
    made_at = package.created_at if action == "push" else None
    moment = made_at if made_at and not made_at.startswith(_NEVER) else None
    return Change(
        action=action,
        repository=path.lower(),
        kind=Kind.TAG if action == "delete" and tag(version) else Kind.MANIFEST,
        tag=tag(version),
        digest=digest(version),
        actor=sender.login or sender.username or None,
        occurred_at=moment,
        event_id=delivery,
        id_from=Known.HEADER,
        host=_host(package.html_url or ""),
    )


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or None
    except ValueError:
        return None
