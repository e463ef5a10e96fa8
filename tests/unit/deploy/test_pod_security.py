"""Each pod meets the Pod Security Standard `restricted`.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ has the table, whose rows these
tests follow; `test_kubernetes.py` holds the security contexts that all of them have.
"""

from typing import Any

import pytest

from tests.unit.deploy.shipped import pods

_PODS = pods()
_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "projected", "secret"}
_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


@pytest.mark.parametrize("name", _PODS)
def test_nothing_of_the_node_is_shared(name: str) -> None:
    pod = _PODS[name]
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & pod.keys()
    assert not [
        port for one in pod["containers"] for port in one.get("ports", ()) if "hostPort" in port
    ]
    for volume in pod["volumes"]:
        (kind,) = volume.keys() - {"name"}
        assert kind in _VOLUMES


@pytest.mark.parametrize("name", _PODS)
def test_no_container_has_more_than_the_standard_allows(name: str) -> None:
    pod = _PODS[name]
    assert not {"initContainers", "ephemeralContainers"} & pod.keys()
    assert (
        not {"sysctls", "seLinuxOptions", "appArmorProfile", "windowsOptions"}
        & pod["securityContext"].keys()
    )
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] != 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for one in pod["containers"]:
        assert one["securityContext"]["allowPrivilegeEscalation"] is False
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert not {"privileged", "procMount", "runAsUser"} & one["securityContext"].keys()


@pytest.mark.parametrize("name", _PODS)
def test_probes_ask_the_pod_and_nobody_else(name: str) -> None:
    asked: list[dict[str, Any]] = [
        one[probe]["httpGet"]
        for one in _PODS[name]["containers"]
        for probe in _PROBES
        if probe in one
    ]
    assert not [one for one in asked if "host" in one]
