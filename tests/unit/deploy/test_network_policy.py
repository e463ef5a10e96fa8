"""Who reaches our pods, and whom they reach: nobody by accident."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.unit.deploy.kustomized import template
from tests.unit.deploy.shipped import DEPLOY, kubernetes, pods

_POLICIES: dict[str, dict[str, Any]] = {
    document["metadata"]["name"]: document["spec"]
    for document in kubernetes()
    if document["kind"] == "NetworkPolicy"
}
_ISSUERS = _POLICIES.pop("registry-events-issuers")
_LABELS: dict[str, dict[str, str]] = {
    document["metadata"]["name"]: template(document)["metadata"]["labels"]
    for document in kubernetes()
    if document["kind"] in {"CronJob", "Deployment", "Job"}
}
# A namespace is a DNS label (RFC 1123), so no cluster has one that is written otherwise.
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_DNS, _BROKER, _DATABASE = {"kube-dns": {53}}, {"rabbitmq": {5671, 5672}}, {"postgresql": {5432}}
_TRACES = {"opentelemetry-collector": {4318}}
_COLLECTOR, _REGISTRIES = {"collector": {443, 8080}}, {"registry": {443, 5000}}


def _rules(policy: dict[str, Any]) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Of every rule of a policy its peers and its ports."""
    for rule in policy.get("ingress", []):
        yield rule.get("from", []), rule.get("ports", [])
    for rule in policy.get("egress", []):
        yield rule.get("to", []), rule.get("ports", [])


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels", "matchExpressions"}
    assert {one["operator"] for one in selector.get("matchExpressions", ())} <= {"In"}
    return selector["matchLabels"].items() <= labels.items() and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ())
    )


def _ways(name: str, direction: str) -> dict[str, set[Any]]:
    """The ports between a pod and each peer, by all policies that are of the pod."""
    found: dict[str, set[Any]] = {}
    for policy in _POLICIES.values():
        if _selects(policy["podSelector"], _LABELS[name]):
            for (peer,), ports in _rules({direction: policy.get(direction, [])}):
                (label,) = peer["podSelector"]["matchLabels"].values()
                found.setdefault(label, set()).update(port["port"] for port in ports)
    return found


def test_all_our_pods_are_shut_first() -> None:
    labels = {"app.kubernetes.io/name": "registry-events"}
    shut = {"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress", "Egress"]}
    assert _POLICIES["registry-events"] == shut
    assert all(labels.items() <= one.items() for one in _LABELS.values())


@pytest.mark.parametrize("name", _POLICIES)
def test_no_rule_is_open(name: str) -> None:
    for peers, ports in _rules(_POLICIES[name]):
        assert peers
        assert ports
        for peer in peers:
            assert set(peer) == {"namespaceSelector", "podSelector"}
            assert all(selector["matchLabels"] for selector in peer.values())


@pytest.mark.parametrize("name", _POLICIES)
def test_a_policy_has_the_rules_of_its_types(name: str) -> None:
    policy = _POLICIES[name]
    if name != "registry-events":
        assert {one.lower() for one in policy["policyTypes"]} == policy.keys() & {
            "ingress",
            "egress",
        }
    for one in policy["podSelector"].get("matchExpressions", ()):
        assert {f"registry-events-{component}" for component in one["values"]} <= _LABELS.keys()


@pytest.mark.parametrize("name", _POLICIES)
def test_what_is_to_be_filled_in_lets_nobody_through_before(name: str) -> None:
    for peers, _ in _rules(_POLICIES[name]):
        for peer in peers:
            namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            is_dns = peer["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}
            assert is_dns or not _NAMESPACE.fullmatch(namespace)


_REACHED = {
    "console": _DNS | _BROKER | _DATABASE,
    "exporter": _DNS | _BROKER | _DATABASE,
    "forward": _DNS | _DATABASE | _COLLECTOR,
    "geo-serve": _DNS | _DATABASE,
    "geo-sync": _DNS | _DATABASE | _REGISTRIES,
    "ingest": _DNS | _BROKER | _TRACES,
    "maintain": _DNS | _DATABASE,
    "migrate": _DNS | _DATABASE,
    "reconcile": _DNS | _BROKER | _DATABASE | _REGISTRIES,
    "worker": _DNS | _BROKER | _DATABASE | _TRACES,
}


def test_each_pod_is_known_here() -> None:
    assert {f"registry-events-{component}" for component in _REACHED} == _LABELS.keys()


@pytest.mark.parametrize("component", _REACHED)
def test_pods_reach_only_what_they_need(component: str) -> None:
    assert _ways(f"registry-events-{component}", "egress") == _REACHED[component]


@pytest.mark.parametrize("component", _REACHED)
def test_pods_are_reached_on_their_own_port_by_who_has_to(component: str) -> None:
    expected = {
        "geo-serve": {"ingress-nginx", "prometheus"},
        "ingest": {"prometheus", "registry"},
        **{key: {"prometheus"} for key in ("exporter", "forward", "geo-sync", "worker")},
    }
    ways = _ways(f"registry-events-{component}", "ingress")
    assert ways.keys() == expected.get(component, set())
    (container,) = pods()[f"registry-events-{component}"]["containers"]
    own = {port["name"] for port in container.get("ports", ())}
    for ports in ways.values():
        # A name that a pod does not have opens nothing of it.
        assert len(ports & own) == 1


def test_what_lets_ingest_reach_issuers_stands_apart_and_opens_no_more() -> None:
    selector = _ISSUERS["podSelector"]
    assert [name for name, one in _LABELS.items() if _selects(selector, one)] == [
        "registry-events-ingest"
    ]
    assert _ISSUERS["policyTypes"] == ["Egress"]
    (rule,) = _ISSUERS["egress"]
    assert rule["ports"] == [{"port": 443, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("142.250.1.1", True),
        ("2a00:1450:4001::1", True),
        ("10.96.0.1", False),
        ("100.100.100.200", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.20.0.1", False),
        ("192.168.1.1", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
    ],
)
def test_an_issuer_is_at_a_public_address(address: str, *, is_open: bool) -> None:
    asked = ip_address(address)
    blocks = [peer["ipBlock"] for rule in _ISSUERS["egress"] for peer in rule["to"]]
    reached = [
        block
        for block in blocks
        if asked in ip_network(block["cidr"])
        and not any(asked in ip_network(one) for one in block.get("except", []))
    ]
    assert bool(reached) is is_open


def test_the_page_says_what_to_fill_in() -> None:
    text = (DEPLOY / "kubernetes" / "base" / "network-policy.yaml").read_text()
    assert text.count("FILL-IN")
    assert "`FILL-IN`" in (DEPLOY / "README.md").read_text()
