"""Samples of what other registries send, as requests, with the source that takes each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.registries import REGISTRIES

DATA = Path(__file__).parent / "data" / "registries"
SECRET = "s3cret-for-tests"


@dataclass(frozen=True)
class Sample:
    name: str
    registry: str
    headers: Mapping[str, str]
    query: str
    body: bytes
    auth: Mapping[str, Any]
    expected: Any
    answer: Any

    @property
    def source(self) -> dict[str, Any]:
        """One of its own, with the auth that this sample has."""
        name = self.name.replace("/", "-")[:40]
        return {"name": name, "registry": self.registry, "auth": _auth(self.auth)}

    @property
    def path(self) -> str:
        return f"/notifications/{self.registry}/{self.source['name']}{self.query}"

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        return [] if isinstance(self.expected, dict) else self.expected


def _auth(told: Mapping[str, Any]) -> dict[str, Any]:
    match told["kind"]:
        case "hmac":
            return {"hmac": ["another-one", SECRET]}
        case "query":
            return {"query": ["another-one", SECRET]}
        case "static_header" if told["header"] != "Authorization":
            return {"header": {"name": told["header"], "secrets": ["another-one", SECRET]}}
        case "static_header" | "basic":
            return {"token": ["another-one", SECRET]}
    return {"none": True}


def read(path: Path) -> Sample:
    told = json.loads(path.read_text())
    request = told["request"]
    _, mark, query = request["path"].partition("?")
    return Sample(
        name=f"{path.parent.name}/{path.stem}",
        registry=path.parent.name,
        headers=request["headers"],
        query=mark + query,
        body=request["body"].encode(),
        auth=told["auth"],
        expected=told["expect"],
        answer=told.get("expect_response"),
    )


ALL = [read(path) for path in sorted(DATA.glob("*/*.json")) if path.parent.name in REGISTRIES]
