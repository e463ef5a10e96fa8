"""Pages from templates: every value that a template shows is escaped, twice."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import jinja2
from aiohttp import web
from markupsafe import Markup, escape

from console.overview import figures, report
from console.web.access.choice import Access
from console.web.access.form_keys import FormKeys
from console.web.access.user import NOBODY, User, role, why_not
from console.web.values import shown
from console.words import spoken
from shared import credentials
from shared.text import printable

ENVIRONMENT: Final = web.AppKey("ENVIRONMENT", jinja2.Environment)
WRITABLE: Final = web.AppKey("WRITABLE", bool)
ACCESS: Final = web.AppKey("ACCESS", object)
FORM_KEYS: Final = web.AppKey("FORM_KEYS", FormKeys)
USER: Final = web.RequestKey("USER", User)
SESSION: Final = web.RequestKey("SESSION", str)
_LONGEST: Final = 2_000


def new_environment() -> jinja2.Environment:
    """What steers a terminal or reorders a line becomes visible, then HTML's own is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("console.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "age": lambda seconds: "" if seconds is None else spoken.age(seconds),
        "clock": shown.clock,
        "code": _code,
        "count": spoken.count,
        "duration": spoken.duration,
        "masked": credentials.masked,
        "moment": shown.moment,
        "query": _query,
        "rate": spoken.rate,
        "sentence": lambda text: text[:1].upper() + text[1:],
        "short": shown.short,
        "since": shown.since,
        "time": shown.time,
        "written": shown.written,
    }
    environment.globals |= {
        "at_most": figures.at_most,
        "behind": figures.behind,
        "dead": figures.dead,
        "forwarded": figures.forwarded,
        "reconciled": figures.reconciled,
        "no_services": report.NO_SERVICES,
        "sited": figures.sited,
        "to_empty": figures.to_empty,
        "unknown": spoken.unknown,
        "waiting": figures.waiting,
        "zone": shown.ZONE,
    }
    return environment


def render(request: web.Request, template: str, **values: Any) -> str:  # noqa: ANN401  any template
    return request.app[ENVIRONMENT].get_template(template).render(**_always(request), **values)


def page(
    request: web.Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **values: Any,  # noqa: ANN401  any template's
) -> web.Response:
    return web.Response(
        text=render(request, template, **values), content_type="text/html", status=status
    )


def to(path: str) -> web.Response:
    """The page to be asked for next."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def _always(request: web.Request) -> dict[str, object]:
    access: Any = request.app[ACCESS]
    login: Access = access
    user = request.get(USER, NOBODY)
    return {
        "again": request.method != "POST",
        "form_key": request.app[FORM_KEYS].key(request.get(SESSION, "")),
        "here": request.path,
        "role": role(user, writable=request.app[WRITABLE]),
        "signs_in": login.login,
        "user": user.name,
        "why_read_only": why_read_only(request),
        "writable": not why_read_only(request),
    }


def why_read_only(request: web.Request) -> str:
    """Why who asks changes nothing; empty if they may."""
    return why_not(request.get(USER, NOBODY), writable=request.app[WRITABLE])


def _visible(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value, _LONGEST)
    return value


def _code(text: str) -> Markup:
    """Text with what stands between backticks as code."""
    parts = printable(text, _LONGEST).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def _query(pairs: Mapping[str, object] | Sequence[tuple[str, str]]) -> Markup:
    """Harmless by its encoding, and another query if it were cut."""
    return escape(urlencode(pairs, doseq=True, errors="replace"))
