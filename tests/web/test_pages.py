"""Lists, the board and each person's own work."""

from __future__ import annotations

from typing import Any

import pytest

from introduction.domain.process.definition import Phase
from introduction.domain.roles import Role
from introduction.services import cases
from introduction.services.medicines import About
from introduction.store.case import by_number
from introduction.web.pagination import PAGE
from tests.journeys.site import Site
from tests.journeys.visitor import Page, words_of
from tests.world import VGR

PROCESS = f"{VGR}.new_medicine"


def _open_cases(site: Site, *names: str, **more: Any) -> list[str]:
    with site.changing() as world:
        return [world.start_case(name, **more).number for name in names]


def _listed(page: Page) -> list[str]:
    return [words_of(link) for link in page.soup.select("table th[scope='row'] a")]


# ------------------------------------------------------------------------------------- the list


def test_names_stand_in_swedish_order(site: Site) -> None:
    _open_cases(site, "Östrumab", "Zebramab", "ängsmab", "Årsmab", "Émilab", "Emab", "adamab", "4-mab")
    page = site.signed_in(Role.COORDINATOR).open("/cases")
    assert _listed(page) == ["4-mab", "adamab", "Emab", "Émilab", "Zebramab", "Årsmab", "ängsmab", "Östrumab"]


def test_the_filter_lives_in_the_address(site: Site, case: str) -> None:
    with site.changing() as world:
        about = About.typed("Examplumab", "svår migrän", "examplumab", "N02CD99")
        examplumab = cases.start(world.desk(Role.COORDINATOR), PROCESS, "horizon_scan", about).number
        world.start_case("Provumab", "reumatoid artrit", example=True)
        owner = world.people[VGR][Role.REGISTRAR]
        cases.set_owner(world.desk(Role.COORDINATOR), by_number(world.session, examplumab).id, owner.id)
        lung, hospital = world.units[VGR]["lung"], world.units[VGR]["hospital"]
    visitor = site.signed_in(Role.COORDINATOR)
    found = {
        "": {"Påhittumab", "Examplumab", "Provumab"},
        "q=migrän": {"Examplumab"},
        "q=MIGRÄN+examplumab": {"Examplumab"},
        f"q={case.lower()}": {"Påhittumab"},
        "q=%25": set(),
        "atc=n02": {"Examplumab"},
        "phase=regional_decision": {"Påhittumab"},
        "phase=no-such-phase": {"Påhittumab", "Examplumab", "Provumab"},
        f"stage={PROCESS}/horizon_scan": {"Examplumab", "Provumab"},
        f"owner={owner.id}": {"Examplumab"},
        f"unit={lung.id}": {"Påhittumab"},
        f"unit={hospital.id}": {"Påhittumab"},
        "kind=example": {"Provumab"},
        "kind=real": {"Påhittumab", "Examplumab"},
        "closed=closed": set(),
        "late=1": set(),
        "region=norrbotten": set(),
    }
    for query, names in found.items():
        assert set(_listed(visitor.open(f"/cases?{query}"))) == names, query
    page = visitor.open("/cases?q=migrän&phase=national_recommendation&late=1")
    assert page.soup.select_one("#f-q[value='migrän']") and page.soup.select_one("#f-late[checked]")
    assert page.soup.select_one("#f-phase option[value='national_recommendation'][selected]")


def test_a_filter_that_finds_nothing_says_so_and_shows_the_way_back(site: Site, case: str) -> None:
    page = site.signed_in(Role.COORDINATOR).open("/cases?q=ingenting")
    assert "Inga ärenden svarar mot filtret" in page.text and page.leads_to("/cases")


def test_a_long_list_comes_in_pages(site: Site) -> None:
    _open_cases(site, *(f"Medicin {number:03}" for number in range(PAGE + 3)))
    visitor = site.signed_in(Role.COORDINATOR)
    first, second = visitor.open("/cases?q=medicin"), visitor.open("/cases?q=medicin&page=2")
    assert [len(_listed(first)), len(_listed(second))] == [PAGE, 3]
    assert not set(_listed(first)) & set(_listed(second))
    assert f"{PAGE + 3} ärenden" in first.text and "Sida 1 av 2" in first.text
    following = first.soup.select_one("a[rel='next']")
    assert following is not None and str(following["href"]) == "/cases?q=medicin&page=2"
    for number in ("99", "0", "x"):
        assert _listed(visitor.open(f"/cases?q=medicin&page={number}")), number


def test_the_number_of_statements_does_not_grow_with_the_rows(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    _open_cases(site, "Medicin A")
    sent: dict[str, list[int]] = {path: [] for path in ("/cases", "/board", "/board?view=table", "/work")}
    for _round in range(2):
        for path, counts in sent.items():
            visitor.open(path)
            with site.counting() as statements:
                visitor.open(path)
            counts.append(len(statements))
        _open_cases(site, *(f"Medicin {number}" for number in range(30)))
    for path, (few, many) in sent.items():
        assert many == few, f"{path}: {few} statements for one case, {many} for thirty"


# ------------------------------------------------------------------------------------- the board


def test_the_board_shows_open_cases_by_phase(site: Site, case: str) -> None:
    _open_cases(site, "Examplumab")
    visitor = site.signed_in(Role.COORDINATOR)
    page = visitor.open("/board")
    columns = {str(col["aria-labelledby"]): words_of(col) for col in page.soup.select("section.app-col")}
    assert list(columns) == [phase.value for phase in Phase]
    assert "Examplumab" in columns["national_recommendation"] and "Påhittumab" in columns["regional_decision"]
    assert "Inga ärenden i fasen" in columns["handover"]
    table = visitor.open("/board?view=table")
    assert sorted(_listed(table)) == ["Examplumab", "Påhittumab"]
    form = visitor.open(f"/cases/{case}/actions/withdraw").form(f"/cases/{case}/actions/withdraw")
    visitor.send(form, note="Företaget drar sig ur")
    assert "Påhittumab" not in visitor.open("/board").text, "what is closed is on the list, not on the board"
    assert "Påhittumab" in visitor.open("/cases?closed=closed").text


# ------------------------------------------------------------------------------------- the own work


def test_with_nothing_to_do_the_page_says_so(site: Site) -> None:
    page = site.signed_in(Role.AUDITOR).open("/work")
    assert "Ingenting väntar på dig" in page.text
    assert "Ingenting är försenat hos andra" in page.part("late")
    assert "Ingenting har slutdatum den här veckan" in page.part("week")


def test_what_waits_is_the_tasks_of_the_own_role_and_unit(site: Site, case: str) -> None:
    registrar = site.signed_in(Role.REGISTRAR).open("/work").part("waiting")
    assert "Registrera ärendet" in registrar and "Beskriv målgrupp" not in registrar
    nominator = site.signed_in(Role.NOMINATOR).open("/work").part("waiting")
    assert "Beskriv målgrupp" in nominator and "Registrera ärendet" not in nominator
    assert "Påhittumab" not in site.signed_in(Role.ECONOMIST).open("/work").part("waiting")


def test_a_task_given_to_a_person_waits_for_that_person_only(site: Site, case: str) -> None:
    coordinator = site.signed_in(Role.COORDINATOR)
    page = coordinator.open(f"/cases/{case}")
    task = next(str(a["href"]) for a in page.soup.select("a[href^='/tasks/']") if "Registrera" in a.get_text())
    name = site.world.people[VGR][Role.ECONOMIST].name
    coordinator.send(coordinator.open(task).form(f"{task}/assign"), assignee=name)
    assert "Registrera ärendet" in site.signed_in(Role.ECONOMIST).open("/work").part("waiting")
    assert "Registrera ärendet" not in site.signed_in(Role.REGISTRAR).open("/work").part("waiting")
    economist = site.signed_in(Role.ECONOMIST)
    economist.send(economist.open(task).form(task), registry_number="RS 2026-00001")
    assert "RS 2026-00001" in coordinator.open(f"/cases/{case}").text
    page = coordinator.send(coordinator.open(task).form(f"{task}/reopen"), note="Fel nummer")
    assert page.status == 200 and page.path == task


def test_this_week_and_what_is_late(site: Site, case: str) -> None:
    site.clock.forward(days=25)  # the stage should be done after twenty working days: 21 December
    week = site.signed_in(Role.DRAFTING_GROUP).open("/work").part("week")
    assert "Påhittumab" not in week
    site.clock.forward(days=3)
    page = site.signed_in(Role.DRAFTING_GROUP).open("/work")
    assert "Påhittumab" in page.part("week") and "I dag" in page.part("week")
    site.clock.forward(days=1)
    others = site.signed_in(Role.REGISTRAR)
    assert "Påhittumab" in others.open("/work").part("late")
    assert _listed(others.open("/cases?late=1")) == ["Påhittumab"]
    assert "1 försenat" in others.open("/board").text


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_empty_service_invites(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    assert "Här kommer de nationella rekommendationerna" in visitor.open("/recommendations").text
    assert visitor.open("/cases").status == 200 and visitor.open("/board").text.count("Inga ärenden i fasen") == 5
