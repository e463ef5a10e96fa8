"""The console's process: wiring, start and stop."""

from typing import Final

from aiohttp import web

from console.overview.collector import collecting
from console.overview.sources.oldest_dead import OldestDead
from console.web import static_files
from console.web.access import choice, cross_site, guard
from console.web.access.form_keys import FormKeys
from console.web.access.hosts import is_loopback
from console.web.latest import Latest
from console.web.live.sampler import Sampler
from console.web.live.stream import STREAMS, Streams
from console.web.operations.background import Operations
from console.web.operations.carrier import Carrier
from console.web.operations.plans import Plans
from console.web.pages import (
    dead_letters,
    downloads,
    edit,
    event,
    events,
    explain,
    history,
    login,
    overview,
    plan,
    progress,
    refusal,
    repository,
    sites,
    statistics,
)
from console.web.query import given
from console.web.scans import Scans
from console.web.state import CONSOLE, ConsoleState
from console.web.template import ACCESS, ENVIRONMENT, FORM_KEYS, WRITABLE, new_environment
from console.words.away import ANSWER
from shared import rollup
from shared.configuration import secret
from shared.database import new_pool
from shared.reporting import always_ready, report
from shared.service import background, listening, stop_signal
from shared.settings import Settings

# Beyond it, scans for the age of the oldest dead letter would keep the queue from others.
_LARGEST_LOOK: Final = 200_000


async def run(settings: Settings, *, writable: bool) -> None:
    """Serve the console until SIGTERM or SIGINT. Raises StartError."""
    who = choice.choose(settings, settings.console_listen)
    stop = stop_signal()
    scans = Scans(secret(settings.amqp_url))
    async with (
        collecting(settings, OldestDead(scans.summary, largest=_LARGEST_LOOK)) as collector,
        new_pool(
            settings,
            url=secret(settings.database_url),
            application="registry-events console",
            connect=ANSWER,
        ) as pool,
    ):
        sampler = Sampler(collector)
        operations = Operations(Carrier(settings, scans).carry_out)
        state = ConsoleState(settings, pool, sampler, scans, Plans(), operations)
        app = new_app(state, who, writable=writable)
        async with (
            background(
                stop,
                sampler.run(),
                rollup.run(settings, application="registry-events console counts"),
            ),
            listening(app, settings.console_listen),
            background(stop, report(stop, always_ready)),
        ):
            await stop.wait()


def new_app(state: ConsoleState, who: choice.Access, *, writable: bool) -> web.Application:
    """Refusals go through `show_errors`, and are kept as pages; so these stand first."""
    form_keys = FormKeys()
    app = web.Application(
        client_max_size=given.LARGEST_FORM,
        middlewares=[
            refusal.keep_refusals,
            guard.show_errors,
            guard.check_host(loopback=is_loopback(state.settings.console_listen)),
            cross_site.check_site,
            guard.check_user(who),
            guard.check_writes(form_keys),
        ],
    )
    app[ACCESS], app[CONSOLE], app[ENVIRONMENT] = who, state, new_environment()
    app[refusal.ANSWERS] = Latest()
    app[FORM_KEYS], app[STREAMS], app[WRITABLE] = form_keys, Streams(), writable
    app.on_response_prepare.append(guard.add_headers)

    async def end_streams(_app: web.Application) -> None:
        state.sampler.close()
        await state.operations.stop()

    app.on_shutdown.append(end_streams)
    add_routes(app)
    return app


def add_routes(app: web.Application) -> None:
    """GET changes nothing; POST is guarded. What is streamed is all body and has no HEAD."""
    for path in static_files.FILES:
        app.router.add_get(path, static_files.serve)
    app.router.add_get("/login", login.show)
    app.router.add_post("/login", login.sign_in)
    app.router.add_post("/logout", login.sign_out)
    app.router.add_get("/", overview.show)
    app.router.add_get("/live", overview.live, allow_head=False)
    app.router.add_get("/events", events.show)
    app.router.add_get("/events/live", events.live, allow_head=False)
    app.router.add_get("/events/show", event.show)
    app.router.add_get("/events/repository", repository.show)
    app.router.add_get("/statistics", statistics.show)
    app.router.add_get("/sites", sites.show)
    app.router.add_get("/sites/live", sites.live, allow_head=False)
    app.router.add_post("/sites/retry", sites.retry)
    _add_dead_letters(app)
    for path in downloads.EVENTS:
        app.router.add_get(path, downloads.events, allow_head=False)
    app.router.add_post("/operations", plan.start)
    app.router.add_get("/operations/{identifier}", progress.show)
    app.router.add_get("/operations/{identifier}/live", progress.live, allow_head=False)
    app.router.add_post("/operations/{identifier}/stop", progress.stop)
    app.router.add_get(refusal.PATH, refusal.show)
    app.router.add_get("/history", history.show)
    app.router.add_get("/explain", explain.show)
    app.router.add_post("/explain", explain.explain)


def _add_dead_letters(app: web.Application) -> None:
    app.router.add_get("/dead-letters", dead_letters.groups)
    app.router.add_get("/dead-letters/live", dead_letters.live, allow_head=False)
    app.router.add_get("/dead-letters/list", dead_letters.listing)
    for path in downloads.DEAD_LETTERS:
        app.router.add_get(path, downloads.dead_letters, allow_head=False)
    app.router.add_get("/dead-letters/show", dead_letters.show)
    app.router.add_get("/dead-letters/plan", plan.plan)
    app.router.add_get("/dead-letters/edit", edit.show)
    app.router.add_post("/dead-letters/edit", edit.check)
