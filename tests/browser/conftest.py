"""A real browser on a real server that shows the demonstration cases. Where there is no Chromium, it is said so."""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import sessionmaker
from waitress.server import create_server

from introduction import create_app, settings
from introduction.domain.calendar import STOCKHOLM
from introduction.domain.process.loading import Catalogue
from introduction.examples import loading
from introduction.examples.people import DEMO_PASSWORD
from introduction.store import database, migrate

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


@pytest.fixture(scope="session")
def demonstration(shared: Path, tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    """A database with the demonstration cases, loaded once for all workers; this worker's own copy of it."""
    folder = shared / "demonstration"
    folder.mkdir(exist_ok=True)
    ready = folder / "introduction.db"
    with (folder / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not ready.exists():
            made = folder / "loading.db"
            engine = database.open_engine(f"sqlite:///{made}")
            migrate.upgrade(engine)
            loading.load(sessionmaker(engine, expire_on_commit=False), catalogue, datetime.now(STOCKHOLM))
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            engine.dispose()
            made.rename(ready)
    own = tmp_path_factory.mktemp("state")
    shutil.copyfile(ready, own / "introduction.db")
    return own


@pytest.fixture(scope="session")
def address(demonstration: Path, catalogue: Catalogue) -> Iterator[str]:
    """A running server's address."""
    app = create_app(settings.read({"INTRODUCTION_STATE": str(demonstration)}), catalogue)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
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
