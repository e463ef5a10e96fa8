"""The JSON Schema of an event: the members that are read of it. Whatever else it has travels on."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from shared.event import RENAME, SUPPORTED_ACTIONS
from shared.event_parts import Parts
from shared.repository_path import LONGEST, PATTERN

_REFERENCE: Final = "#/components/schemas/{name}"
_PATH: Final = {"type": "string", "pattern": f"^{PATTERN}$", "maxLength": LONGEST}
_RENAMED: Final = ("from", "to")


def schemas() -> Mapping[str, Any]:
    """By name; `Event` is the whole."""
    _, found = msgspec.json.schema_components([Parts], ref_template=_REFERENCE)
    parts = {name: _members(schema) for name, schema in found.items()}
    event = parts.pop(Parts.__name__)
    event["description"] = (
        "One event as its registry wrote it, or as it was made of another registry's request, with "
        "that as `original`. Members that are not named here are kept as they came; texts that "
        "decide nothing may hold bytes that are no UTF-8."
    )
    return {"Event": {**event, "allOf": _conditions()}, **parts}


def _members(schema: Mapping[str, Any]) -> dict[str, Any]:
    members = {name: _value(told) for name, told in schema["properties"].items()}
    told = {"description": schema["description"]} if "description" in schema else {}
    required = {"required": schema["required"]} if schema["required"] else {}
    return {**told, "type": "object", **required, "properties": members}


def _value(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401  a schema may be `true`
    """Anything is a union of many kinds, nested as deep as it is read at once."""
    kinds = schema.get("anyOf", ())
    return True if len(kinds) > 2 else {key: schema[key] for key in schema if key != "default"}  # noqa: PLR2004  itself, or null


def _conditions() -> list[Mapping[str, Any]]:
    """What a supported action needs beyond its name: else the event is a dead letter."""
    placed = {"required": ["repository"], "properties": {"repository": _PATH}}
    texts = {name: {"type": "string"} for name in _RENAMED}
    paths = {"required": list(_RENAMED), "properties": texts}
    moved = {"properties": dict.fromkeys(_RENAMED, _PATH)}
    renames = {"required": ["rename"], "properties": {"rename": {"type": "object", **paths}}}
    return [
        {
            "if": _of(*sorted(SUPPORTED_ACTIONS - {RENAME})),
            "then": _with_target({"type": "object", **placed}),
        },
        {
            "if": {"allOf": [_of(RENAME), _with_target({"type": "object", **renames})]},
            "then": _with_target({"allOf": [placed, {"properties": {"rename": moved}}]}),
        },
    ]


def _of(*actions: str) -> Mapping[str, Any]:
    return {"properties": {"action": {"enum": list(actions)}}, "required": ["action"]}


def _with_target(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"properties": {"target": schema}, "required": ["target"]}
