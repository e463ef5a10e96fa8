"""Requests that users reported, and how they are sent again."""

import json
from pathlib import Path
from typing import Any

from tests.running import Answer, Pipeline

REPORTS = Path(__file__).parent / "data" / "reports"


def reported_request(name: str) -> dict[str, Any]:
    """The request of the report in tests/data/reports whose name starts so."""
    (path,) = REPORTS.glob(f"{name}*.json")
    request: dict[str, Any] = json.loads(path.read_text())["request"]
    return request


async def send(pipeline: Pipeline, request: dict[str, Any], **changed: str) -> Answer:
    """Send it with its own headers, but for those that are `changed`."""
    headers = {name.replace("-", "_"): value for name, value in request["headers"].items()}
    return await pipeline.post(
        request["body"].encode(), path=request["path"], **{**headers, **changed}
    )
