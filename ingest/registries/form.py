"""A body that is JSON, or a form whose one field has the JSON."""

from typing import Final
from urllib.parse import parse_qsl

from ingest.registries.adapter import Sent, UnreadableRequestError, json_of, text_of

# No JSON begins like this, and not every sender of forms says that it is one.
_FIELD: Final = "payload="


def payload(sent: Sent) -> object:
    """The value of the JSON. Raises UnreadableRequestError."""
    text = text_of(sent.body)
    if not text.startswith(_FIELD):
        return json_of(text)
    try:
        fields = parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=1)
    except ValueError:
        raise UnreadableRequestError("the form has another field beside payload") from None
    found = json_of(fields[0][1])
    # Cloudsmith's own example is a JSON text of JSON.
    return json_of(found) if isinstance(found, str) else found
