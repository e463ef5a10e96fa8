"""A real browser, Debian's chromium: its engine without the windows, tabs and profiles around it.

These would cost more than all that the tests do with the engine.
"""

import atexit
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from console.local.processes.process import Process
from tests.programs import CHROMIUM, needed

_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    # What is seen is the console's doing, not the browser's.
    "--disable-back-forward-cache",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    # One that is free; it is written into the profile.
    "--remote-debugging-port=0",
)
_START_SECONDS: Final = 60


@cache
def started() -> str:
    """The address of the browser that runs until the tests end: a start takes a second of CPU."""
    directory = TemporaryDirectory(prefix="registry-events-browser-", ignore_cleanup_errors=True)
    place = Path(directory.name)
    needed(CHROMIUM)
    profile = f"--user-data-dir={place / 'profile'}"
    command = [str(CHROMIUM.found()), *_ARGUMENTS, profile, "about:blank"]
    process = Process("chromium", command, place / "chromium.log")
    atexit.register(directory.cleanup)
    atexit.register(process.kill)
    process.start()
    told = place / "profile" / "DevToolsActivePort"
    process.wait_until(lambda: told.exists() and "\n" in told.read_text(), seconds=_START_SECONDS)
    return f"http://127.0.0.1:{told.read_text().partition(chr(10))[0]}"


@asynccontextmanager
async def connected() -> AsyncIterator[Browser]:
    """The browser, by a process of playwright's, whose start takes another second."""
    async with async_playwright() as playwright:
        yield await playwright.chromium.connect_over_cdp(started())


@asynccontextmanager
async def browsing(browser: Browser, **options: Any) -> AsyncIterator[BrowserContext]:
    """A profile of its own, without anybody's cookies, cache or extensions."""
    context = await browser.new_context(**options)
    try:
        yield context
    finally:
        await context.close()


def watch(page: Page) -> list[str]:
    """What the browser complains about: errors of scripts, and what the policy refused."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on(
        "console",
        lambda message: faults.append(message.text) if message.type == "error" else None,
    )
    return faults
