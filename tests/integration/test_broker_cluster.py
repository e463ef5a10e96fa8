"""What several nodes of a private broker know of each other."""

from pathlib import Path

from console.local.servers import broker_files
from console.local.servers.broker_cluster import BrokerCluster
from shared import hosts


def test_its_address_names_every_node(tmp_path: Path) -> None:
    cluster = BrokerCluster(tmp_path / "rabbitmq", 3)
    url = cluster.url("a/b")
    assert url.endswith("/a%2Fb")
    assert hosts.shown(url) == [f"127.0.0.1:{node.port}" for node in cluster.nodes]


def test_nodes_know_each_other_by_a_cookie_that_nobody_else_reads(tmp_path: Path) -> None:
    (tmp_path / "rabbitmq").mkdir()
    cluster = BrokerCluster(tmp_path / "rabbitmq", 3)
    cookie = cluster.cookie()
    assert cookie == cluster.cookie()
    assert (tmp_path / "rabbitmq" / "cookie").stat().st_mode & 0o777 == 0o600
    ports = {"amqp": 1, "management": 2, "prometheus": 3, "distribution": 4, "epmd": 5}
    environment = broker_files.write(
        tmp_path / "one", ports, name="b@localhost", peers=cluster.names, cookie=cookie
    )
    assert environment["RABBITMQ_NODENAME"] == "b@localhost"
    given = tmp_path / "one" / "home" / ".erlang.cookie"
    assert given.read_text() == cookie
    assert given.stat().st_mode & 0o777 == 0o600
    written = (tmp_path / "one" / "rabbitmq.conf").read_text()
    assert all(f".nodes.{n} = {name}" in written for n, name in enumerate(cluster.names, 1))
    assert "cluster_partition_handling = pause_minority" in written
