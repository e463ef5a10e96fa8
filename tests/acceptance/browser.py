"""A real browser, Debian's chromium."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from console.local.packages import apt
from console.local.report import LocalError, to_stderr

_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Its path; installed first by root, and otherwise the test is skipped."""
    found = shutil.which("chromium")
    if found is None and os.geteuid() == 0:
        try:
            apt.install(["chromium"], say=to_stderr)
        except LocalError as error:
            pytest.skip(f"no browser to test with: {error}")
        found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed; install with: sudo apt-get install chromium")
    return found


@asynccontextmanager
async def browsing(profile: Path, **options: Any) -> AsyncIterator[BrowserContext]:
    """A browser with a profile of its own, without anybody's cookies or extensions."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), args=_ARGUMENTS, headless=True, **options
        )
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
