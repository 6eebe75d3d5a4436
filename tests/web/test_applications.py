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
from tests.documents.analysis_files import Pdf
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.money import approve, put_case
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
    rows = [row.get_text(" ").split()[0] for row in page.soup.select("table.app-apps tbody tr")]
    assert rows == ["Ettumab", "Tvåumab", "Här", "Treumab"], "the line stands between them"
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
    assert "Skillnad mot den sparade ordningen: oförändrat 2027" in copy.text, "3,6 million either way"
    assert "Du ser en kopia" not in chair.open(f"{PERIOD}?year={YEAR}").text, "nothing is saved"
    page = chair.send(copy.form(PERIOD))
    assert "Ordningen är sparad. 3 ansökningar har fått ny plats." in page.flashed
    assert chair.send(copy.form(PERIOD)).status == 200, "a form that is sent twice acts once"
    with site.looking() as session:
        assert [store.by_number(session, number).place for number in numbers] == [2, 3, 1]


def test_a_place_is_typed_and_saved_with_one_button(site: Site, numbers: list[str]) -> None:
    chair = visitor(site, CHAIR)
    form = chair.open(f"{PERIOD}?year={YEAR}").form(PERIOD)
    assert [form.fields[f"place-{number}"] for number in numbers] == ["1", "2", "3"]
    page = chair.send(form, **{f"place-{numbers[2]}": "1"})
    assert "Ordningen är sparad. 3 ansökningar har fått ny plats." in page.flashed
    again = page.form(PERIOD)
    assert [again.fields[f"place-{number}"] for number in numbers] == ["2", "3", "1"]
    assert "Ingen ansökan har fått ny plats." in chair.send(again).flashed


def test_typed_places_are_shown_in_a_copy_before_they_are_saved(site: Site, numbers: list[str]) -> None:
    chair = visitor(site, CHAIR)
    form = chair.open(f"{PERIOD}?year={YEAR}").form(PERIOD)
    form.fields["go"] = "look"
    page = chair.send(form, **{f"place-{numbers[2]}": "1"})
    assert page.asked["order"] == ",".join([numbers[2], *numbers[:2]])
    assert "Du ser en kopia av ordningen" in page.text and "Treumab: 3 600 tkr 2027" in page.text
    assert "Du ser en kopia" not in chair.open(f"{PERIOD}?year={YEAR}").text, "nothing is saved"
    chair.send(page.form(PERIOD), **{f"place-{numbers[0]}": "3"})
    with site.looking() as session:
        assert [store.by_number(session, number).place for number in numbers] == [3, 2, 1], "typed in the copy"


def test_a_place_that_cannot_be_used_says_why_and_is_kept(site: Site, numbers: list[str]) -> None:
    chair = visitor(site, CHAIR)
    form = chair.open(f"{PERIOD}?year={YEAR}").form(PERIOD)
    page = chair.send(form, **{f"place-{numbers[0]}": "4", f"place-{numbers[1]}": "3"})
    assert page.status == 422
    assert page.faults == ["Skriv platsen för Ettumab (Lungmedicin) som ett tal mellan 1 och 3"]
    assert page.soup.select_one(f"a[href='#place-{numbers[0]}']") is not None
    kept = page.form(PERIOD).fields
    assert [kept[f"place-{number}"] for number in numbers] == ["4", "3", "3"]
    page = chair.send(page.form(PERIOD), **{f"place-{numbers[0]}": "1"})
    with site.looking() as session:
        assert [store.by_number(session, number).place for number in numbers] == [1, 3, 2]


def test_typed_places_are_refused_when_the_order_has_changed_and_shown_beside_it(
    site: Site, numbers: list[str]
) -> None:
    chair, coordinator = visitor(site, CHAIR), visitor(site, Role.COORDINATOR)
    address = f"{PERIOD}?year={YEAR}"
    mine, theirs = chair.open(address).form(PERIOD), coordinator.open(address).form(PERIOD)
    coordinator.send(theirs, **{f"place-{numbers[1]}": "1"})
    page = chair.send(mine, **{f"place-{numbers[2]}": "1"})
    assert page.status == 409 and "någon annan har ändrat den sedan du öppnade sidan" in page.faults[0]
    assert "jämförd med den som gäller nu" in page.faults[0]
    shown = page.form(PERIOD).fields
    assert shown["order"] == ",".join([numbers[2], *numbers[:2]]), "the own order"
    assert shown["from"] == ",".join([numbers[1], numbers[0], numbers[2]]), "against the one that stands"
    assert "Ordningen är sparad" in chair.send(page.form(PERIOD)).flashed


def test_one_that_comes_meanwhile_is_shown_last_in_the_own_order(site: Site, numbers: list[str]) -> None:
    chair = visitor(site, CHAIR)
    form = chair.open(f"{PERIOD}?year={YEAR}").form(PERIOD)
    with site.changing() as world:
        new = taken(world, written(world), ["submit"]).number
    page = chair.send(form, **{f"place-{numbers[2]}": "1"})
    assert page.status == 409 and "vilka ansökningar som väntar har ändrats" in page.faults[0]
    assert page.form(PERIOD).fields["order"] == ",".join([numbers[2], *numbers[:2], new])
    chair.send(page.form(PERIOD))
    with site.changing() as world:
        taken(world, written(world), ["submit"])
    assert chair.open(f"{PERIOD}?year={YEAR}").text.count("ny, inte ordnad än") == 1


def test_a_high_and_a_low_outcome_have_lines_of_their_own_where_somebody_has_computed(site: Site) -> None:
    with site.changing() as world:
        fund(world, 2_800_000)  # three of 1,2 million come to 2,7 at the low end, and two to 3,0 at the high
        for name in ("Ettumab", "Tvåumab", "Treumab"):
            case = put_case(world, name, region=NORRBOTTEN)
            approve(world, case, start="2027-01", years=3)
            taken(world, written(world, Concern(case.number), kr=1_200_000, unit="neuro"), ["submit"])
        taken(world, written(world, kr=100_000), ["submit"])
    page = visitor(site, CHAIR).open(f"{PERIOD}?year={YEAR}")
    rows = [row.get_text(" ").split() for row in page.soup.select("table.app-apps tbody tr")]
    assert [" ".join(row[:2]) if row[0] in ("Vid", "Här") else row[0] for row in rows] == [
        "Ettumab", "Vid högt", "Tvåumab", "Här tar", "Treumab", "Vid lågt", "Examplumab",
    ]  # fmt: skip
    told = "höga utfall räcker pengarna till 1 av 4, och vid lågt utfall till 3. En ansökan saknar beräkning med span"
    assert told in page.text
    assert page.text.count("beräknat ") == 3, "the analysis's figure stands beside what is applied for"


def test_without_analyses_it_is_said_that_high_and_low_are_not_known(site: Site, numbers: list[str]) -> None:
    page = visitor(site, CHAIR).open(f"{PERIOD}?year={YEAR}")
    assert "Ingen av ansökningarna har en godkänd beräkning med span." in page.text
    assert "räcker pengarna hit" not in page.text


def test_a_copy_that_was_drawn_before_somebody_saved_is_not_lost(site: Site, numbers: list[str]) -> None:
    chair, coordinator = visitor(site, CHAIR), visitor(site, Role.COORDINATOR)
    address = f"{PERIOD}?year={YEAR}&order="
    mine = chair.open(address + ",".join(numbers[::-1]))
    coordinator.send(coordinator.open(address + ",".join([numbers[1], numbers[0], numbers[2]])).form(PERIOD))
    page = chair.send(mine.form(PERIOD))
    assert page.status == 409 and "någon annan har ändrat den" in page.text
    assert "Du ser en kopia av ordningen" in page.text


def test_those_who_do_not_rank_may_still_look_at_a_copy(site: Site, numbers: list[str]) -> None:
    economist = visitor(site, ECONOMIST)
    page = economist.open(f"{PERIOD}?year={YEAR}&order={','.join(numbers[::-1])}")
    assert "Du ser en kopia" in page.text and "Spara ordningen" not in page.text
    assert page.soup.select_one("input[name^='place-']") is None and "Upp" in page.text
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


def test_a_granted_application_says_how_it_is_claimed_and_leads_there(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        number = taken(world, written(world), WAY).number
    address = f"/applications/{number}"
    page = visitor(site, HEAD).open(address)
    assert (
        "Pengarna gäller kostnader 1 januari – 31 december 2027, upp till 1 200 000 kr, "
        "och rekvireras senast 29 februari 2028." in page.part("next")
    )
    assert "Kan rekvireras från och med" in page.part("next") and not claims_at(page), "the year has not begun"
    with site.changing() as world:
        world.clock.forward(months=3)
    (claim,) = claims_at(visitor(site, HEAD).open(address))
    assert visitor(site, HEAD).open(claim).heading == "Ny rekvisition"
    page = visitor(site, ECONOMIST).open(address)
    assert "rekvireras senast" in page.part("next") and not claims_at(page), "the clinic claims"
    told = letter_of(site, number)
    assert "Paragraf § 1" in told and "Pengarna gäller kostnader 1 januari – 31 december 2027" in told
    assert "till och med 29 februari 2028" in told and "Välj ”Begär omprövning av beslutet” på sidan" in told


def claims_at(page: Page) -> list[str]:
    """Where a page leads to claim."""
    found = [str(link["href"]) for link in page.soup.select("a[href^='/claims/new/']")]
    return sorted(set(found))


def letter_of(site: Site, number: str) -> str:
    """What the decision's letter says."""
    return Pdf.of(visitor(site, HEAD).client.get(f"/applications/{number}/letter.pdf").data).text


def test_a_clinic_that_got_money_for_a_case_in_which_it_does_not_treat_is_told_what_is_missing(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        lung = world.units[NORRBOTTEN]["lung"].id
        case = put_case(world, "Ärendumab", region=NORRBOTTEN, treating=("neuro",), nominating_unit_id=lung)
        subject = taken(world, written(world, Concern(case.number)), WAY)
        world.clock.forward(months=3)
    for address in (f"/applications/{subject.number}", "/claims/new", "/my-unit"):
        page = visitor(site, HEAD).open(address)
        assert "Er enhet är inte en av ärendets behandlande enheter. Samordnaren" in page.text, address
        assert not claims_at(page), address


def test_a_month_outside_the_period_is_named_and_put_right_on_its_page(site: Site) -> None:
    with site.changing() as world:
        subject = begin(world, **need())
    head, home = visitor(site, HEAD), f"/applications/{subject.number}/edit"
    head.send(head.open(f"{home}/need").own_form(), period_to=date(YEAR, 6, 30))
    told = head.open(f"{home}/check").text
    assert "utanför perioden" in told and "juli 2027" in told and "2027-07" not in told
    head.send(head.open(f"{home}/months").own_form())
    assert "utanför perioden" not in head.open(f"{home}/check").text


# ------------------------------------------------------------------------------------- judged and decided


def test_who_judges_sees_what_is_asked_for_beside_what_is_computed(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        case = put_case(world, "Nyttumab", "follow_up", region=NORRBOTTEN, treating=("lung",))
        approve(world, case)
        made = begin(world, Concern(case.number), **need())
        own_savings.add(world.desk(HEAD, NORRBOTTEN), made.instance.id, SAVING)
        number = taken(world, made, ["submit", "finish_savings"]).number
    pages = [visitor(site, ECONOMIST).open(f"/applications/{number}{place}") for place in ("", "/actions/propose")]
    for page in pages:
        (table,) = [one for one in page.soup.select("table") if "Det som söks bredvid" in one.get_text()]
        told = " ".join(table.get_text(" ").split()).replace("\xa0", " ")
        assert "Sökt 1 200 000 kr 12" in told and "Beräknat, samma månader" in told and "Skillnad" in told
        assert page.leads_to(f"/cases/{case.number}/budget/1")


def test_more_than_was_asked_for_is_granted_only_on_purpose(site: Site) -> None:
    with site.changing() as world:
        fund(world)
        number = taken(world, written(world), WAY[:-1]).number
    council = visitor(site, CHAIR)
    decision = {
        "record-decided_on": date(2026, 11, 20), "record-registry_number": "RN 2026/1",
        "record-reasons": "Behovet är visat.", "record-granted_ore": "1 500 000",
    }  # fmt: skip
    page = council.send(council.open(f"/applications/{number}/actions/grant").own_form(), **decision)
    assert page.status == 422
    assert "Det är 300 000 kr mer än de 1 200 000 kr som söks" in page.fault_at("record-granted_ore")
    assert page.own_form().fields["record-granted_ore"] == "1 500 000"
    higher = council.send(page.own_form(), **{"record-granted_ore": "1 600 000"})
    assert higher.status == 422 and "400 000 kr mer" in higher.fault_at("record-granted_ore"), "another amount"
    done = council.send(higher.own_form(), **{"record-reasons": "Fler patienter har kommit sedan ansökan skrevs."})
    assert done.status == 200 and "upp till 1 600 000 kr" in done.part("decision")
