"""A few things done to a registry, and what must be recorded because of them."""

import shutil
import subprocess
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from console.local.demonstration import sample
from console.local.demonstration.feed import Outcome
from console.local.demonstration.image import Layout
from console.local.network.loopback import request
from console.local.packages.programs import SKOPEO
from console.local.processes.process import bare_environment
from console.local.report import LocalError
from shared import faults

IMAGE = "hello"
_REPOSITORY = "demo/hello"
_TAGS = ("v1", "latest")
_OK = 200
_SKOPEO_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Expected:
    """An event that must be recorded, known by its id or by what it did; None matches anything."""

    label: str
    event_id: str | None = None
    action: str | None = None
    repository: str | None = None
    tag: str | None = None
    digest: str | None = None
    source: str | None = None

    def matches(self, outcome: Outcome) -> bool:
        pairs = (
            (self.event_id, outcome.event_id),
            (self.action, outcome.action),
            (self.repository, outcome.repository),
            (self.tag, outcome.tag),
            (self.digest, outcome.digest),
            (self.source, outcome.source),
        )
        return all(wanted is None or wanted == seen for wanted, seen in pairs)


def still_missing(expected: Iterable[Expected], outcome: Outcome) -> list[Expected]:
    return [one for one in expected if not one.matches(outcome)]


def make_image(layout: Path) -> str:
    """A new one each time, alone in its layout; return its digest."""
    shutil.rmtree(layout, ignore_errors=True)
    return Layout(layout).add_image(IMAGE, seed=str(uuid.uuid4()), layers=2)


def use_registry(address: str, layout: Path) -> list[Expected]:
    """Push, pull, tag again, delete. Raises LocalError when skopeo fails."""
    digest = make_image(layout)
    first, second = (f"docker://{address}/{_REPOSITORY}:{tag}" for tag in _TAGS)
    pulled = layout.parent / "pulled"
    skopeo(layout.parent, "copy", f"oci:{layout}:{IMAGE}", first)
    skopeo(layout.parent, "copy", first, f"dir:{pulled}")
    skopeo(layout.parent, "copy", first, second)
    skopeo(layout.parent, "delete", second)
    shutil.rmtree(pulled, ignore_errors=True)
    pushes = [
        Expected(f"push_tag {_REPOSITORY}:{tag}", action="push_tag", tag=tag, digest=digest)
        for tag in _TAGS
    ]
    label = f"delete_repository {_REPOSITORY}@{digest}"
    return [*pushes, Expected(label, action="delete_repository", digest=digest)]


def post_sample(port: int, token: str) -> list[Expected]:
    """Raises LocalError when ingest does not take it."""
    envelope = sample.notification()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": sample.CONTENT_TYPE}
    body = sample.to_json(envelope)
    try:
        status, answer = request(port, "POST", "/notifications", body=body, headers=headers)
    except OSError as error:
        raise LocalError(f"ingest did not answer: {faults.in_words(error)}") from error
    if status != _OK:
        raise LocalError(f"ingest answered {status} to a sample notification: {answer[:200]!r}")
    ids = [str(event["id"]) for event in envelope["events"]]
    return [Expected(f"sample event {one}", event_id=one) for one in ids]


def skopeo(home: Path, verb: str, *arguments: str) -> None:
    """Without the user's configuration, which may redirect or sign; raises LocalError."""
    plain = ["--src-tls-verify=false", "--dest-tls-verify=false"]
    options = plain if verb == "copy" else ["--tls-verify=false"]
    command = [str(SKOPEO.found()), "--insecure-policy", verb, *options, *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SKOPEO_SECONDS,
        env=bare_environment(home.absolute()),
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise LocalError(f"`skopeo {verb}` failed: {last}")
