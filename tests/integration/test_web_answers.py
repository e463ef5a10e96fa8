"""What a form was refused with: a page for the browser that sent it, and for nobody else."""

from tests.consoles import Visitor, visiting

DISCARD = "/dead-letters/plan?operation=discard&all=1"


async def test_a_refusal_is_a_page_of_its_own(visitor: Visitor) -> None:
    await visitor.get("/")
    plan = await visitor.get(DISCARD)
    form = {name: plan.field(name) for name in ("form_key", "plan")} | {"count": "9"}
    sent = await visitor.send("POST", "/operations", data=form, allow_redirects=False)
    assert sent.status == 303
    answer = sent.headers["Location"]
    for _ in range(2):
        page = await visitor.get(answer)
        assert page.status == 400
        assert "Type 1 to confirm; nothing was discarded." in page.text
        assert page.headers["Cache-Control"] == "no-store"
    async with visiting(visitor.url) as stranger:
        await stranger.get("/")
        assert (await stranger.get(answer)).status == 404
    last = [await visitor.post("/operations", form) for _ in range(11)][-1]
    assert last.status == 400
    assert "does not keep this answer any more" in (await visitor.get(answer)).text


async def test_a_program_is_told_at_once(visitor: Visitor) -> None:
    await visitor.get("/")
    plan = await visitor.get(DISCARD)
    form = {name: plan.field(name) for name in ("form_key", "plan")} | {"count": "9"}
    told = await visitor.send(
        "POST", "/operations", data=form, headers={"Accept": "*/*"}, allow_redirects=False
    )
    assert told.status == 400


async def test_a_refusal_offers_no_page_that_is_none(visitor: Visitor) -> None:
    await visitor.get("/")
    refused = await visitor.post("/operations", {"plan": "x"})
    assert refused.status == 403
    assert "Try again" not in refused.text


async def test_nobody_signs_in_where_nobody_has_to(visitor: Visitor) -> None:
    page = await visitor.get("/login")
    assert "Overview" in page.text
    assert "Token" not in page.text
