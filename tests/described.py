"""The geo service's OpenAPI document, as what it takes and answers is held against it."""

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

from aiohttp import web
from jsonschema import Draft202012Validator

DOCUMENT: Final[Mapping[str, Any]] = json.loads(
    resources.files("geo.serving").joinpath("openapi.json").read_bytes()
)
METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})


def operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The method, path and operation of each."""
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS & set(item):
            yield method.upper(), path, item[method]


def schema_faults(schema: Mapping[str, Any], value: object) -> list[str]:
    """What of a value is otherwise than its schema says, which may refer to the document's."""
    # Beside the document's own members, so that its references lead somewhere.
    validator = Draft202012Validator({**DOCUMENT, **schema})
    return [f"{one.json_path}: {one.message}" for one in validator.iter_errors(value)]


async def faults(request: web.Request, response: web.StreamResponse) -> list[str]:
    """What of an answer, or of a request that was taken, is otherwise than the document says."""
    assert isinstance(response, web.Response)
    resource = request.match_info.route.resource
    item = DOCUMENT["paths"].get(resource.canonical if resource else None)
    if item is None:
        return []
    told = f"{request.method} {request.path} {response.status}"
    method = "get" if request.method == "HEAD" else request.method.lower()
    if method not in item:
        return [] if response.status == 405 else [f"{told}: not described"]
    described = _followed(item[method]["responses"].get(str(response.status), {}))
    if not described:
        return [f"{told}: not described"]
    found = _answer_faults(described, response)
    if response.status < 300 and "requestBody" in item[method]:
        schema = item[method]["requestBody"]["content"]["application/json"]["schema"]
        found += schema_faults(schema, json.loads(await request.read()))
    return [f"{told}: {one}" for one in found]


def _answer_faults(described: Mapping[str, Any], response: web.Response) -> list[str]:
    found = [
        f"has no {name}" for name in described.get("headers", ()) if name not in response.headers
    ]
    body = response.body
    content = described.get("content")
    if content is None:
        return found + (["has a body"] if body else [])
    if response.content_type not in content:
        return [*found, f"is {response.content_type}"]
    assert isinstance(body, bytes)
    return found + schema_faults(content[response.content_type]["schema"], json.loads(body))


def _followed(part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = DOCUMENT
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)
