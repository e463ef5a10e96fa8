from geo.copying.plan import in_phases, plan


def test_each_tag_has_one_fate() -> None:
    planned = plan(["a", "b", "c"], ["d", "c"])
    assert planned.put == ["a", "b"]
    assert planned.compare == ["c"]
    assert planned.surplus == ["d"]


def test_what_is_attached_comes_before_what_it_is_attached_to() -> None:
    signature = f"sha256-{'0' * 64}.sig"
    assert in_phases(["v1", signature, "v2"]) == [[signature], ["v1", "v2"]]
