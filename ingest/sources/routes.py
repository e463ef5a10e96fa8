"""Where sources come in: /notifications/<registry>/<source>, without <source> if it is alone."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiohttp import web

from ingest import answers
from ingest.sources import greeting
from shared import straight
from shared.sources import Source
from shared.text import printable

_ROOM: Final = "/notifications"
_LONGEST: Final = 40


def paths(sources: Sequence[Source]) -> Mapping[str, Source]:
    """Each in both forms, as today's: a redirect from one to the other would lose the body."""
    of_registry = Counter(source.registry for source in sources)
    found = {f"{_ROOM}/{one.registry}/{one.name}": one for one in sources}
    found |= {f"{_ROOM}/{one.registry}": one for one in sources if of_registry[one.registry] == 1}
    return {form: source for path, source in found.items() for form in (path, f"{path}/")}


def add_routes(
    app: web.Application,
    sources: Sequence[Source],
    handler_of: Callable[[Source], straight.Handler],
    around: straight.Around,
) -> straight.Handlers:
    """Gives what answers a POST to each path: the handler of its source, with what is `around`."""
    handlers = {source.name: handler_of(source) for source in sources}
    posts = {}
    for path, source in paths(sources).items():
        posts[path] = around(handlers[source.name], path)
        app.router.add_post(path, posts[path], expect_handler=answers.expect_anything)
        if source.registry in greeting.REGISTRIES:
            app.router.add_options(path, greeting.options)

    async def unknown(request: web.Request) -> web.Response:
        registry, source = request.match_info["registry"], request.match_info.get("source", "")
        return answers.nobody(_why(sources, registry, source))

    for path in ("/{registry}", "/{registry}/{source}"):
        for form in (path, f"{path}/"):
            app.router.add_post(_ROOM + form, unknown, expect_handler=answers.expect_anything)
    return posts


def _why(sources: Sequence[Source], registry: str, source: str) -> str:
    names = [one.name for one in sources if one.registry == registry]
    shown = printable(registry, _LONGEST)
    if not names:
        return f"no source of a registry {shown} is configured"
    if not source:
        return f"there is more than one source of {shown}: end the path with the name of one"
    return f"no source of {shown} is called {printable(source, _LONGEST)}"
