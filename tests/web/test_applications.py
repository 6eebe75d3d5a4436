"""The pages of applications: who sees what, own savings, the order and its copy, and what can be taken home."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from introduction.domain.roles import Role
from introduction.services import own_savings
from introduction.services.applications import Concern
from introduction.store import application as store
from introduction.store.application import FundingApplication
from tests.applying import SAVING, WAY, YEAR, begin, fund, need, taken, written
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor
from tests.money import put_case
from tests.world import NORRBOTTEN, VGR

HEAD, LSG, ECONOMIST, CHAIR = Role.HEAD_OF_UNIT, Role.DRAFTING_GROUP, Role.ECONOMIST, Role.COUNCIL_CHAIR
PERIOD = "/applications/period"


def visitor(site: Site, role: Role, region: str = NORRBOTTEN) -> Visitor:
    """The person with a role, signed in."""
    return site.signed_in(role, region)


@pytest.fixture
def numbers(site: Site) -> list[str]:
    """Three that wait, for 1,2, 2,4 and 3,6 million, and money for the first two."""
    with site.changing() as world:
        fund(world, 4_000_000)
        found = []
        for name, kr in (("Ettumab", 1_200_000), ("Tvåumab", 2_400_000), ("Treumab", 3_600_000)):
            concern = Concern(medicine=name, indication="astma", no_case_reason="Nytt.")
            found.append(taken(world, written(world, concern, kr=kr), ["submit"]).number)
        return found


# ------------------------------------------------------------------------------------- who sees what


def test_the_pages_of_money_lead_there(site: Site) -> None:
    with site.changing() as world:
        number = taken(world, written(world), ["submit"]).number
    page = visitor(site, ECONOMIST).open("/money")
    assert page.leads_to(f"/applications/{number}") and page.leads_to(f"{PERIOD}?region=norrbotten")
    page = visitor(site, HEAD).open("/my-unit")
    assert page.leads_to(f"/applications/{number}") and page.leads_to("/applications/new")
    assert visitor(site, Role.READER).get("/applications").status == 403


def test_a_clinic_sees_its_own_and_what_is_next(site: Site) -> None:
    with site.changing() as world:
        own, others = begin(world), written(world, unit="neuro")
        taken(world, others, ["submit"])
    page = visitor(site, HEAD).open("/applications")
    assert page.leads_to(f"/applications/{own.number}") and others.number not in page.text
    assert "En ansökan är inte inlämnad." in page.text
    assert visitor(site, HEAD).get(f"/applications/{others.number}").status == 403
    assert visitor(site, HEAD).get(PERIOD).status == 403, "side by side is for those who work with all of them"
    assert visitor(site, ECONOMIST).open("/applications").leads_to(PERIOD)
    assert visitor(site, ECONOMIST, VGR).get(f"/applications/{own.number}").status == 403


def test_the_answer_that_is_due_first_stands_first_and_drafts_last_for_those_who_see_all(site: Site) -> None:
    with site.changing() as world:
        later = taken(world, written(world), ["submit"])
        first, draft = taken(world, written(world), ["submit"]), begin(world)
        world.session.get_one(FundingApplication, first.instance.id).answer_by = date(2026, 1, 2)
    shown = [link.get_text() for link in visitor(site, ECONOMIST).open("/applications").soup.select("tbody small")]
    at = [next(n for n, text in enumerate(shown) if one.number in text) for one in (first, later, draft)]
    assert at == sorted(at)


def test_from_an_application_those_who_see_all_find_back_to_them(site: Site, numbers: list[str]) -> None:
    address = f"/applications/{numbers[0]}"
    back = f"{PERIOD}?region=norrbotten&year={YEAR}"
    assert visitor(site, CHAIR).open(address).leads_to(back)
    assert not visitor(site, HEAD).open(address).leads_to(back)


def test_nothing_yet_says_what_will_come(site: Site) -> None:
    page = visitor(site, HEAD).open("/applications")
    assert "Här kommer inlämnade ansökningar" in page.part("waiting")
    page = visitor(site, CHAIR).open(PERIOD)
    assert "Ingen ansökan för 2026 väntar på beslut." in page.text


def test_a_reader_of_a_page_that_has_moved_on_is_sent_to_the_application(site: Site) -> None:
    with site.changing() as world:
        subject = taken(world, written(world), ["submit"])
    page = visitor(site, HEAD).open(f"/applications/{subject.number}/edit/need")
    assert page.path == f"/applications/{subject.number}"
    assert visitor(site, HEAD).get(f"/applications/{subject.number}/edit/nothing").status == 404
    assert visitor(site, HEAD).get("/applications/NB-2026-9999").status == 404


# ------------------------------------------------------------------------------------- writing


def test_a_case_that_was_chosen_brings_its_medicine(site: Site) -> None:
    with site.changing() as world:
        case = put_case(world, "Ärendumab", region=NORRBOTTEN, treating=("lung",))
    head = visitor(site, HEAD)
    form = head.open(f"/applications/new?case={case.number}").form("/applications/new")
    assert form.fields["case_number"] == case.number
    page = head.send(form)
    number = page.path.split("/")[2]
    assert head.open(f"/applications/{number}").heading == "Ärendumab"


def test_a_region_that_examines_no_savings_does_not_ask_for_them(site: Site) -> None:
    with site.changing() as world:
        case = put_case(world, "Införumab", "follow_up", treating=("lung",))
        subject = begin(world, Concern(case.number), region=VGR)
    head = visitor(site, HEAD, VGR)
    page = head.open(f"/applications/{subject.number}/edit/reasons")
    assert "steg 4 av 6" in page.text and "Egna besparingar" not in page.text
    assert head.get(f"/applications/{subject.number}/edit/savings").status == 404
    assert "Läkemedlets namn" not in head.open(f"/applications/{subject.number}/edit/concerns").text


def test_savings_are_added_changed_and_taken_away(site: Site) -> None:
    with site.changing() as world:
        subject = begin(world)
    head, home = visitor(site, HEAD), f"/applications/{subject.number}"
    page = head.send(head.open(f"{home}/savings/new").form(f"{home}/savings/new"), amount_ore="mycket")
    assert page.status == 422 and page.fault_at("amount_ore") and page.own_form().fields["amount_ore"] == "mycket"
    page = head.send(page.own_form(), amount_ore="1,2 mnkr")
    assert page.status == 422 and page.fault_at("title") and page.own_form().fields["amount_ore"] == "1,2 mnkr"
    typed = {"title": SAVING.title, "owner": SAVING.owner, "goal": SAVING.goal, "by_day": SAVING.by_day}
    page = head.send(page.own_form(), **typed, state="Går inte att genomföra")
    assert "varför besparingen inte går" in page.fault_at("reason")
    page = head.send(page.own_form(), reason="Bytet är redan gjort.")
    assert page.path == f"{home}/edit/savings" and "1 200 000 kr" in page.text
    with site.looking() as session:
        (saving,) = store.savings_of(session, subject.instance.id)
    address = f"{home}/savings/{saving.id}"
    assert head.open(address).form(address).fields["amount_ore"].replace("\u00a0", " ") == "1 200 000"
    head.send(head.open(address).form(address), amount_ore="900 000", state="Planerad")
    page = head.open(f"{home}/edit/savings")
    assert "900 000 kr" in page.text
    page = head.send(page.form(f"{address}/remove"))
    assert "är borttagen" in page.flashed and "Ingen besparing är inlagd än" in page.text


def test_somebody_elses_change_is_told_and_what_was_typed_is_kept(site: Site) -> None:
    with site.changing() as world:
        subject = begin(world)
    head, address = visitor(site, HEAD), f"/applications/{subject.number}/edit/reasons"
    form = head.open(address).form(address)
    with site.changing() as world:
        own_savings.add(world.desk(Role.COORDINATOR, NORRBOTTEN), subject.instance.id, SAVING)
    page = head.send(form, budget_reason="Läkemedlet är nytt.")
    assert page.status == 409 and page.own_form().fields["budget_reason"] == "Läkemedlet är nytt."
    assert head.send(page.own_form()).status == 200


def test_an_application_is_tied_to_a_case_by_those_who_link(site: Site) -> None:
    with site.changing() as world:
        subject = taken(world, written(world), ["submit"])
        case = put_case(world, "Examplumab", region=NORRBOTTEN)
    lsg, address = visitor(site, LSG), f"/applications/{subject.number}"
    page = lsg.send(lsg.open(address).form(f"{address}/case"), case="NB-2026-9999")
    assert page.status == 422 and page.faults and page.form(f"{address}/case").fields["case"] == "NB-2026-9999"
    assert lsg.send(page.form(f"{address}/case"), case=case.number.lower()).leads_to(f"/cases/{case.number}")


# ------------------------------------------------------------------------------------- side by side


def test_side_by_side_with_the_line_where_the_money_ends(site: Site, numbers: list[str]) -> None:
    page = visitor(site, CHAIR).open(f"{PERIOD}?year={YEAR}")
    assert "Pengarna räcker till 2 av 3 ansökningar." in page.text
    rows = [row.get_text(" ").split()[1] for row in page.soup.select("table.app-apps tbody tr")]
    assert rows == ["Ettumab", "Tvåumab", "tar", "Treumab"], "the line stands between them"
    assert "Att fördela 4 000 tkr, ryms 3 600 tkr, kvar 400 tkr. Nästa ansökan gäller 3 600 tkr." in page.text
    assert page.text.count("ingen beräkning") >= 6, "no case, no analysis"
    assert page.soup.select_one("figure.app-chart svg") is not None


def test_one_beyond_the_line_that_what_is_left_would_reach_is_pointed_out(site: Site, numbers: list[str]) -> None:
    page = visitor(site, CHAIR).open(f"{PERIOD}?year={YEAR}&order={numbers[1]},{numbers[2]},{numbers[0]}")
    assert "Plats 3, Ettumab, ryms i det som är kvar men står efter linjen." in page.text
    assert "ryms i det som är kvar" not in visitor(site, CHAIR).open(f"{PERIOD}?year={YEAR}").text


def test_one_is_moved_in_a_copy_and_the_order_saved(site: Site, numbers: list[str]) -> None:
    chair = visitor(site, CHAIR)
    page = chair.open(f"{PERIOD}?year={YEAR}")
    up = [button["value"] for button in page.soup.select("button[name='order']") if "Upp" in button.get_text()]
    moved = ",".join((numbers[0], numbers[2], numbers[1]))
    assert moved in up
    copy = chair.open(f"{PERIOD}?year={YEAR}&order={numbers[2]},{numbers[0]},{numbers[1]}")
    assert "Du ser en kopia av ordningen" in copy.text and "Treumab: 3 600 tkr 2027" in copy.text
    assert "Ryms inte längre" in copy.text
    assert "Du ser en kopia" not in chair.open(f"{PERIOD}?year={YEAR}").text, "nothing is saved"
    page = chair.send(copy.form(PERIOD))
    assert "Ordningen är sparad. 3 ansökningar har fått ny plats." in page.flashed
    assert chair.send(copy.form(PERIOD)).status == 200, "a form that is sent twice acts once"
    with site.looking() as session:
        assert [store.by_number(session, number).place for number in numbers] == [2, 3, 1]


def test_a_copy_that_was_drawn_before_somebody_saved_is_not_lost(site: Site, numbers: list[str]) -> None:
    chair, coordinator = visitor(site, CHAIR), visitor(site, Role.COORDINATOR)
    address = f"{PERIOD}?year={YEAR}&order="
    mine = chair.open(address + ",".join(numbers[::-1]))
    coordinator.send(coordinator.open(address + ",".join([numbers[1], numbers[0], numbers[2]])).form(PERIOD))
    page = chair.send(mine.form(PERIOD))
    assert page.status == 409 and "Någon annan har ändrat ordningen" in page.text
    assert "Du ser en kopia av ordningen" in page.text


def test_those_who_do_not_rank_may_still_look_at_a_copy(site: Site, numbers: list[str]) -> None:
    economist = visitor(site, ECONOMIST)
    page = economist.open(f"{PERIOD}?year={YEAR}&order={','.join(numbers[::-1])}")
    assert "Du ser en kopia" in page.text and "Spara ordningen" not in page.text
    token = economist.token()
    fields = {"csrf_token": token, "year": str(YEAR), "order": ",".join(numbers), "from": ",".join(numbers)}
    assert economist.post(PERIOD, fields).status == 403


@pytest.mark.parametrize("asked", ["year=abc", "year=99999", "order=x,y", "year=1999&order=,,,", "region=norrbotten"])
def test_odd_addresses_show_a_page(site: Site, asked: str) -> None:
    assert visitor(site, CHAIR).open(f"{PERIOD}?{asked}").status == 200


# ------------------------------------------------------------------------------------- to take home


def test_both_tables_can_be_taken_home(site: Site, numbers: list[str]) -> None:
    chair = visitor(site, CHAIR)
    answer = chair.client.get(f"/applications/period.xlsx?year={YEAR}&order={','.join(numbers[::-1])}")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any("kopia" in str(cell) for row in rows for cell in row if cell), "it says that it is a copy"
    assert [row[1] for row in rows if row[1] in numbers] == numbers[::-1]
    answer = visitor(site, HEAD).client.get("/applications.xlsx")
    found = {cell.value for row in load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows() for cell in row}
    assert set(numbers) <= found


def test_the_letter_comes_with_the_decision_and_not_before(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        waiting = taken(world, written(world), WAY[:3])
        settled = taken(world, written(world), (*WAY[:3], "refuse"))
    assert visitor(site, HEAD).get(f"/applications/{waiting.number}/letter.pdf").status == 404
    answer = visitor(site, HEAD).client.get(f"/applications/{settled.number}/letter.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    page = visitor(site, HEAD).open(f"/applications/{settled.number}")
    assert "Avslagen måndag 23 november" in page.text and page.leads_to(
        f"/applications/{settled.number}/follow-on/reconsider"
    )


def test_a_month_outside_the_period_is_named_and_put_right_on_its_page(site: Site) -> None:
    with site.changing() as world:
        subject = begin(world, **need())
    head, home = visitor(site, HEAD), f"/applications/{subject.number}/edit"
    head.send(head.open(f"{home}/need").own_form(), period_to=date(YEAR, 6, 30))
    assert "utanför perioden" in head.open(f"{home}/check").text
    head.send(head.open(f"{home}/months").own_form())
    assert "utanför perioden" not in head.open(f"{home}/check").text
