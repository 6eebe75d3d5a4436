"""Any chart: fit to stand in a page and a report, readable, and safe whatever names it holds."""

from __future__ import annotations

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst
from markupsafe import escape

from introduction.documents.charts import Drawing, TornadoBar, draw
from tests.documents.chart_samples import DRAWINGS, MEDICINE, WIDTHS, bars, compared, costs
from tests.documents.drawn import read, sizes


@pytest.fixture(params=DRAWINGS)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return DRAWINGS[request.param]()


def test_a_drawing_says_what_it_shows_and_has_its_width(drawing: Drawing) -> None:
    for name, svg in sizes(drawing).items():
        root = ElementTree.fromstring(svg)
        assert root.get("class") == name
        assert (root.get("role"), root.get("aria-label")) == ("img", drawing.label)
        left, top, wide, high = (float(number) for number in root.get("viewBox", "").split())
        assert (left, top, wide) == (0, 0, WIDTHS[name]) and high > 0


def test_a_drawing_holds_only_shapes_and_letters(drawing: Drawing) -> None:
    for svg in sizes(drawing).values():
        for element in ElementTree.fromstring(svg).iter():
            assert element.tag.rpartition("}")[2] in {"svg", "g", "path", "line", "text", "tspan"}
            assert not {"style", "id", "href", "clip-path"} & {name.rpartition("}")[2] for name, _ in element.items()}
            assert not any(name.startswith("on") or "url(" in value for name, value in element.items())


def test_letters_are_in_the_font_of_the_pages_and_never_small(drawing: Drawing) -> None:
    for svg in sizes(drawing).values():
        texts = read(svg).texts
        assert texts
        for _, _, element in texts:
            assert element.get("font-family", "").startswith("Source Sans 3")
            assert float(element.get("font-size", "").removesuffix("px")) >= 14


def test_no_label_covers_another_or_leaves_the_drawing(drawing: Drawing) -> None:
    for name, svg in sizes(drawing).items():
        found = read(svg)
        high = float(found.root.get("viewBox", "").split()[3])
        for text, box, _ in found.texts:
            assert box.left > -3 and box.right < WIDTHS[name] + 3 and box.top > -3 and box.bottom < high + 3, text
        for (one, a, _), (other, b, _) in combinations(found.texts, 2):
            across, down = min(a.right, b.right) - max(a.left, b.left), min(a.bottom, b.bottom) - max(a.top, b.top)
            assert across < 1 or down < 2, (name, one, other)


def test_names_are_letters_and_never_markup() -> None:
    drawing = bars([TornadoBar(f'{MEDICINE}" onload="x', 9, 11, "<script>", "1")], 10)
    for svg in sizes(drawing).values():
        assert any(text.startswith(MEDICINE) for text in read(svg).told)
        assert "<i>" not in svg and "<script" not in svg
    label = costs(label='Kostar "mycket" <b>').wide
    assert ElementTree.fromstring(label).get("aria-label") == 'Kostar "mycket" <b>'
    assert "<b>" not in label


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    drawing = compared(("Grund\x00fall\x0b", 1, None, None))
    assert "Grundfall" in read(drawing.wide).told


def test_a_template_writes_all_three() -> None:
    drawing = costs()
    assert escape(drawing) == drawing.wide + drawing.middle + drawing.narrow


def test_charts_render_alike_from_many_threads() -> None:
    makers = [lambda offset=offset: compared(("Grundfall", 45 + offset, 30, 60)) for offset in range(6)]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda make: make(), makers * 3))
    assert at_once == [make() for make in makers] * 3
    assert len({drawing.wide for drawing in at_once}) == len(makers)


def test_the_same_chart_is_rendered_once() -> None:
    assert costs(limit=11).wide is costs(limit=11).wide
    assert costs(limit=11).wide != costs(limit=12).wide


def test_who_draws_nothing_loads_no_renderer() -> None:
    code = "import sys, introduction.documents.charts; sys.exit('vl_convert' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def _spec(**more: object) -> dict[str, object]:
    point = {"x": {"datum": 1, "type": "quantitative"}, "y": {"datum": 2, "type": "quantitative"}}
    return {"data": {"values": [{}]}, "mark": {"type": "point", "clip": True}, "encoding": {**point, **more}}


def test_a_drawing_has_no_names_that_could_meet_in_a_page() -> None:
    assert "clip" not in draw(_spec(), _spec(), "Diagram").wide


def test_a_drawing_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="<a> in a chart"):
        draw(_spec(href={"value": "https://example.org"}), _spec(), "Diagram")
    shaded = _spec(fill={"value": {"gradient": "linear", "stops": [{"offset": 0, "color": "red"}]}})
    with pytest.raises(ValueError, match="outside its shapes"):
        draw(shaded, _spec(), "Diagram")


def test_a_drawing_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="says in words"):
        costs(label=" ")


def test_an_amount_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError):
        compared(("Grundfall", math.nan, None, None))


@pytest.mark.parametrize("name", ["cost", "portfolio", "outcome"])
def test_a_report_takes_the_drawing_as_it_is(name: str, tmp_path: Path) -> None:
    drawing = DRAWINGS[name]()
    (tmp_path / "wide.svg").write_text(drawing.wide, encoding="utf-8")
    page = '#set document(title: "Rapport")\n#image("wide.svg", alt: "Diagram", width: 100%)'
    (tmp_path / "page.typ").write_text(page, encoding="utf-8")
    assert typst.compile(tmp_path / "page.typ", pdf_standards=["ua-1"]).startswith(b"%PDF")
