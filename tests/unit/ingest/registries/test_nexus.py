"""Nexus tells components by name and version, and by headers which hook it was."""

from typing import Any

import pytest

from ingest.registries.adapter import Ignored, Kind, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST = "sha256:" + "0" * 64
COMPONENT = {"format": "docker", "name": "org/demo", "version": "1.0"}
BODY = {
    "timestamp": "2026-03-04T23:35:21.606+0000",
    "initiator": "iris/192.0.2.30",
    "repositoryName": "hosted",
    "action": "CREATED",
    "component": COMPONENT,
}
ASSETS = Ignored("asset events double the component events (manifests and every layer)")
OTHER = Ignored("not an event of a repository's components")


@pytest.mark.parametrize(
    ("action", "version", "expected"),
    [
        ("CREATED", "1.0", ("push", Kind.MANIFEST, "1.0", None)),
        ("UPDATED", "1.0", ("push", Kind.MANIFEST, "1.0", None)),
        ("UPDATED", DIGEST, ("push", Kind.MANIFEST, None, DIGEST)),
        ("DELETED", "1.0", ("delete", Kind.TAG, "1.0", None)),
        ("DELETED", DIGEST, ("delete", Kind.MANIFEST, None, DIGEST)),
    ],
    ids=["created", "updated", "updated-digest", "deleted", "deleted-digest"],
)
def test_a_version_is_a_tag_or_a_digest(action: str, version: str, expected: Any) -> None:
    component = COMPONENT | {"version": version}
    one = change("nexus", sent(BODY | {"action": action, "component": component}))
    assert (one.action, one.kind, one.tag, one.digest) == expected


@pytest.mark.parametrize(
    ("initiator", "actor", "address"),
    [
        ("iris/192.0.2.30", "iris", "192.0.2.30"),
        ("anonymous/2001:db8::1", "anonymous", "2001:db8::1"),
        ("team/iris/192.0.2.30", "team/iris", "192.0.2.30"),
        ("*TASK", "*TASK", None),
        (None, None, None),
    ],
    ids=["user", "ipv6", "slash", "task", "missing"],
)
def test_the_initiator_is_who_and_where(
    initiator: str | None, actor: str | None, address: str | None
) -> None:
    one = change("nexus", sent(BODY | {"initiator": initiator}))
    assert (one.actor, one.address) == (actor, address)


def test_the_id_is_the_deliverys() -> None:
    one = change("nexus", sent(BODY, {"x-nexus-webhook-delivery": "fb449548"}))
    assert (one.event_id, one.id_from) == ("fb449548", Known.HEADER)
    assert change("nexus", sent(BODY)).id_from is Known.RECEIVED


@pytest.mark.parametrize(
    ("option", "name"),
    [({}, "org/demo"), ({"repository-name": "take"}, "hosted/org/demo")],
    ids=["default", "take"],
)
def test_path_based_routing_puts_the_repositorys_name_first(
    option: dict[str, str], name: str
) -> None:
    assert change("nexus", sent(BODY, options=option)).repository == name


def test_path_based_routing_needs_the_repositorys_name() -> None:
    request = sent(BODY | {"repositoryName": None}, options={"repository-name": "take"})
    with pytest.raises(UnreadableRequestError, match="repositoryName"):
        found("nexus", request)


@pytest.mark.parametrize(
    ("hook", "body", "reason"),
    [
        ("rm:repository:asset", {"asset": {}}, ASSETS),
        (None, {"asset": {"format": "docker"}}, ASSETS),
        ("rm:global:repository", {"action": "CREATED"}, OTHER),
    ],
    ids=["asset", "asset-without-header", "repository"],
)
def test_other_hooks_are_ignored(hook: str | None, body: dict[str, Any], reason: Ignored) -> None:
    headers = {"x-nexus-webhook-id": hook} if hook else {}
    assert found("nexus", sent(body, headers)) == [reason]


def test_another_action_is_ignored() -> None:
    request = sent(BODY | {"action": "MOVED"})
    assert found("nexus", request) == [Ignored("action is none of CREATED, UPDATED, DELETED")]


@pytest.mark.parametrize("missing", ["name", "version", "format"])
def test_without_what_decides_it_is_unreadable(missing: str) -> None:
    component = {name: of for name, of in COMPONENT.items() if name != missing}
    with pytest.raises(UnreadableRequestError, match=missing):
        found("nexus", sent(BODY | {"component": component}))


@pytest.mark.parametrize("missing", ["action", "component"])
def test_half_a_body_is_unreadable(missing: str) -> None:
    with pytest.raises(UnreadableRequestError):
        found("nexus", sent({name: of for name, of in BODY.items() if name != missing}))
