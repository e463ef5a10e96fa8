"""What a private RabbitMQ reads when it starts, and where it keeps what it writes."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from console.local.network.ports import LOOPBACK
from console.local.packages.programs import EPMD, RABBITMQ
from console.local.processes.process import bare_environment

_PLUGINS = "[rabbitmq_management,rabbitmq_prometheus].\n"
_CONFIGURATION = """\
listeners.tcp.default = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {prometheus}
disk_free_limit.absolute = 50MB
collect_statistics_interval = 1000
"""
# What later releases will not have; 3.10 does not know these settings.
_DENIED = """\
deprecated_features.permit.global_qos = false
deprecated_features.permit.transient_nonexcl_queues = false
"""
_RELEASE = re.compile(r"rabbitmq_server-(\d+)\.")
_FIRST_TO_DENY = 4
_CLUSTER = """\
cluster_formation.peer_discovery_backend = classic_config
cluster_partition_handling = pause_minority
"""
_INSIDE = {
    "RABBITMQ_MNESIA_BASE": "mnesia",
    "RABBITMQ_LOG_BASE": "log",
    "RABBITMQ_CONFIG_FILE": "rabbitmq.conf",
    "RABBITMQ_ADVANCED_CONFIG_FILE": "advanced.config",
    "RABBITMQ_ENABLED_PLUGINS_FILE": "enabled_plugins",
    "RABBITMQ_PID_FILE": "pid",
    "ERL_CRASH_DUMP": "erl_crash.dump",
}


def write(
    directory: Path,
    ports: Mapping[str, int],
    *,
    name: str = "registry-events@localhost",
    peers: Sequence[str] = (),
    cookie: str = "",
) -> dict[str, str]:
    """Return the whole environment of the broker; nothing of it comes from the user's own.

    `peers` are the nodes of its cluster, `name` among them, which all know the same `cookie`.
    """
    for part in ("home", "mnesia", "log"):
        (directory / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / "enabled_plugins").write_text(_PLUGINS)
    configuration = _CONFIGURATION.format_map(ports) + (_cluster(peers) if peers else "")
    release = _RELEASE.search(str(RABBITMQ.found()))
    if release and int(release[1]) >= _FIRST_TO_DENY:
        configuration += _DENIED
    (directory / "rabbitmq.conf").write_text(configuration)
    if cookie:
        _write_cookie(directory / "home" / ".erlang.cookie", cookie)
    environment = bare_environment(directory / "home")
    return {
        **environment,
        # The scripts of RabbitMQ look for Erlang there, of which there may be several.
        "PATH": f"{EPMD.found().parent}{os.pathsep}{environment['PATH']}",
        **{inside: str(directory / value) for inside, value in _INSIDE.items()},
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
        "RABBITMQ_NODE_PORT": str(ports["amqp"]),
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": LOOPBACK,
    }


def _cluster(peers: Sequence[str]) -> str:
    nodes = [
        f"cluster_formation.classic_config.nodes.{number} = {peer}\n"
        for number, peer in enumerate(peers, 1)
    ]
    return _CLUSTER + "".join(nodes)


def _write_cookie(path: Path, cookie: str) -> None:
    """Erlang refuses one that others may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(cookie)
