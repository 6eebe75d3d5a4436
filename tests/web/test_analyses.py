"""A first analysis over HTTP: filled in by a clinic, reviewed by an economist, approved, read by the council."""

from __future__ import annotations

import pytest

from introduction.domain.roles import Role
from introduction.services import analyses, analysis_file
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.pricing import INFUSION, approved, reviewed, typed
from tests.world import NORRBOTTEN

PAGES = ("patients", "uptake", "medicine", "care", "displaced", "payers", "scenarios")
#: Which page asks what.
ASKED = {
    "patients": ("prevalence", "incidence", "diagnosed", "eligible"),
    "uptake": ("first_patient", "delay", "uptake", "waiting_uptake"),
    "medicine": ("loading", "interval", "price_dose", "kept"),
    "care": ("given_cost",),
    "displaced": ("old1_name", "old1_share", "old1_month"),
    "payers": (),
    "scenarios": ("scenario1_name", "scenario1_reason", "scenario1_uptake"),
}


def begin(visitor: Visitor, case: str, kind: str = "infusion") -> Page:
    form = visitor.open(f"/cases/{case}/budget").form(f"/cases/{case}/budget")
    return visitor.send(form, kind=kind)


def fill(visitor: Visitor, page: Page, key: str) -> Page:
    """Answer a page of questions, and go on."""
    answers = {}
    for question in ASKED[key]:
        parts = INFUSION[question]
        answers |= {
            f"{question}.{box}": text for box, text in zip(("value", "low", "high", "source"), parts, strict=False)
        }
    return visitor.send(page.own_form(), **answers, go="on")


def filled(site: Site, case: str) -> Page:
    """A draft with every page answered, by the clinic."""
    clinic = site.visitor(Role.NOMINATOR)
    page = begin(clinic, case)
    for key in PAGES:
        assert page.path.endswith(f"/edit/{key}"), page
        page = fill(clinic, page, key)
    return page


def test_a_clinic_fills_in_a_first_analysis_page_by_page(site: Site, case: str) -> None:
    page = filled(site, case)
    assert page.path == f"/cases/{case}/budget/1"
    assert "Ett ja kostar troligen" in page.text
    assert "Luftvägsregistret, uttag 2025" in page.part("assumptions")
    assert "Nominator" in page.part("assumptions")


def test_from_the_clinic_to_the_council(site: Site, case: str) -> None:
    filled(site, case)
    clinic, economist = site.visitor(Role.NOMINATOR), site.visitor(Role.ECONOMIST)
    home = f"/cases/{case}/budget/1"
    page = clinic.send(clinic.open(home).form(f"{home}/submit"))
    assert "lämnad för granskning" in page.flashed
    page = economist.open(home)
    page = economist.send(page.form(f"{home}/review"), **{"mark.uptake": "confirm", "note": "Upptaget är högt räknat"})
    assert "Ska bekräftas" in page.part("assumptions")
    group = site.visitor(Role.DRAFTING_GROUP)
    page = group.send(group.open(home).form(f"{home}/approve"))
    assert "godkänd och fryst" in page.flashed
    member = site.visitor(Role.COUNCIL_MEMBER)
    page = member.open(home)
    assert "Antaganden, metod och resultat är frysta" in page.part("life")
    assert f"{home}/approve" not in page.html and f"{home}/edit" not in page.html
    assert "Kostnadsberäkningen godkändes" in member.open(f"/cases/{case}?history=all").text
    assert "Beräkning 1, godkänd" in member.open(f"/cases/{case}").part("money")


def test_who_has_an_analysis_next_finds_it_in_my_work(site: Site, case: str) -> None:
    filled(site, case)
    clinic, economist, group = (site.visitor(role) for role in (Role.NOMINATOR, Role.ECONOMIST, Role.DRAFTING_GROUP))
    home, review = f"/cases/{case}/budget/1", "Beräkning 1 väntar på granskning"
    assert review not in economist.open("/work").part("waiting")
    clinic.send(clinic.open(home).form(f"{home}/submit"))
    assert review in economist.open("/work").part("waiting")
    assert review not in clinic.open("/work").part("waiting")
    economist.send(economist.open(home).form(f"{home}/return"), note="Källa saknas")
    assert "Beräkning 1 är återlämnad och ska rättas" in clinic.open("/work").part("waiting")
    assert review not in economist.open("/work").part("waiting")
    clinic.send(clinic.open(home).form(f"{home}/submit"))
    economist.send(economist.open(home).form(f"{home}/review"))
    assert "Beräkning 1 är granskad och väntar på att godkännas" in group.open("/work").part("waiting")
    group.send(group.open(home).form(f"{home}/approve"))
    assert "Beräkning 1" not in group.open("/work").part("waiting")


def test_what_was_typed_is_kept_and_told_what_is_wrong(site: Site, case: str) -> None:
    clinic = site.visitor(Role.NOMINATOR)
    begin(clinic, case)
    edit = f"/cases/{case}/budget/1/edit/uptake"
    page = clinic.send(
        clinic.open(edit).own_form(),
        **{"uptake.value": "165", "delay.value": "3", "delay.low": "4", "delay.high": "9"},
        go="on",
    )
    assert page.path == edit
    assert "Skriv ett tal från 0 till 100" in page.fault_at("uptake-value")
    assert "Spannet rymmer inte värdet" in page.fault_at("delay-low")
    assert page.soup.select_one("#uptake-value")["value"] == "165"
    home = clinic.open(f"/cases/{case}/budget/1")
    assert "Får behandlingen när den är införd" in home.part("missing")


def test_a_fresh_page_of_questions_does_not_nag(site: Site, case: str) -> None:
    clinic = site.visitor(Role.NOMINATOR)
    page = begin(clinic, case)
    assert page.faults == []
    assert page.soup.select_one("#population-value")["value"].endswith("821")


def test_a_draft_that_is_not_finished_is_left_and_found_again(site: Site, case: str) -> None:
    clinic = site.visitor(Role.NOMINATOR)
    page = begin(clinic, case)
    page = clinic.send(page.own_form(), **{"incidence.value": "två"}, go="later")
    assert page.path == f"/cases/{case}/budget/1"
    again = clinic.open(f"/cases/{case}/budget/1/edit/patients")
    assert again.soup.select_one("#incidence-value")["value"] == "två"


def test_somebody_elses_change_is_told_and_nothing_typed_is_lost(site: Site, case: str) -> None:
    clinic, economist = site.visitor(Role.NOMINATOR), site.visitor(Role.ECONOMIST)
    begin(clinic, case)
    edit = f"/cases/{case}/budget/1/edit/uptake"
    drawn = clinic.open(edit).own_form()
    economist.send(economist.open(edit).own_form(), **{"uptake.value": "40"}, go="later")
    page = clinic.send(drawn, **{"uptake.value": "70"}, go="later")
    assert page.status == 409
    assert page.soup.select_one("#uptake-value")["value"] == "70"


def test_it_is_not_handed_in_before_it_is_complete(site: Site, case: str) -> None:
    clinic = site.visitor(Role.NOMINATOR)
    begin(clinic, case)
    page = clinic.post(f"/cases/{case}/budget/1/submit", {"csrf_token": clinic.token()})
    assert page.status == 422
    assert page.faults


def test_one_who_may_not_is_refused(site: Site, case: str) -> None:
    filled(site, case)
    home = f"/cases/{case}/budget/1"
    for role, step in ((Role.READER, "submit"), (Role.COUNCIL_MEMBER, "review"), (Role.NOMINATOR, "approve")):
        visitor = site.signed_in(role)
        assert visitor.post(f"{home}/{step}", {"csrf_token": visitor.token()}).status == 403
    assert site.signed_in(Role.ECONOMIST, NORRBOTTEN).get(home).status == 403
    with site.changing() as world:
        other = world.add_person(Role.NOMINATOR, unit_key="neuro", name="Nora Neuro")
    stranger = site.signed_in(other)
    assert stranger.get(home).status == 403


def test_what_if_shows_other_figures_and_saves_nothing(site: Site, case: str) -> None:
    with site.changing() as world:
        subject = _subject(world, case)
        row = approved(world, subject)
        kept = row.result
    member = site.visitor(Role.COUNCIL_MEMBER)
    page = member.open(f"/cases/{case}/budget/1/what-if?uptake=30&price=-20")
    assert "Med ändringarna" in page.part("difference")
    wrong = member.open(f"/cases/{case}/budget/1/what-if?uptake=trettio")
    assert "Skriv ett tal" in wrong.faults[0]
    with site.looking() as session:
        assert session.get_one(type(row), row.id).result == kept


def test_two_analyses_stand_side_by_side(site: Site, case: str) -> None:
    with site.changing() as world:
        subject = _subject(world, case)
        approved(world, subject)
        approved(world, subject, uptake="40")
    page = site.visitor(Role.COUNCIL_MEMBER).open(f"/cases/{case}/budget/2/compare/1")
    assert "Beräkning 1 och 2" in page.heading
    assert "65 % (50 %–80 %)" in page.part("inputs") and "40" in page.part("inputs")
    assert "Skillnad" in page.part("results")


def test_what_nobody_answered_is_compared_as_what_stands(site: Site, case: str) -> None:
    with site.changing() as world:
        subject = _subject(world, case)
        approved(world, subject, diagnosed="")
        approved(world, subject, diagnosed="100", curve="s_curve")
    page = site.visitor(Role.COUNCIL_MEMBER).open(f"/cases/{case}/budget/2/compare/1")
    assert page.part("inputs").count("inte angivet") == 0
    assert "I jämn takt" in page.part("inputs") and "Har fått diagnosen" not in page.part("inputs")


def test_a_model_of_ones_own_is_kept_and_its_faults_are_told(site: Site, case: str) -> None:
    economist = site.visitor(Role.ECONOMIST)
    page = begin(economist, case, "own")
    page = economist.send(page.own_form(), **{"toml.value": 'title = "x"\nstart = "2027-01"'}, go="on")
    assert page.faults and "Modellen går inte att räkna på än" in page.text
    assert 'title = "x"' in page.soup.textarea.get_text()


def test_the_list_of_a_case_says_what_will_come(site: Site, case: str) -> None:
    page = site.visitor(Role.READER).open(f"/cases/{case}/budget")
    assert "Ingen har räknat på det här ärendet än." in page.text
    assert "Ny beräkning" not in page.text


def test_an_old_page_does_not_approve_what_came_after_it(site: Site, case: str) -> None:
    with site.changing() as world:
        row = reviewed(world, _subject(world, case))
    home = f"/cases/{case}/budget/1"
    group = site.visitor(Role.DRAFTING_GROUP)
    drawn = group.open(home).form(f"{home}/approve")
    with site.changing() as world:
        analyses.give_back(world.desk(Role.ECONOMIST), row.id, "Upptaget är för lågt")
        analyses.answer(world.desk(Role.NOMINATOR), row.id, typed(uptake="90"))
        analyses.submit(world.desk(Role.NOMINATOR), row.id)
        analyses.review(world.desk(Role.ECONOMIST), row.id, {})
    page = group.send(drawn)
    assert page.status == 422 and "Någon annan har ändrat" in page.faults[0]
    assert "godkänd och fryst" in group.send(page.form(f"{home}/approve")).flashed


def test_what_was_handed_in_has_no_page_to_change_it_on(site: Site, case: str) -> None:
    with site.changing() as world:
        reviewed(world, _subject(world, case))
    page = site.visitor(Role.NOMINATOR).open(f"/cases/{case}/budget/1/edit/uptake")
    assert page.path == f"/cases/{case}/budget/1"


def test_a_large_analysis_is_not_said_to_be_handed_in_before_it_is(
    site: Site, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(site, case)
    monkeypatch.setattr(analyses, "AT_ONCE", 0.0)
    home = f"/cases/{case}/budget/1"
    clinic = site.visitor(Role.NOMINATOR)
    page = clinic.send(clinic.open(home).form(f"{home}/submit"))
    assert "när den är klar" in page.flashed
    assert "Arbetet väntar på sin tur" in page.part("under-way")


def test_a_model_that_takes_long_is_not_tried_while_one_waits(
    site: Site, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(site, case)
    monkeypatch.setattr(analysis_file, "DRAFT_PATIENCE", 0.0)
    page = site.visitor(Role.NOMINATOR).open(f"/cases/{case}/budget/1/what-if?uptake=31")
    assert "så stor" in page.faults[0]


@pytest.mark.parametrize("age", ["-1", "121", "0120999", "0" * 6_000, "tio"])
def test_an_age_is_a_number_of_years(site: Site, case: str, age: str) -> None:
    clinic = site.visitor(Role.NOMINATOR)
    form = clinic.open(f"/cases/{case}/budget").form(f"/cases/{case}/budget")
    page = clinic.send(form, kind="tablets", age_from=age)
    assert page.status == 422 and "hela år" in page.faults[0]


@pytest.mark.parametrize("kind", ["nothing", ""])
def test_an_analysis_needs_a_template(site: Site, case: str, kind: str) -> None:
    clinic = site.visitor(Role.NOMINATOR)
    page = begin(clinic, case, kind)
    assert page.status == 422 and "Välj hur läkemedlet ges" in page.faults[0]


def _subject(world: object, case: str) -> object:
    from introduction.services import subjects
    from introduction.store import case as cases
    from introduction.store import instance as instances

    desk = world.desk(Role.COORDINATOR)  # type: ignore[attr-defined]
    return subjects.read(desk, instances.get(desk.session, cases.by_number(desk.session, case).id))
