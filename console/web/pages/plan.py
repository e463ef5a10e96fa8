"""Requeue, discard and edit: the plan and its confirmation."""

from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import web
from multidict import MultiDict

from console.dead_letters.operations.plan import Plan
from console.errors import UnusableError
from console.web.access.token import COOKIE
from console.web.operations.discard import DISCARD
from console.web.operations.order import Kind, Order
from console.web.operations.plans import Planned
from console.web.operations.requeue import REQUEUE
from console.web.pages.edit import plan_page as edit_plan_page
from console.web.pages.progress import to_progress
from console.web.query import given, selection
from console.web.query.given import Given
from console.web.state import CONSOLE
from console.web.template import USER, page, why_read_only

_KINDS: Final = {kind.name: kind for kind in (REQUEUE, DISCARD)}
_NOTE: Final = 500
_HIGHEST_RATE: Final = 100_000


class Shown(NamedTuple):
    """A plan on its page. `form` is what was typed, and `wrong` what is wrong with that."""

    kind: Kind
    plan: Plan
    identifier: str = ""
    form: Given = MultiDict()
    wrong: str = ""


async def plan(request: web.Request) -> web.Response:
    """A GET: nothing is changed by looking at what would be."""
    kind = _KINDS.get(request.query.get("operation", ""))
    chosen = selection.read(request.query)
    if kind is None or not chosen.names_any:
        raise UnusableError("say which dead letters, and whether to requeue or to discard them")
    planned = await request.app[CONSOLE].scans.plan(chosen, kind.refusal)
    keep = planned.chosen and not why_read_only(request)
    session = request.cookies.get(COOKIE, "")
    identifier = request.app[CONSOLE].plans.keep(Planned(kind, planned), session) if keep else ""
    return await _plan_page(request, Shown(kind, planned, identifier))


async def start(request: web.Request) -> web.Response:
    form = await given.form(request)
    console = request.app[CONSOLE]
    identifier = form.get("plan", "")
    found = console.plans.find(identifier)
    if found is None:
        raise web.HTTPConflict(
            text="This plan was carried out already, or is older than a quarter of an hour. Look "
            "at the dead letters again."
        )
    try:
        order = _order(request[USER].name, form, found)
    except UnusableError as error:
        # The plan is kept: what was typed is corrected, and everything else stands.
        if found.edit:
            return await edit_plan_page(request, found.edit, identifier, form, str(error))
        shown = Shown(found.kind, found.plan, identifier, form, str(error))
        return await _plan_page(request, shown)
    console.plans.take(identifier)
    return to_progress(console.operations.start(order))


async def _plan_page(request: web.Request, shown: Shown) -> web.Response:
    console = request.app[CONSOLE]
    return page(
        request,
        "plan.html",
        status=HTTPStatus.BAD_REQUEST if shown.wrong else HTTPStatus.OK,
        command=f"registry-events dead-letters {shown.kind.name} {shown.plan.selection}",
        queue=(await console.sampler.current()).snapshot.broker.events,
        **shown._asdict() | {"kind": shown.kind.name},
    )


def _order(user: str, form: Given, planned: Planned) -> Order:
    """Raises UnusableError."""
    if why := planned.kind.unconfirmed(form, len(planned.plan.chosen)):
        raise UnusableError(why)
    return Order(
        kind=planned.kind,
        plan=planned.plan,
        edit=planned.edit,
        actor=f"{user} (console)",
        note=given.text(form, "note", longest=_NOTE),
        rate=given.whole(form, "rate", lowest=1, highest=_HIGHEST_RATE),
        canary=form.get("canary") == "1",
    )
