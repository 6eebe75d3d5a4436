"""The report of an analysis: what it tells, to whom it can be read, how long it can be kept, and what breaks it not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from introduction.documents import analysis_report, layout
from introduction.documents.amounts import exact
from introduction.documents.layout import Column, Grid, Head, Line, Part, Points, Text
from introduction.domain.budget.hit_rate import Summary
from introduction.domain.roles import Role
from introduction.services import analyses, regions
from introduction.services.analysis_file import AnalysisFile
from introduction.settings import bundled
from introduction.store import unit as units
from tests.analyses import plain_model
from tests.databases import WORLD, Databases
from tests.documents.analysis_files import Pdf, asked, below, draft, faults, own, read
from tests.world import NINE, VGR, World

HEADS = (
    "Sammanfattning", "Kostnad per år", "Var landar det?", "Patienter", "Vad avgör?", "Scenarier", "Perspektiv och tid",
    "Population", "Behandlingar", "Kostnader", "Metod", "Antaganden", "Begränsningar och prövning", "Historik",
    "Beloppen i kronor och öre",
)  # fmt: skip


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A document does not know where its figures were kept: one kind of database is enough."""
    made = databases.sqlite(tmp_path, WORLD)
    yield made
    made.dispose()


def report(file: AnalysisFile, language: str = "sv", **rest: Any) -> bytes:
    """The report's bytes."""
    assert file.figures is not None, file.problems
    return analysis_report.report(file, file.figures, language, **rest)


def in_order(text: str, *words: str) -> bool:
    """True when the words stand in the text one after the other."""
    at = 0
    for word in words:
        at = text.find(word, at) + 1
        if not at:
            return False
    return True


# ------------------------------------------------------------------------------------- what it tells


def test_it_tells_all_that_one_must_know_to_judge_the_figures(world: World) -> None:
    text = Pdf.of(report(asked(world, threshold="2 mnkr"))).text
    assert in_order(text, *HEADS)
    for told in (
        "Ett ja kostar troligen",
        "skillnaden. Perspektivet är budgethållarens",  # perspective
        "belopp kvittas inte mellan betalare",
        "2027–2031, per kalenderår",  # horizon
        "Diskontering Ingen",
        "Från juni 2027 till och med 31 maj 2029; omfattar: Läkemedel",  # who pays when
        "Insjuknar varje år 2 per 100 000",  # the funnel, step by step
        "Har fått diagnosen 90 %",
        "Äldre behandling 60 %",  # the mix
        "I jämn takt 65 % 24 månader april 2027 2 månader",  # uptake
        "Läkemedel 12 400 varje gång den ges Verksamheterna Listpris, AIP utan moms",  # costs, with their sources
        "Moms ingår inte.",
        "Återbäring och avtalade priser ingår inte.",
        "Utan belopp i beräkningen: Kontroller, Diagnostik och start, Biverkningar, Annan vård för sjukdomen.",
        "Angiven gräns, 2,0 mnkr",
        "Hela kostnaden med och utan den nya behandlingen",
        "Långsammare start: Få mottagningar kan ge läkemedlet i början",
        "Metod budget-impact/",
        "Dragningar 10 000",
        "Slumptalsfrö 2026",
        "Ska bekräftas enligt granskningen: Får behandlingen när den är införd.",
    ):
        assert told in text, told


def test_every_assumption_stands_there_with_its_evidence(world: World) -> None:
    file = asked(world)
    text = Pdf.of(report(file)).text
    nominator = world.people[VGR][Role.NOMINATOR].name
    assert f"Pris per dos 12 400 kr 11 000–14 000 Listpris, AIP utan moms 2026-11-23, {nominator} granskat" in text
    assert f"65 % 50 %–80 % Terapigrupp lungmedicin 2026-11-23, {nominator} ska bekräftas" in text
    assert "Tillhör den aktuella gruppen 100 % – Förvalt värde inte granskat" in text


def test_who_wrote_reviewed_and_approved_stands_there(world: World) -> None:
    case = asked(world).subject
    names = {role: world.people[VGR][role].name for role in (Role.NOMINATOR, Role.ECONOMIST, Role.DRAFTING_GROUP)}
    text = Pdf.of(report(read(world, case.number))).text
    for what, role in (
        ("Påbörjad", Role.NOMINATOR),
        ("Lämnad för granskning", Role.NOMINATOR),
        ("Granskad", Role.ECONOMIST),
        ("Godkänd och fryst", Role.DRAFTING_GROUP),
    ):
        assert f"{what} 23 november 2026 {names[role]}" in text


def test_how_earlier_forecasts_came_true_is_told_with_its_day(world: World) -> None:
    file = asked(world)
    told = report(file, hits=Summary(3, 2, 0.91), today=world.clock.today)
    said = (
        "Regionens tidigare prognoser, läget 23 november 2026: 2 av 3 prognosår låg inom spannet. Utfallet var i "
        "median 91 % av prognosen. Det är för få år för att bedöma."
    )
    assert said in Pdf.of(told).text
    assert "prognosår" not in Pdf.of(report(file)).text


def test_the_exact_amounts_are_the_sums_of_the_cells(world: World) -> None:
    file = asked(world)
    figures = file.figures
    assert figures is not None
    rows = [figures.gross_new, figures.displaced, figures.impact()]
    rows += [values for values in figures.by("purse").values() if any(values)]
    for language in ("sv", "en"):
        wanted = [[exact(ore, language) for ore in [*row, sum(row)]] for row in rows]
        found = [[one.replace(" ", "\u00a0") for one in row] for row in Pdf.of(report(file, language)).amounts()]
        assert sorted(found) == sorted(wanted)


def test_the_cost_is_divided_on_administrations(world: World) -> None:
    regions.add_unit(world.operator, world.regions[VGR], "Västra sjukhuset", "administration")
    hospitals = [f"area_{unit.id}" for unit in _administrations(world)]
    file = asked(world, **dict(zip(hospitals, ("70", "30"), strict=True)))
    text = Pdf.of(report(file)).text
    assert in_order(text, "Merkostnad per förvaltning", "Sjukhuset", "Västra sjukhuset", "Summa")
    assert "Merkostnad per förvaltning" not in Pdf.of(report(asked(world, "Annatumab"))).text


def _administrations(world: World) -> list[Any]:
    return units.units_of(world.session, world.regions[VGR], world.clock.today, "administration")


# ------------------------------------------------------------------------------------- drafts and states


def test_a_draft_says_so_on_every_page(world: World) -> None:
    pages = Pdf.of(report(draft(world))).pages
    assert len(pages) > 4
    assert all("Utkast Påhittat exempel VGR-2026-0001, beräkning 1" in page for page in pages)
    assert "Siffrorna bygger på 2 000 dragningar" in " ".join(pages)


def test_only_what_is_approved_bears_no_mark(world: World) -> None:
    number = draft(world).subject.number
    row = read(world, number).row
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    assert all("Ännu inte godkänd" in page for page in Pdf.of(report(read(world, number))).pages)
    analyses.review(world.desk(Role.ECONOMIST), row.id, {})
    analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id)
    pages = Pdf.of(report(read(world, number))).pages
    assert not any("godkänd Påhittat" in page or "Utkast" in page for page in pages)
    assert all("Påhittat exempel" in page for page in pages)


def test_pages_are_counted(world: World) -> None:
    pages = Pdf.of(report(asked(world))).pages
    for at, page in enumerate(pages, start=1):
        assert f"Sida {at} av {len(pages)}" in page


# ------------------------------------------------------------------------------------- read by everyone, kept for long


def test_it_says_what_it_is_to_those_who_cannot_see_it(world: World) -> None:
    for language, title in (("sv", "Vad kostar Nordivumab?"), ("en", "Nordivumab")):
        pdf = Pdf.of(report(asked(world, "Nordivumab"), language))
        assert pdf.root["/Lang"] == language
        assert pdf.root["/MarkInfo"]["/Marked"]
        assert pdf.root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert pdf.reader.metadata is not None
        assert title in str(pdf.reader.metadata.title)
        assert "pdfuaid:part" in pdf.about and "<pdfuaid:part>1<" in pdf.about
        assert "<pdfaid:part>3<" in pdf.about
        assert "<pdfaid:conformance>A<" in pdf.about


def test_every_drawing_has_its_finding_in_words(world: World) -> None:
    told = [str(tag["/Alt"]) for tag in Pdf.of(report(asked(world))).tags() if tag["/S"] == "/Figure"]
    assert len(told) == 3
    assert told[0].startswith("Merkostnad per år i ")
    assert told[1].startswith("Vad som påverkar merkostnaden 2029 mest: Har sjukdomen i dag")
    assert told[2].startswith("Merkostnad för alla år i ")


def test_an_independent_validator_finds_it_accessible_and_fit_to_be_kept(world: World) -> None:
    assert faults(report(asked(world))) == []


def test_headings_and_tables_are_tagged(world: World) -> None:
    tags = list(Pdf.of(report(asked(world))).tags())
    kinds = [tag["/S"] for tag in tags]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(HEADS)
    tables = [tag for tag in tags if tag["/S"] == "/Table"]
    assert len(tables) >= 12
    for table in tables:
        inside = [tag["/S"] for tag in below(table)]
        assert inside.count("/THead") == 1
        assert "/TH" in inside and "/TD" in inside


def test_every_font_lies_in_the_file(world: World) -> None:
    names = set()
    for font in Pdf.of(report(own(world, plain_model() | {"title": "Αβγ"}))).fonts():
        held = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        parts = held["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(parts), font["/BaseFont"]
        names.add(str(font["/BaseFont"]).partition("+")[2])
    assert any(name.startswith("SourceSans3") for name in names)


def test_the_same_analysis_gives_the_same_bytes(world: World) -> None:
    file = asked(world)
    first = report(file)
    world.clock.forward(days=30)
    assert report(read(world, file.subject.number)) == first
    made = Pdf.of(first).reader.metadata
    assert made is not None and made.creation_date is not None
    assert abs(made.creation_date.timestamp() - NINE.timestamp()) < 1


# ------------------------------------------------------------------------------------- whatever it is given


def test_what_people_wrote_is_text_and_nothing_else(world: World) -> None:
    nasty = '#panic("x") *fet* $x$ <b> [ ] \\ "quoted" @ref = rubrik'
    model = plain_model() | {"scenario": [{"name": nasty, "reason": nasty, "set": {"group.new.uptake.to": 0.3}}]}
    text = Pdf.of(report(own(world, model, "#let x = 1"))).text
    assert f"{nasty}: {nasty}" in text
    assert "Vad kostar #let x = 1?" in text


@pytest.mark.parametrize("letters", ["中文", "กขค", "😀", "\ue000", "\ufeff", "\x01", "שלום", "Ωμέγα", "\u202e", "ệ"])
def test_letters_that_the_font_lacks_do_not_stop_it(letters: str) -> None:
    head = Head("Region", "1", letters, f"Titel {letters}", lead=letters, marks=[letters], facts=[(letters, letters)])
    grid = Grid(letters, [Column(letters), Column("B", figures=True)], [Line([letters, "1"]), Line([letters], "group")])
    parts = [Part(f"Del {letters}", [Text(f"före {letters} efter"), Points([letters]), grid])]
    text = Pdf.of(layout.pdf(head, parts, "sv", NINE)).text
    assert "före" in text and "efter" in text


def test_nobody_turns_figures_around(world: World) -> None:
    model = plain_model() | {
        "scenario": [{"name": "pris \u202e001 kr", "reason": "x", "set": {"group.new.uptake.to": 0.3}}]
    }
    assert "pris 001 kr: x" in Pdf.of(report(own(world, model))).text


def test_a_scenario_in_letters_that_no_font_has_is_still_drawn(world: World) -> None:
    model = plain_model() | {"scenario": [{"name": "中", "reason": "文", "set": {"group.new.uptake.to": 0.3}}]}
    assert "\ufffd: \ufffd" in Pdf.of(report(own(world, model))).text


def test_an_own_model_of_one_year_without_ranges_or_scenarios(world: World) -> None:
    model = plain_model(years=1)
    model["group"][0]["population"] = 100
    model["treatment"][0]["cost"][0]["amount"] = 10_000
    text = Pdf.of(report(own(world, model))).text
    assert "Inget scenario är beskrivet." in text
    assert "Vad avgör?" not in text
    assert "group.new.population 100" in text


def test_a_discount_is_told(world: World) -> None:
    text = Pdf.of(report(own(world, plain_model() | {"discount": 0.03}))).text
    assert "Diskontering 3,0 % per år" in text
    assert "diskonterade med 3,0 % per år." in text
    assert "ingen diskontering" not in text


def test_tables_that_fit_stand_whole_and_long_ones_go_on(world: World) -> None:
    head = Head("Region", "1", "", "Titel")
    columns = [Column("A", 3), Column("B")]
    for count, whole in ((20, True), (300, False)):
        grid = Grid("Tabell", columns, [Line([f"rad {at}", "x"]) for at in range(count)])
        assert grid.whole == whole
        fill = Part("Först", [Points([f"punkt {at}" for at in range(30)])])
        pages = Pdf.of(layout.pdf(head, [fill, Part("Del", [grid])], "sv", NINE)).pages
        text = " ".join(pages)
        assert all(f"rad {at} " in text for at in range(count)), "nothing is cut off"
        assert (sum("rad " in page for page in pages) == 1) == whole


def test_templates_fetch_nothing_and_hold_no_words() -> None:
    for path in (bundled("templates") / "documents").glob("*.typ"):
        code = "\n".join(line.partition("//")[0] for line in path.read_text("utf-8").splitlines())
        assert "@" not in code, "a package would be fetched"
        assert not set(code.lower()) & set("åäö"), path.name


def test_the_time_is_the_analysis_own(world: World) -> None:
    file = draft(world)
    world.clock.forward(hours=2)
    analyses.answer(world.desk(Role.NOMINATOR), file.row.id, {})
    later = analysis_report.last_changed(read(world, file.subject.number).row)
    assert later - NINE == timedelta(hours=2)
