"""A real browser on a real server that shows the demonstration cases. Where there is no Chromium, it is said so."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

from introduction import create_app, settings
from introduction.domain.process.loading import Catalogue
from introduction.examples.people import DEMO_PASSWORD
from tests.demonstration import Demonstration
from tests.world import NINE

REQUIRE_ALL = os.environ.get("INTRODUCTION_REQUIRE_ALL") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def address(
    demonstration: Demonstration, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a running server with the demonstration. Its clock goes on from when that was loaded."""
    state, began = tmp_path_factory.mktemp("state"), time.monotonic()
    demonstration.copy_to(state / "introduction.db")
    app = create_app(settings.read({"INTRODUCTION_STATE": str(state)}), catalogue)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "introduction.clock.now", lambda: NINE.astimezone(UTC) + timedelta(seconds=time.monotonic() - began)
        )
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()
        thread.join(timeout=5)


@pytest.fixture(scope="module")
def chromium(address: str) -> Iterator[Browser]:
    """The system's Chromium, headless.

    Begun after the app is built and ended with the module: an app cannot be built while Playwright's event loop runs
    in the same thread.
    """
    if CHROMIUM is None:
        if REQUIRE_ALL:
            pytest.fail("there is no Chromium, and this run must have one")
        pytest.skip("browser tests need Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def sign_in(context: BrowserContext, address: str, email: str) -> Page:
    """A page where somebody of the demonstration has signed in by hand."""
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{address}/work")
    return page
