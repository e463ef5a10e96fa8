"""Walking over all pages of a console as somebody does who follows every link once.

With SCREENSHOTS, a directory, in the environment there is a picture of each, light and dark, to be
looked at; nothing is asserted of pictures, and they cost more than all else.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import Page

from tests.acceptance.browser import watch

WIDTHS: Final = (1280, 390)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SCREENSHOTS: Final = os.environ.get("SCREENSHOTS")

_WIDER: Final = """() => {
  const root = document.documentElement, room = root.clientWidth;
  if (root.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > room + 1)
    .map((one) => `${one.tagName} ${one.className}`).slice(0, 5);
}"""
_TALL: Final = """() => [...document.querySelectorAll("tbody tr, h1, dd, li")]
  .filter((one) => one.getBoundingClientRect().height > 400 && !one.querySelector("pre, textarea"))
  .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 60)}`)"""
_BROKEN: Final = (
    "() => [...document.images].filter((one) => !one.naturalWidth).map((one) => one.src)"
)
# What a program says to programmers, and values that nobody has turned into words.
_RAW: Final = re.compile(
    r"Traceback|Internal Server Error|<class |object at 0x|jinja2|CancelledError|TimeoutError"
    r"|datetime\.|\bNone\b|\bnan\b|\binf\b|Undefined"
)


@dataclass
class Walk:
    """`faults` has everything that was wrong, with the page and how it was looked at."""

    page: Page
    url: str
    name: str
    faults: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    async def over(self, *starts: str) -> None:
        """Look at these, and at one of each kind of page that they lead to."""
        complaints = watch(self.page)
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            if kind(path) in self.seen:
                continue
            self.seen[kind(path)] = path
            await self._visit(path)
            self.faults += [f"{path}: {complaint}" for complaint in complaints]
            complaints.clear()
            waiting += await self._links()

    async def look(self, path: str) -> None:
        """What can be wrong with the page that is open, at each width."""
        text = await self.page.locator("main").inner_text()
        self.faults += [f"{path}: says {raw!r}" for raw in _RAW.findall(text)]
        for image in await self.page.evaluate(_BROKEN):
            self.faults.append(f"{path}: {image} is broken")
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": 900})
            for what, script in (("too wide", _WIDER), ("too tall", _TALL)):
                found = await self.page.evaluate(script)
                self.faults += [f"{path} at {width}: {what}: {one}" for one in found]
            if SCREENSHOTS:
                await self._picture(Path(SCREENSHOTS) / f"{self.name}{_name(path)}-{width}")

    async def _picture(self, file: Path) -> None:
        for scheme in SCHEMES:
            await self.page.emulate_media(color_scheme=scheme)
            picture = f"{file}-{scheme}.jpg"
            await self.page.screenshot(path=picture, full_page=True, animations="disabled")

    async def _visit(self, path: str) -> None:
        answer = await self.page.goto(self.url + path)
        if answer is None or answer.status >= 400:
            self.faults.append(f"{path}: answered {answer and answer.status}")
        await self.look(path)

    async def _links(self) -> Sequence[str]:
        script = "() => [...document.querySelectorAll('a[href]')].map((one) => one.href)"
        found: Sequence[str] = await self.page.evaluate(script)
        # What is downloaded is no page.
        pages = await self.page.evaluate(
            "() => [...document.querySelectorAll('a[download]')].map((one) => one.href)"
        )
        return list(self._inside(one for one in found if one not in pages))

    def _inside(self, links: Iterator[str]) -> Iterator[str]:
        for link in links:
            parts = urlsplit(link)
            if link.startswith(self.url) and not parts.fragment:
                yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def kind(path: str) -> str:
    """A page by its path and what its query is about, not by which one."""
    parts = urlsplit(path)
    place = re.sub(r"^/operations/[^/]+", "/operations/…", parts.path)
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name in _KINDS]
    return f"{place} {sorted(pairs)} {sorted({name for name, _ in parse_qsl(parts.query)})}"


_KINDS: Final = ("operation",)


def _name(path: str) -> str:
    parts = urlsplit(path)
    names = sorted({value if name in _KINDS else name for name, value in parse_qsl(parts.query)})
    place = re.sub(r"/operations/[^/]+", "/operation", parts.path).replace("/", "-")
    return "-".join([place if place != "-" else "-overview", *names])[:120]
