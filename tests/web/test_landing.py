"""A head's page of what lands in the own budget; staff choose a unit."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from introduction.domain.roles import Role
from tests.handing_over import Handing
from tests.journeys.site import Site
from tests.money import approve, put_case
from tests.world import VGR


@pytest.fixture
def landed(site: Site) -> Site:
    """The lung clinic treats in one decided case, and has nominated one that may come."""
    with site.changing() as world:
        lung = world.units[VGR]["lung"].id
        first = put_case(
            world, "Nordivumab", "follow_up", outcome="approved", treating=("lung", "neuro"),
            financed_until=date(2028, 3, 31),
        )  # fmt: skip
        approve(world, first, financed={"first": "2027-01", "last": "2028-03"})
        put_case(world, "Kanskeumab", nominating_unit_id=lung, extra_cost_year3_ore=200_000_000)
        approve(world, put_case(world, "Annatumab", "follow_up", treating=("neuro",)))
    return site


def test_a_head_is_told_what_lands_and_from_when(landed: Site) -> None:
    page = landed.visitor(Role.HEAD_OF_UNIT).open("/landing")
    assert page.heading == "Lungmedicin"
    assert "2028 landar troligen" in page.text and "i din budget; mest Nordivumab, från 1 april 2028." in page.text
    decided = page.part("decided")
    assert "Till och med 31 mars 2028" in decided and "1 av 2 behandlande enheter" in decided
    assert "Delat lika mellan behandlande enheter tills utfall finns" in decided
    assert "Kanskeumab" in page.part("may-come") and "Annatumab" not in page.text


def test_a_head_is_told_when_each_lands_and_whether_it_is_confirmed(landed: Site) -> None:
    coming = landed.visitor(Role.HEAD_OF_UNIT).open("/landing").part("coming")
    assert "1 april 2028 Nordivumab" in coming
    assert "Inte bekräftat än Frågan kommer senast 1 februari 2027." in coming
    assert "Regionen betalar ett nytt läkemedel den första tiden" in coming


def test_what_waits_for_the_head_stands_at_the_top(site: Site) -> None:
    with site.changing() as world:
        handing = Handing.build(world)
        handing.propose("lung")
        task = f"/tasks/{handing.task('confirm_responsibility', 'lung').id}"
    page = site.visitor(Role.HEAD_OF_UNIT).open("/landing")
    assert "Ett läkemedel väntar på svar om kostnadsansvaret: Svara om Nordivumab" in page.text
    assert page.leads_to(task) and "Väntar på svar" in page.part("coming")
    with site.changing():
        handing.answer("lung")
    page = site.visitor(Role.HEAD_OF_UNIT).open("/landing")
    assert "Bekräftat" in page.part("coming") and not page.leads_to(task)


def test_what_was_handed_over_is_borne_now(site: Site) -> None:
    with site.changing() as world:
        handing = Handing.build(world)
        handing.agree()
        handing.conclude()
        handing.take("hand_over")
    page = site.visitor(Role.HEAD_OF_UNIT).open("/landing")
    assert "Bärs redan nu" in page.part("decided") and "Inget läkemedel är på väg" in page.part("coming")
    assert "som bärs redan nu. Inget nytt läkemedel har en dag då det landar." in page.text
    with site.changing() as world:
        put_case(
            world, "Nyttumab", "follow_up", outcome="approved", treating=("lung",), financed_until=date(2029, 6, 30)
        )
    page = site.visitor(Role.HEAD_OF_UNIT).open("/landing")
    assert "som bärs redan nu. Näst på tur är Nyttumab, från 1 juli 2029." in page.text


def test_the_menu_leads_heads_there(landed: Site) -> None:
    for who, leads in ((Role.HEAD_OF_UNIT, True), (Role.ECONOMIST, False), (Role.READER, False)):
        nav = landed.visitor(who).open("/cases").soup.select_one("nav.app-nav")
        assert ("Min budget" in nav.get_text()) is leads


def test_a_head_cannot_look_at_another_unit(landed: Site) -> None:
    visitor = landed.signed_in(Role.HEAD_OF_UNIT)
    for unit in ("neuro", "hospital"):
        unit_id = landed.world.units[VGR][unit].id
        for path in (f"/landing?unit={unit_id}", f"/landing.xlsx?unit={unit_id}"):
            assert visitor.get(path).status == 403
    assert visitor.get("/landing?unit=99999").status == 404


def test_staff_choose_a_unit(landed: Site) -> None:
    visitor = landed.signed_in(Role.AUDITOR)
    assert visitor.open("/landing").heading == "Vad landar i budgeten?"
    assert visitor.get("/landing.xlsx").status == 404
    neuro = landed.world.units[VGR]["neuro"].id
    page = visitor.open(f"/landing?unit={neuro}")
    assert page.heading == "Neurologi" and "Annatumab" in page.part("decided")
    assert "i budgeten; mest" in page.text


def test_a_reader_is_refused(landed: Site) -> None:
    assert landed.signed_in(Role.READER).get("/landing").status == 403


def test_an_empty_unit_says_what_will_come(site: Site) -> None:
    page = site.visitor(Role.HEAD_OF_UNIT).open("/landing")
    assert "Här kommer vad nya läkemedel kostar i verksamhetens egen budget" in page.text


def test_the_spreadsheet(landed: Site) -> None:
    answer = landed.signed_in(Role.HEAD_OF_UNIT).client.get("/landing.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book["Beslutat"].iter_rows(values_only=True))
    figures = next(row for row in rows if row[1] == "Nordivumab")
    total = next(row for row in rows if row[1] == "Summa")
    assert figures[6] == 0 and figures[9] > 0 and figures[9] == total[9]
    assert [row[1] for row in book["Kan komma"].iter_rows(values_only=True) if row[1]][-1] == "Kanskeumab"
