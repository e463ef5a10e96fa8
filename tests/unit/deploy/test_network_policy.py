"""Who reaches our pods, and whom they reach: nobody by accident."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.unit.deploy.shipped import DEPLOY, kubernetes, pods, template

_COMPONENTS = (
    "exporter",
    "forward",
    "geo-serve",
    "geo-sync",
    "ingest",
    "maintain",
    "migrate",
    "reconcile",
    "worker",
)
_POLICIES: dict[str, dict[str, Any]] = {
    document["metadata"]["name"]: document["spec"]
    for document in kubernetes()
    if document["kind"] == "NetworkPolicy"
}
_ISSUERS = _POLICIES.pop("registry-events-issuers")
# A namespace is a DNS label (RFC 1123), so no cluster has one that is written otherwise.
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_DNS, _BROKER, _DATABASE, _COLLECTOR = {53}, {5671, 5672}, {5432}, {443, 8080}
_REGISTRIES = {443, 5000}


def _rules(name: str) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Of every rule of a policy its peers and its ports."""
    policy = _POLICIES[name]
    for rule in policy.get("ingress", []):
        yield rule.get("from", []), rule.get("ports", [])
    for rule in policy.get("egress", []):
        yield rule.get("to", []), rule.get("ports", [])


@pytest.mark.parametrize("component", _COMPONENTS)
def test_every_pod_has_a_policy_of_its_own_for_both_ways(component: str) -> None:
    name = f"registry-events-{component}"
    assert name in pods()
    policy = _POLICIES[name]
    labels = {"app.kubernetes.io/name": "registry-events", "app.kubernetes.io/component": component}
    assert policy["podSelector"] == {"matchLabels": labels}
    assert policy["policyTypes"] == ["Ingress", "Egress"]


def test_all_our_pods_are_shut_first() -> None:
    labels = {"app.kubernetes.io/name": "registry-events"}
    shut = {"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress", "Egress"]}
    assert _POLICIES["registry-events"] == shut
    for document in kubernetes():
        if document["kind"] in {"CronJob", "Deployment", "Job"}:
            assert labels.items() <= template(document)["metadata"]["labels"].items()


@pytest.mark.parametrize("name", _POLICIES)
def test_no_rule_is_open(name: str) -> None:
    for peers, ports in _rules(name):
        assert peers
        assert ports
        for peer in peers:
            assert set(peer) == {"namespaceSelector", "podSelector"}
            assert all(selector["matchLabels"] for selector in peer.values())


@pytest.mark.parametrize("name", _POLICIES)
def test_what_is_to_be_filled_in_lets_nobody_through_before(name: str) -> None:
    for peers, _ in _rules(name):
        for peer in peers:
            namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            is_dns = peer["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}
            assert is_dns or not _NAMESPACE.fullmatch(namespace)


@pytest.mark.parametrize(
    ("component", "allowed"),
    [
        ("exporter", _DNS | _BROKER | _DATABASE),
        ("forward", _DNS | _DATABASE | _COLLECTOR),
        ("geo-serve", _DNS | _DATABASE),
        ("geo-sync", _DNS | _DATABASE | _REGISTRIES),
        ("ingest", _DNS | _BROKER),
        ("maintain", _DNS | _DATABASE),
        ("migrate", _DNS | _DATABASE),
        ("reconcile", _DNS | _BROKER | _DATABASE | _REGISTRIES),
        ("worker", _DNS | _BROKER | _DATABASE),
    ],
    ids=_COMPONENTS,
)
def test_pods_reach_only_what_they_need(component: str, allowed: set[int]) -> None:
    rules = _POLICIES[f"registry-events-{component}"]["egress"]
    assert {port["port"] for rule in rules for port in rule["ports"]} == allowed


@pytest.mark.parametrize(
    ("component", "ways"),
    [
        ("exporter", 1),
        ("forward", 1),
        ("geo-serve", 2),
        ("geo-sync", 1),
        ("ingest", 2),
        ("maintain", 0),
        ("migrate", 0),
        ("reconcile", 0),
        ("worker", 1),
    ],
)
def test_pods_are_reached_on_their_own_port(component: str, ways: int) -> None:
    rules = _POLICIES[f"registry-events-{component}"].get("ingress", [])
    assert len(rules) == ways
    (container,) = pods()[f"registry-events-{component}"]["containers"]
    own = {port["name"] for port in container.get("ports", ())}
    assert {port["port"] for rule in rules for port in rule["ports"]} <= own


def test_what_lets_ingest_reach_issuers_stands_apart_and_opens_no_more() -> None:
    assert "443" not in str(_POLICIES["registry-events-ingest"])
    assert _ISSUERS["podSelector"] == _POLICIES["registry-events-ingest"]["podSelector"]
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
    text = (DEPLOY / "kubernetes" / "network-policy.yaml").read_text()
    assert text.count("FILL-IN")
    assert "`FILL-IN`" in (DEPLOY / "README.md").read_text()
