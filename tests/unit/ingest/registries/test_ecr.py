"""ECR's events come bare, or in an envelope of SNS."""

import json
from typing import Any

import pytest

from ingest.registries.adapter import Ignored, Kind, Known, UnreadableRequestError
from tests.unit.ingest.registries.sending import change, found, sent

DIGEST = "sha256:" + "0" * 64
DETAIL = {
    "result": "SUCCESS",
    "repository-name": "team/api",
    "image-digest": DIGEST,
    "action-type": "PUSH",
    "image-tag": "latest",
}
EVENT = {
    "id": "13cde686-328b-6117-af20-0e5566167401",
    "detail-type": "ECR Image Action",
    "account": "123456789012",
    "time": "2026-03-04T01:54:34Z",
    "region": "eu-west-1",
    "detail": DETAIL,
}


def event(**detail: Any) -> dict[str, Any]:
    return EVENT | {"detail": DETAIL | {name.replace("_", "-"): of for name, of in detail.items()}}


def test_raw_delivery_by_sns_is_the_event_itself() -> None:
    headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-rawdelivery": "true"}
    raw = sent(EVENT, headers)
    wrapped = sent({"Type": "Notification", "MessageId": "other", "Message": json.dumps(EVENT)})
    assert change("ecr", raw) == change("ecr", wrapped) == change("ecr", sent(EVENT))


@pytest.mark.parametrize("message", [None, "", "no JSON"], ids=["missing", "empty", "text"])
def test_an_envelope_without_an_event_is_unreadable(message: str | None) -> None:
    with pytest.raises(UnreadableRequestError):
        found("ecr", sent({"Type": "Notification", "Message": message}))


def test_the_end_of_a_subscription_is_ignored() -> None:
    request = sent({"Type": "UnsubscribeConfirmation", "Message": "You have chosen", "Token": "t"})
    assert found("ecr", request) == [Ignored("confirmation: the subscription has ended")]


TOPIC = "TopicArn=arn:aws:sns:eu-west-1:123456789012:ecr&Token=2336412f37"
CONFIRM = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&{TOPIC}"
FOREIGN = {
    "another host": CONFIRM.replace("amazonaws.com", "amazonaws.example"),
    "a longer host": CONFIRM.replace("amazonaws.com", "amazonaws.com.example"),
    "not sns": CONFIRM.replace("sns.", "s3."),
    "more before it": CONFIRM.replace("sns.eu", "x.sns.eu"),
    "a user": CONFIRM.replace("sns.", "sns.a@b.", 1),
    "no TLS": CONFIRM.replace("https", "http"),
    "a port": CONFIRM.replace(".com/", ".com:8443/"),
    "another action": CONFIRM.replace("ConfirmSubscription", "DeleteTopic"),
    "a second line": f"{CONFIRM}\n",
    "a bidirectional mark": f"{CONFIRM}\u202e",
    "without an end": CONFIRM + "x" * 1_000,
    "empty": "",
    "null": None,
}


def confirmation(url: str | None) -> dict[str, Any]:
    return {"Type": "SubscriptionConfirmation", "SubscribeURL": url}


@pytest.mark.parametrize("region", ["eu-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"])
def test_a_confirmation_tells_what_to_open(region: str) -> None:
    url = CONFIRM.replace("eu-west-1.amazonaws.com", region)
    told = Ignored(f"Amazon SNS asks to confirm the subscription: open {url}", url)
    assert found("ecr", sent(confirmation(url))) == [told]
    headers = {"x-amz-sns-message-type": "SubscriptionConfirmation"}
    assert found("ecr", sent({"SubscribeURL": url}, headers)) == [told]


@pytest.mark.parametrize("url", FOREIGN.values(), ids=FOREIGN)
def test_an_address_that_is_not_amazons_is_not_repeated(url: str | None) -> None:
    why = "Amazon SNS asks to confirm a subscription by an address that is not Amazon's"
    assert found("ecr", sent(confirmation(url))) == [Ignored(f"{why}: do not open it", "")]


@pytest.mark.parametrize("tag", ["", None, DIGEST], ids=["empty", "null", "digest"])
@pytest.mark.parametrize("action", ["PUSH", "DELETE"])
def test_without_a_tag_it_is_the_manifest(action: str, tag: str | None) -> None:
    one = change("ecr", sent(event(action_type=action, image_tag=tag)))
    assert (one.kind, one.tag, one.digest) == (Kind.MANIFEST, None, DIGEST)


def test_a_tag_may_come_without_a_digest_but_not_nothing() -> None:
    assert change("ecr", sent(event(image_digest=None))).tag == "latest"
    with pytest.raises(UnreadableRequestError, match="image-tag"):
        found("ecr", sent(event(image_digest=None, image_tag=None)))


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ({"result": "FAILURE"}, "result is not SUCCESS: nothing changed"),
        ({"action_type": "REPLICATE"}, "action-type is neither PUSH nor DELETE"),
    ],
    ids=["failure", "action"],
)
def test_what_changed_nothing_is_ignored(detail: dict[str, str], reason: str) -> None:
    assert found("ecr", sent(event(**detail))) == [Ignored(reason)]


def test_another_event_is_ignored_whatever_its_detail() -> None:
    scan = EVENT | {"detail-type": "ECR Image Scan", "detail": ["anything"]}
    assert found("ecr", sent(scan)) == [Ignored("not an ECR Image Action")]


def test_the_media_type_is_the_manifests() -> None:
    one = event(manifest_media_type="index", artifact_media_type="config")
    assert change("ecr", sent(one)).media_type == "index"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
        ("cn-north-1", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        (None, None),
    ],
    ids=["world", "china", "missing"],
)
def test_the_host_is_of_account_and_region(region: str | None, host: str | None) -> None:
    assert change("ecr", sent(EVENT | {"region": region})).host == host


@pytest.mark.parametrize("nothing", [None, ""], ids=["null", "empty"])
def test_what_a_transformer_left_out_is_of_the_receipt(nothing: str | None) -> None:
    one = change("ecr", sent(EVENT | {"id": nothing, "time": nothing}))
    assert (one.event_id, one.id_from) == (None, Known.RECEIVED)
    assert (one.occurred_at, one.time_from) == (None, Known.RECEIVED)


def test_id_and_time_are_the_events_own() -> None:
    one = change("ecr", sent(EVENT))
    assert (one.id_from, one.time_from) == (Known.NATIVE, Known.NATIVE)


@pytest.mark.parametrize("missing", ["repository-name", "action-type"])
def test_without_what_decides_it_is_unreadable(missing: str) -> None:
    with pytest.raises(UnreadableRequestError, match=missing):
        found("ecr", sent(EVENT | {"detail": {n: t for n, t in DETAIL.items() if n != missing}}))
