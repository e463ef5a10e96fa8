"""Mending the payload of one dead letter: the form, then the difference to be confirmed."""

import asyncio
from http import HTTPStatus
from typing import Final
from urllib.parse import quote_plus

from aiohttp import web
from markupsafe import escape
from multidict import MultiDict

from console.dead_letters.errors import BusyError
from console.dead_letters.letter.story import COMMAND
from console.dead_letters.operations.edit import Edit, difference, draft, editable, mended
from console.dead_letters.operations.plan import Plan
from console.dead_letters.selection import Selection
from console.errors import UnusableError
from console.web.access.token import COOKIE
from console.web.operations.edit import EDIT
from console.web.operations.plans import Planned
from console.web.query import given
from console.web.query.given import Given
from console.web.state import CONSOLE
from console.web.template import USER, page, why_read_only
from shared import credentials
from shared.amqp.errors import BrokerAwayError
from shared.amqp.topology import TopologyConflictError
from shared.logs import get_logger
from shared.text import printable

# What the form holds beside the payload.
_PAYLOAD: Final = given.LARGEST_FORM - 4 * 1024
_LINES: Final = 2_000
_GONE: Final = (
    "No dead letter has this id any more: it was requeued or discarded, or somebody is at it now."
)
_NOTHING: Final[Given] = MultiDict()
_WHITE: Final = {ord(one): " " for one in "\t\r\n"}


async def show(request: web.Request) -> web.Response:
    """The whole payload, which only who may change it gets to see."""
    if why := why_read_only(request):
        raise web.HTTPForbidden(text=why)
    identifier = request.query.get("id", "")
    dead_letter = await request.app[CONSOLE].scans.find(identifier)
    if dead_letter is None:
        raise web.HTTPNotFound(text=_GONE)
    text = await asyncio.to_thread(draft, dead_letter)
    shown = printable(credentials.masked(identifier), 300)
    if why := _not_by_form(text):
        raise web.HTTPUnprocessableEntity(text=f"{why} Use {COMMAND} edit {shown}")
    get_logger().info("dead_letter.opened_to_edit", id=shown, user=request[USER].name)
    return _form(request, identifier, text)


async def check(request: web.Request) -> web.Response:
    """Whatever is wrong, the form is there again with what was typed."""
    form = await given.form(request)
    identifier = form.get("id", "")
    typed = form.get("payload", "").replace("\r\n", "\n")
    if form.get("again"):
        return _form(request, identifier, typed)
    try:
        edit = await _edit(request, identifier, typed)
    except UnusableError as error:
        return _form(request, identifier, typed, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except (BusyError, BrokerAwayError, TopologyConflictError) as error:
        return _form(request, identifier, typed, str(error), HTTPStatus.SERVICE_UNAVAILABLE)
    if edit is None:
        return _form(request, identifier, typed, _GONE, HTTPStatus.CONFLICT)
    plan = Plan(Selection(id=(identifier,)), lambda _: "")
    plan.add(edit.dead_letter)
    session = request.cookies.get(COOKIE, "")
    kept = request.app[CONSOLE].plans.keep(Planned(EDIT, plan, edit), session)
    return await plan_page(request, edit, kept)


async def plan_page(
    request: web.Request, edit: Edit, identifier: str, form: Given = _NOTHING, wrong: str = ""
) -> web.Response:
    """The difference, masked, with the form that confirms it; `identifier` is the plan's."""
    before, after = draft(edit.dead_letter), editable(edit.text)
    lines = await asyncio.to_thread(difference, before, after)
    named = edit.dead_letter.message_id or edit.dead_letter.event_id
    return page(
        request,
        "edit_plan.html",
        status=HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK,
        lines=lines[:_LINES],
        more=max(len(lines) - _LINES, 0),
        id=escape(named),
        back=named,
        payload=escape(after),
        identifier=identifier,
        form=form,
        wrong=wrong,
    )


async def _edit(request: web.Request, identifier: str, typed: str) -> Edit | None:
    """None if it is gone. Raises UnusableError, BusyError, BrokerAwayError."""
    dead_letter = await request.app[CONSOLE].scans.find(identifier)
    if dead_letter is None:
        return None
    before = draft(dead_letter)
    if why := _not_by_form(before):
        raise UnusableError(why)
    if typed.rstrip() == before.rstrip():
        raise UnusableError("Nothing was changed in it; to send it as it is, requeue it.")
    return Edit(dead_letter, mended(typed, dead_letter))


def _not_by_form(text: str) -> str:
    """Why a browser would not send this text back as it is; empty if it would."""
    if len(quote_plus(text.replace("\n", "\r\n"))) > _PAYLOAD:
        return f"It is larger than a form may be here ({given.LARGEST_FORM // 1024} KiB)."
    plain = text.translate(_WHITE)
    if printable(plain) != plain:
        return "It is no JSON and holds characters that a form would change, or not show."
    return ""


def _form(
    request: web.Request,
    identifier: str,
    text: str,
    wrong: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> web.Response:
    # Escaped here: what is sent back must be what came, not what is safe to print.
    values = {"id": escape(identifier), "payload": escape(text), "back": identifier}
    return page(request, "edit.html", status=status, wrong=wrong, **values)
