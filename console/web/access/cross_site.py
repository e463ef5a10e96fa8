"""What another site may make a browser ask for: that a page is opened, and nothing else.

https://www.w3.org/TR/fetch-metadata/
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from console.web.pages import downloads

_OURS: Final = frozenset({"same-origin", "none"})
_OPENED: Final = ("navigate", "document")
# A plan has the queue to itself while it looks, and is kept; a download leaves a file. People send
# each other links to lists and single dead letters, which have to open; from these one goes on.
_FROM_HERE_ONLY: Final = frozenset(
    {"/dead-letters/plan", "/dead-letters/edit", *downloads.DEAD_LETTERS, *downloads.EVENTS}
)


@web.middleware
async def check_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Another port of this machine is another site, too: `same-site` is not `same-origin`."""
    # Browsers from before 2023 do not say it, and no program has to.
    if request.headers.get("Sec-Fetch-Site", "none") not in _OURS and not _opens_a_page(request):
        raise web.HTTPForbidden(
            text="Another site sent this request, not a page of this console. Open the console "
            "itself and go on from there."
        )
    return await handler(request)


def _opens_a_page(request: web.Request) -> bool:
    told = (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest"))
    return request.method == "GET" and told == _OPENED and request.path not in _FROM_HERE_ONLY
