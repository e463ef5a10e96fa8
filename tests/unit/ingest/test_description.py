"""The OpenAPI document of ingest describes what it has, in schemas that are some."""

import json
import re
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ingest.app import new_app
from ingest.metrics import IngestMetrics
from ingest.notifications import PATHS
from ingest.registries import REGISTRIES
from ingest.registries.adapter import Sent
from ingest.sources.greeting import REGISTRIES as GREETED
from ingest.sources.signature import SCHEMES
from shared.configuration import load
from shared.origin import DISTRIBUTION
from shared.sources import Auth
from tests import samples

DOCUMENT: dict[str, Any] = json.loads(
    resources.files("ingest").joinpath("openapi.json").read_bytes()
)
COMPONENTS: dict[str, dict[str, Any]] = DOCUMENT["components"]
METHODS = {"get", "post", "put", "delete", "patch", "options"}
NAMES = sorted([DISTRIBUTION, *REGISTRIES])
OPERATIONS = [
    (method.upper(), path, item[method])
    for path, item in DOCUMENT["paths"].items()
    for method in sorted(METHODS & set(item))
]


def routes() -> set[tuple[str, str]]:
    """What runs with a source of every registry, but for HEAD, which comes with each GET."""
    auth = {"token": ["s3cret"]}
    sources = [{"name": f"a-{one}", "registry": one, "auth": auth} for one in NAMES]
    settings = load(tokens="s3cret", sources=json.dumps(sources))
    # Neither is asked before a request comes.
    nothing: Any = None

    class Unconnected:
        channel = None

    unconnected: Any = Unconnected()
    router = new_app(settings, unconnected, nothing, IngestMetrics()).router
    found = {(one.method, one.resource.canonical) for one in router.routes() if one.resource}
    return {one for one in found if one[0] != "HEAD"}


def template(path: str) -> str:
    """The path as it is described, of a source that is named in it."""
    for name in NAMES:
        path = re.sub(rf"^/notifications/{name}(?=/|$)", "/notifications/{registry}", path)
    return re.sub(r"^(/notifications/\{registry\}/)a-[a-z-]+", r"\1{source}", path)


@pytest.mark.parametrize("name", COMPONENTS["schemas"])
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(COMPONENTS["schemas"][name])


def test_every_reference_leads_somewhere() -> None:
    referred = set(re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(DOCUMENT)))
    assert referred
    assert [one for one in referred if one[1] not in COMPONENTS[one[0]]] == []


def test_every_route_is_described_and_no_other() -> None:
    described = {(method, path) for method, path, _ in OPERATIONS}
    assert {(method, template(path).rstrip("/")) for method, path in routes()} == described


def test_each_post_is_there_with_a_slash_at_its_end() -> None:
    posts = {path for method, path in routes() if method == "POST"}
    assert {f"{path.rstrip('/')}{end}" for path in posts for end in ("", "/")} == posts


def test_the_registries_are_those_that_are_known() -> None:
    for path in ("/notifications/{registry}", "/notifications/{registry}/{source}"):
        (parameter, *_) = DOCUMENT["paths"][path]["parameters"]
        assert parameter["schema"]["enum"] == NAMES
    greeted = {path.split("/")[2] for method, path in routes() if method == "OPTIONS"}
    assert greeted == GREETED


def test_every_proof_is_described() -> None:
    schemes = COMPONENTS["securitySchemes"]
    signed = {name for name in schemes if name.startswith("hmac-")}
    assert signed == {f"hmac-{registry}" for registry in SCHEMES}
    for registry, scheme in SCHEMES.items():
        said = schemes[f"hmac-{registry}"]
        assert said["name"] == scheme.header
        assert scheme.prefix in said["description"]
        assert f"by {scheme.algorithm.replace('sha', 'SHA-')};" in said["description"]
    of_tokens = {"bearer", "raw", "basic"}
    others = {"header", "query", "oidc"}
    assert set(Auth.model_fields) == {"token", "hmac", "none", *others}
    assert set(schemes) == {*of_tokens, *others, *signed}
    for _, path, operation in OPERATIONS:
        told = {name for one in operation.get("security", DOCUMENT["security"]) for name in one}
        if path in PATHS:
            assert told == of_tokens
        elif path.startswith("/notifications/") and "requestBody" in operation:
            assert told == set(schemes)
        else:
            assert told == set()


def test_a_post_says_what_may_go_wrong() -> None:
    for method, path, operation in OPERATIONS:
        if method == "POST":
            assert {"200", "401", "408", "503"} <= set(operation["responses"]), path


def test_each_handshake_is_described() -> None:
    schema = COMPONENTS["schemas"]["Handshake"]
    greetings = [
        answer
        for one in samples.ALL
        if (answer := REGISTRIES[one.registry].answer(_sent(one))) is not None
    ]
    assert greetings
    assert [one for one in greetings if list(Draft202012Validator(schema).iter_errors(one))] == []


def _sent(sample: samples.Sample) -> Sent:
    return Sent({name.lower(): text for name, text in sample.headers.items()}, sample.body)
