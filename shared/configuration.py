"""Reading the settings: from the environment and `*_FILE` secrets, with every fault at once."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from shared.settings import PREFIX, Settings
from shared.source_list import SourcesError
from shared.text import printable

FILE_SUFFIX: Final = "_FILE"
SECRETS: Final = (
    *("amqp_url", "database_url", "tokens", "sources"),
    *("console_tokens", "console_view_tokens"),
    *("forward_snowplow_url", "forward_cloudevents_url", "forward_cloudevents_header"),
    "geo_token",
    "management_url",
)
# What Kubernetes sets in every container for a service whose name starts with registry-events.
_KUBERNETES: Final = re.compile(r"_SERVICE_(HOST|PORT)|_PORT(_\d+_(TCP|UDP|SCTP).*)?$")


class SettingsError(Exception):
    """The settings cannot be used; `faults` has one line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def variable(field: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else PREFIX + field.upper()


def load(required: Sequence[str] = (), **overrides: object) -> Settings:
    """Read the environment; `overrides` (None: not given) win over it.

    `required` are settings without which this process cannot work. Raises SettingsError.
    """
    faults = _unknown_variables(os.environ)
    secrets, unreadable = _read_secret_files(os.environ)
    faults += unreadable
    given = secrets | {name: value for name, value in overrides.items() if value is not None}
    faults += [
        f"{variable(name)}: is not set"
        for name in required
        if name not in given
        and not any(os.environ.get(variable(name) + suffix) for suffix in ("", FILE_SUFFIX))
    ]
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError(faults + _describe(error)) from None
    if faults:
        raise SettingsError(faults)
    return settings


def secret(value: SecretStr | None) -> str:
    """The text of a setting that `load` was told is required."""
    if value is None:
        raise SettingsError(["a required URL is not set"])
    return value.get_secret_value()


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {variable(field) for field in Settings.model_fields}
    known |= {variable(field) + FILE_SUFFIX for field in SECRETS}
    return [
        f"{printable(name, 80)}: there is no such setting"
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known and not _KUBERNETES.search(name)
    ]


def _read_secret_files(environment: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    secrets: dict[str, object] = {}
    faults = []
    for field in SECRETS:
        name = variable(field)
        path = environment.get(name + FILE_SUFFIX)
        if not path:
            continue
        if environment.get(name):
            faults.append(f"{name}: is set beside {name}{FILE_SUFFIX}; which one counts?")
        try:
            secrets[field] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not a text"
            # Somebody may have put the secret itself there.
            shown = "a URL is not the name of a file" if "://" in path else printable(path)
            faults.append(f"{name}{FILE_SUFFIX}: {shown}: {reason}")
    return secrets, faults


def _describe(error: ValidationError) -> list[str]:
    faults = []
    for fault in error.errors(include_url=False, include_input=False):
        field = str(fault["loc"][0])
        name = variable(field) if field in Settings.model_fields else field
        faults += [f"{name}: {text}" for text in _texts(fault)]
    return faults


def _texts(fault: ErrorDetails) -> Sequence[str]:
    error = fault.get("ctx", {}).get("error")
    if isinstance(error, SourcesError):
        return error.faults
    return [fault["msg"].removeprefix("Value error, ")]
