"""The console's process: wiring, start and stop."""

from typing import Final

from aiohttp import web

from console.overview.collecting import collecting
from console.overview.oldest_dead import OldestDead
from console.web import (
    access,
    answers,
    cross_site,
    dead_letter_pages,
    downloads,
    edit_pages,
    events_page,
    given,
    guard,
    history_page,
    login_page,
    operation_pages,
    overview_page,
    progress_pages,
    static_files,
)
from console.web.carrying import Carrier
from console.web.form_keys import FormKeys
from console.web.hosts import is_loopback
from console.web.kept import Latest
from console.web.live import STREAMS, Streams
from console.web.looks import Looks
from console.web.operations import Operations
from console.web.pages import ACCESS, ENVIRONMENT, FORM_KEYS, WRITABLE, new_environment
from console.web.plans import Plans
from console.web.sampler import Sampler
from console.web.state import CONSOLE, ConsoleState
from console.words.away import ANSWER
from shared.configuration import secret
from shared.database import new_pool
from shared.service import background, listening, stop_signal
from shared.settings import Settings

# Beyond it, looks for the age of the oldest dead letter would keep the queue from others.
_LARGEST_LOOK: Final = 200_000


async def run(settings: Settings, *, writable: bool) -> None:
    """Serve the console until SIGTERM or SIGINT. Raises StartError."""
    who = access.choose(settings, settings.console_listen)
    stop = stop_signal()
    looks = Looks(secret(settings.amqp_url))
    async with (
        collecting(settings, OldestDead(looks.summary, largest=_LARGEST_LOOK)) as collector,
        new_pool(
            settings,
            url=secret(settings.database_url),
            application="registry-events console",
            connect=ANSWER,
        ) as pool,
    ):
        sampler = Sampler(collector)
        operations = Operations(Carrier(settings, looks).carry_out)
        state = ConsoleState(settings, pool, sampler, looks, Plans(), operations)
        app = new_app(state, who, writable=writable)
        async with background(stop, sampler.run()), listening(app, settings.console_listen):
            await stop.wait()


def new_app(state: ConsoleState, who: access.Access, *, writable: bool) -> web.Application:
    """Refusals go through `show_errors`, and are kept as pages; so these stand first."""
    form_keys = FormKeys()
    app = web.Application(
        client_max_size=given.LARGEST_FORM,
        middlewares=[
            answers.keep_refusals,
            guard.show_errors,
            guard.check_host(loopback=is_loopback(state.settings.console_listen)),
            cross_site.check_site,
            guard.check_user(who),
            guard.check_writes(form_keys),
        ],
    )
    app[ACCESS], app[CONSOLE], app[ENVIRONMENT] = who, state, new_environment()
    app[answers.ANSWERS] = Latest()
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
    app.router.add_get("/login", login_page.show)
    app.router.add_post("/login", login_page.sign_in)
    app.router.add_post("/logout", login_page.sign_out)
    app.router.add_get("/", overview_page.show)
    app.router.add_get("/live", overview_page.live, allow_head=False)
    app.router.add_get("/events", events_page.show)
    app.router.add_get("/events/live", events_page.live, allow_head=False)
    app.router.add_get("/dead-letters", dead_letter_pages.groups)
    app.router.add_get("/dead-letters/live", dead_letter_pages.live, allow_head=False)
    app.router.add_get("/dead-letters/list", dead_letter_pages.listing)
    for path in downloads.DEAD_LETTERS:
        app.router.add_get(path, downloads.dead_letters, allow_head=False)
    for path in downloads.EVENTS:
        app.router.add_get(path, downloads.events, allow_head=False)
    app.router.add_get("/dead-letters/show", dead_letter_pages.show)
    app.router.add_get("/dead-letters/plan", operation_pages.plan)
    app.router.add_get("/dead-letters/edit", edit_pages.show)
    app.router.add_post("/dead-letters/edit", edit_pages.check)
    app.router.add_post("/operations", operation_pages.start)
    app.router.add_get("/operations/{identifier}", progress_pages.show)
    app.router.add_get("/operations/{identifier}/live", progress_pages.live, allow_head=False)
    app.router.add_post("/operations/{identifier}/stop", progress_pages.stop)
    app.router.add_get(answers.PATH, answers.show)
    app.router.add_get("/history", history_page.show)
