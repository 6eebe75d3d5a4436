"""Charts in a real browser, with the font of the pages. Where there is no Chromium, it is said so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from markupsafe import escape
from playwright.sync_api import sync_playwright

from introduction.documents import charts
from tests.documents.chart_samples import DRAWINGS

REQUIRE_ALL = os.environ.get("INTRODUCTION_REQUIRE_ALL") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
STATIC = Path(charts.__file__).resolve().parents[2] / "static"
OF_LETTERS = """() => [...document.querySelectorAll(".app-chart svg")].filter(svg => svg.getBoundingClientRect().width)
  .map(svg => {
    const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
    const letters = [...svg.querySelectorAll("text")].map(text => {
      const box = text.getBoundingClientRect(), size = parseFloat(getComputedStyle(text).fontSize) * scale;
      return {text: text.textContent, size, lines: Math.max(1, text.children.length), left: box.left - frame.left,
              right: box.right - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top,
              font: document.fonts.check("16px 'Source Sans 3'")};
    });
    return {shown: svg.getAttribute("class"), width: frame.width, letters};
  })"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], list[dict[str, object]]]]:
    """What the letters of all drawings measure on a page of so many pixels."""
    if CHROMIUM is None:
        if REQUIRE_ALL:
            pytest.fail("there is no Chromium, and this run must have one")
        pytest.skip("browser tests need Chromium: apt install chromium")
    figures = "".join(f'<figure class="app-chart">{escape(make())}</figure>' for make in DRAWINGS.values())
    page_file = tmp_path_factory.mktemp("charts") / "page.html"
    head = f'<meta charset="utf-8"><link rel="stylesheet" href="{(STATIC / "look.css").as_uri()}">'
    page_file.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{figures}</body></html>", encoding="utf-8")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)

        def measured(pixels: int) -> list[dict[str, object]]:
            page = browser.new_page(viewport={"width": pixels, "height": 800})
            page.goto(page_file.as_uri())
            page.evaluate("document.fonts.ready")
            found: list[dict[str, object]] = page.evaluate(OF_LETTERS)
            page.close()
            return found

        yield measured
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("pixels", "shown"),
    [(1200, "wide"), (976, "wide"), (900, "middle"), (672, "middle"), (640, "narrow"), (288, "narrow")],
)
def test_a_page_shows_the_widest_drawing_that_need_not_shrink(
    pages: Callable[[int], list[dict[str, object]]], pixels: int, shown: str
) -> None:
    drawn = pages(pixels)
    assert [one["shown"] for one in drawn] == [shown] * len(DRAWINGS)
    for one in drawn:
        for letter in one["letters"]:  # type: ignore[attr-defined]
            assert letter["font"] and letter["size"] >= 14 - 0.01, letter


@pytest.mark.browser
@pytest.mark.parametrize("pixels", [976, 672, 288])
def test_letters_take_no_more_room_than_was_reckoned_with(
    pages: Callable[[int], list[dict[str, object]]], pixels: int
) -> None:
    for one in pages(pixels):
        letters: list[dict[str, float]] = one["letters"]  # type: ignore[assignment]
        for letter in letters:
            assert letter["left"] > -3 and letter["right"] < pixels + 3, letter
        for a, b in combinations(letters, 2):
            across = min(a["right"], b["right"]) - max(a["left"], b["left"])
            # A line's box is higher than its letters: a quarter of the size is empty.
            down = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) - 0.3 * a["size"]
            assert across < 1 or down < 2, (a["text"], b["text"])
