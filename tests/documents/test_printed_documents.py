"""What holds for every printed letter, conclusion and handover: who can read it, how long, and what breaks it not."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from introduction.documents.amounts import Unit, adding_up, exact_unit, whole_unit
from introduction.documents.decision_letter import letter
from introduction.documents.follow_up_conclusion import conclusion
from introduction.documents.handover_document import handover
from introduction.documents.layout import Grid, Head, Line, Pairs, Part, Points, Text, pdf
from introduction.documents.printing import Letterhead, Writer
from introduction.domain.messages import say
from tests.documents.analysis_files import Pdf, below, faults
from tests.documents.printed_matter import KR, MADE, conclusion_told, handover_told, letter_told

TITLES = {
    "letter": "Beslut om medel för Examplumab, NB-A-2026-0003",
    "conclusion": "Slutsats av uppföljningen: Examplumab, VGR-2026-0007",
    "handover": "Överlämning av kostnadsansvar: Examplumab, VGR-2026-0007",
}


def printed(kind: str, language: str = "sv", **changed: Any) -> bytes:
    """A document of each kind."""
    if kind == "letter":
        return letter(letter_told(**changed), language)
    if kind == "conclusion":
        return conclusion(conclusion_told(**changed), language)
    return handover(handover_told(**changed), language)


@pytest.fixture(params=list(TITLES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ------------------------------------------------------------------------------------- read by everyone, kept for long


@pytest.mark.parametrize("language", ["sv", "en"])
def test_an_independent_validator_finds_it_accessible_and_fit_to_be_kept(kind: str, language: str) -> None:
    assert faults(printed(kind, language)) == []


def test_that_validator_finds_faults_where_there_are_some(kind: str) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(printed(kind)))
    del writer.root_object["/Lang"]
    broken = io.BytesIO()
    writer.write(broken)
    assert faults(broken.getvalue())


def test_it_says_what_it_is_to_those_who_cannot_see_it(kind: str) -> None:
    made = Pdf.of(printed(kind))
    assert made.root["/Lang"] == "sv"
    assert made.root["/MarkInfo"]["/Marked"] == True  # noqa: E712  (a PDF's own kind of truth)
    assert made.root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert made.reader.metadata is not None and made.reader.metadata.title == TITLES[kind]
    for told in ("pdfuaid:part>1<", "pdfaid:part>3<", "pdfaid:conformance>A<"):
        assert told in made.about
    assert Pdf.of(printed(kind, "en")).root["/Lang"] == "en"
    assert not list(made.reader.attachments)


def test_headings_lists_and_tables_are_tagged(kind: str) -> None:
    tags = list(Pdf.of(printed(kind)).tags())
    kinds = [tag["/S"] for tag in tags]
    assert kinds.count("/H1") == 1 and kinds.count("/H2") >= 5 and "/L" in kinds
    tables = [tag for tag in tags if tag["/S"] == "/Table"]
    assert tables
    for table in tables:
        inside = [tag["/S"] for tag in below(table)]
        assert inside.count("/THead") == 1 and "/TH" in inside and "/TD" in inside


def test_the_same_gives_the_same_bytes(kind: str) -> None:
    assert printed(kind) == printed(kind)
    made = Pdf.of(printed(kind)).reader.metadata
    assert made is not None and made.creation_date is not None and made.creation_date == MADE


def test_an_invented_example_says_so_on_every_page_and_a_real_one_nowhere(kind: str) -> None:
    pages = Pdf.of(printed(kind)).pages
    for at, text in enumerate(pages, start=1):
        assert "Påhittat exempel" in text and f"Sida {at} av {len(pages)}" in text
    real = Letterhead("Region Norrbotten", "NB-1", MADE)
    assert "Påhittat" not in Pdf.of(printed(kind, letterhead=real)).text


# ------------------------------------------------------------------------------------- whatever it is given


@pytest.mark.parametrize(
    "nasty", ["#panic(1) *fet* $x$ <b> @ref \\", "a\x00b\x07c", "中文 שלום 😀", "pris \u202e001", "x" * 400]
)
def test_what_people_wrote_is_text_and_nothing_else(kind: str, nasty: str) -> None:
    rest = {
        "letter": {"unit": nasty, "reasons": nasty, "conditions": (nasty,), "claiming": nasty, "body": nasty},
        "conclusion": {"reasons": nasty, "indication": nasty, "body": nasty},
        "handover": {"indication": nasty, "central_payer": nasty},
    }
    made = printed(kind, medicine=nasty, **rest[kind])
    assert faults(made) == []
    if nasty.isascii() and nasty.isprintable() and len(nasty) < 100:
        assert Pdf.of(made).text.count(nasty) >= 3


def test_text_of_several_pages_is_printed_to_the_end() -> None:
    long = " ".join(f"ord{at}" for at in range(2000))
    head = Head("Region", "1", "", "Titel")
    for block in (Text(long), Points([long]), Pairs([("Skäl", long)])):
        for blocks in ([block], [Text("först"), block]):
            pages = Pdf.of(pdf(head, [Part("Del", blocks), Part("Slut", [Text("sist")])], "sv", MADE)).pages
            assert len(pages) > 2
            words = " ".join(pages).split()
            assert [word for word in words if word.startswith("ord")] == long.split()
            assert "sist" in words


def test_a_cell_of_several_pages_is_printed_to_the_end() -> None:
    w = Writer("sv", whole_unit([], "sv"))
    long = " ".join(f"ord{at}" for at in range(2000))
    grid = Grid("Tabell", [w.words(say("Enhet"), 1), w.words(say("Skäl"), 1)], [Line(["Enhet 1", long])])
    text = Pdf.of(pdf(Head("Region", "1", "", "Titel"), [Part("Del", [grid])], "sv", MADE)).text
    assert [word for word in text.split() if word.startswith("ord")] == long.split()


def test_a_line_break_begins_a_paragraph() -> None:
    tags = [
        tag["/S"] for tag in Pdf.of(pdf(Head("R", "1", "", "T"), [Part("D", [Text("a\n\nb\nc")])], "sv", MADE)).tags()
    ]
    assert tags.count("/P") >= 3


# ------------------------------------------------------------------------------------- amounts


def test_a_decided_amount_is_never_rounded() -> None:
    assert exact_unit([1_234_567 * KR], "sv").with_unit(1_234_567 * KR) == "1\u00a0234\u00a0567\u00a0kr"
    assert exact_unit([1_234_567 * KR, 50], "sv").show(50) == "0,50"
    assert exact_unit([20_000_000 * KR], "sv").with_unit(20_000_000 * KR) == "20\u00a0000\u00a0tkr"
    assert exact_unit([20_000_001 * KR], "sv").name == "kr"
    assert exact_unit([], "sv").name == "kr"


@given(
    st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=40), st.sampled_from([(1, 2), (100, 0), (100_000, 0)])
)
def test_what_is_printed_adds_up(amounts: list[int | None], kind: tuple[int, int]) -> None:
    unit = Unit("kr", max(kind[0], 100), kind[1])
    step = unit.ore // 10**unit.decimals
    shown = adding_up(amounts, unit)
    known = [(ore, one) for ore, one in zip(amounts, shown, strict=True) if ore is not None and one is not None]
    assert [one is None for one in amounts] == [one is None for one in shown]
    assert all(one % step == 0 and abs(one - ore) < step for ore, one in known)
    assert abs(sum(one for _, one in known) - sum(ore for ore, _ in known)) * 2 <= step


def test_rounding_is_told_only_where_there_is_any() -> None:
    said = "Beloppen är avrundade till hela kronor"
    told = conclusion_told()
    assert said in Pdf.of(conclusion(told, "sv")).text
    whole = tuple(replace(one, cost_ore=100 * KR, forecast_ore=200 * KR) for one in told.units)
    assert said not in Pdf.of(conclusion(replace(told, units=whole), "sv")).text
