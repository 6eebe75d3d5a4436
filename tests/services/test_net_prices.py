"""Secret rebates: who reads them, that each reading is noted, what they take off, and that nothing tells of them."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from introduction.domain import secrecy
from introduction.domain.budget import freezing, net, reading, uncertainty
from introduction.domain.budget.net import Rebate
from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.roles import RIGHTS, Right, Role
from introduction.services import net_figures, net_prices, net_readers, people
from introduction.services.net_figures import NetFigures
from introduction.services.net_prices import Reading
from introduction.store import event
from introduction.store.analysis import Analysis
from introduction.store.event import Event
from introduction.store.net_price import NetPrice, NetReader
from introduction.store.region import RegionRow
from tests.analyses import add_approved, plain_model
from tests.world import NORRBOTTEN, VGR, World

PACKAGE = Path(net_prices.__file__).parent.parent
JANUARY = 2027 * 12


@pytest.fixture
def number(world: World) -> str:
    """A case with an approved analysis, and an economist who is named to read what is secret."""
    case = world.start_case()
    add_approved(world.session, case.instance.id, world.clock.now)
    name(world, Role.ECONOMIST)
    return case.number


def name(world: World, role: Role, region: str = VGR, **rest: Any) -> NetReader:
    """Name the person with a role, as the region's administrator."""
    desk, who = world.desk(Role.ADMINISTRATOR, region), world.people[region][role]
    return net_readers.name(desk, world.regions[region], who.id, reason="Bereder beslutet", **rest)


def record(world: World, number: str, share: str = "23,4567", **rest: Any) -> NetPrice:
    """Record a rebate as the economist."""
    told = {"treatment": "medicine", "first": "2027-01", "source": "RS 2026-00417", **rest}
    return net_prices.record(world.desk(Role.ECONOMIST), number, share=share, **told)


def read(world: World, number: str, analysis: int | None = None, role: Role = Role.ECONOMIST) -> Reading:
    """Note a reading."""
    return net_prices.note_reading(world.desk(role), number, analysis)


def figures(world: World, number: str, analysis: int = 1) -> NetFigures:
    """Read an analysis's net figures."""
    return net_figures.of_reading(world.desk(Role.ECONOMIST), read(world, number, analysis))


def told(world: World, region: str = VGR) -> list[dict[str, Any]]:
    """What the region's chain says, but of people and roles."""
    found = event.events_of(world.session, world.session.get_one(RegionRow, world.regions[region]).stream)
    return [one.content for one in found if one.content["kind"].startswith(("net_", "secret_"))]


# ------------------------------------------------------------------------------------- who may


def test_no_role_reads_by_itself(world: World, number: str) -> None:
    for role in set(Role) - {Role.ECONOMIST}:
        assert not net_prices.may_read(world.desk(role), number), role
        with pytest.raises(NotAllowed):
            read(world, number, role=role)
    assert not net_prices.may_read(world.desk(None), number)
    assert net_prices.may_read(world.desk(Role.ECONOMIST), number)


def test_being_named_opens_nothing_without_the_role(world: World, number: str) -> None:
    economist = world.people[VGR][Role.ECONOMIST]
    (held,) = people.persons.assignments_of(world.session, economist.id)
    people.end_role(world.operator, held.id)
    people.grant_role(world.operator, economist.id, Role.READER, world.regions[VGR])
    with pytest.raises(NotAllowed, match="Det här görs av"):
        read(world, number)


def test_a_naming_holds_between_its_days(world: World, number: str) -> None:
    first, last = world.clock.today + timedelta(days=2), world.clock.today + timedelta(days=4)
    name(world, Role.COUNCIL_MEMBER, valid_from=first, valid_to=last)
    held = []
    for _day in range(7):
        held.append(net_prices.may_read(world.desk(Role.COUNCIL_MEMBER), number))
        world.clock.forward(days=1)
    assert held == [False, False, True, True, True, False, False]


def test_a_naming_is_taken_back_at_once(world: World, number: str) -> None:
    noted = read(world, number)
    (line,) = net_readers.readers(world.desk(Role.ADMINISTRATOR), world.regions[VGR])
    net_readers.end(world.desk(Role.ADMINISTRATOR), line.row.id)
    for ask in (lambda: read(world, number), lambda: net_prices.rebates(world.desk(Role.ECONOMIST), noted)):
        with pytest.raises(NotAllowed, match="inte utsedd"):
            ask()
    with pytest.raises(Refused, match="redan avslutat"):
        net_readers.end(world.desk(Role.ADMINISTRATOR), line.row.id)
    name(world, Role.ECONOMIST)
    assert read(world, number), "and may be named anew"


def test_another_regions_reader_reads_nothing_here(world: World, number: str) -> None:
    name(world, Role.ECONOMIST, NORRBOTTEN)
    with pytest.raises(NotAllowed):
        net_prices.note_reading(world.desk(Role.ECONOMIST, NORRBOTTEN), number)


@pytest.mark.parametrize("role", [role for role in Role if role not in RIGHTS[Right.NAME_NET_READERS]])
def test_only_an_administrator_names(world: World, role: Role) -> None:
    with pytest.raises(NotAllowed):
        net_readers.name(world.desk(role), world.regions[VGR], world.people[VGR][Role.COORDINATOR].id, reason="Behövs")


def test_an_administrator_of_another_region_names_nobody_here(world: World) -> None:
    with pytest.raises(NotAllowed):
        net_readers.name(
            world.desk(Role.ADMINISTRATOR, NORRBOTTEN),
            world.regions[VGR],
            world.people[VGR][Role.ECONOMIST].id,
            reason="Behövs",
        )
    row = name(world, Role.ECONOMIST)
    with pytest.raises(NotAllowed):
        net_readers.end(world.desk(Role.ADMINISTRATOR, NORRBOTTEN), row.id)


def test_nobody_names_oneself(world: World) -> None:
    administrator = world.people[VGR][Role.ADMINISTRATOR]
    people.grant_role(world.operator, administrator.id, Role.ECONOMIST, world.regions[VGR])
    with pytest.raises(Refused, match="Ingen kan utse sig själv"):
        name(world, Role.ADMINISTRATOR)
    offered = dict(net_readers.candidates(world.desk(Role.ADMINISTRATOR), world.regions[VGR]))
    assert administrator.id not in offered
    assert world.people[VGR][Role.ECONOMIST].id in offered
    assert world.people[VGR][Role.READER].id not in offered


def test_what_a_naming_lacks_is_told_at_the_field(world: World) -> None:
    desk, region = world.desk(Role.ADMINISTRATOR), world.regions[VGR]
    yesterday = world.clock.today - timedelta(days=1)
    with pytest.raises(InvalidInput) as found:
        net_readers.name(desk, region, world.people[VGR][Role.READER].id, reason=" ", valid_to=yesterday)
    assert [key for key, _what in found.value.problems] == ["person", "reason", "valid_to"]
    name(world, Role.ECONOMIST)
    with pytest.raises(InvalidInput, match="redan utsedd"):
        name(world, Role.ECONOMIST)
    people.deactivate(world.operator, world.people[VGR][Role.COORDINATOR].id)
    with pytest.raises(InvalidInput, match="avslutat"):
        name(world, Role.COORDINATOR)
    with pytest.raises(InvalidInput, match="Välj en person"):
        net_readers.name(desk, region, 9999, reason="Behövs")


# ------------------------------------------------------------------------------------- what is noted


def test_each_naming_ending_and_reading_is_an_event_in_the_regions_chain(world: World, number: str) -> None:
    price = record(world, number)
    read(world, number)
    net_prices.note_reading(world.desk(Role.ECONOMIST), number, 1, reason="  Inför rådets möte ")
    net_prices.end(world.desk(Role.ECONOMIST), number, price.id)
    (line,) = net_readers.readers(world.desk(Role.ADMINISTRATOR), world.regions[VGR])
    net_readers.end(world.desk(Role.ADMINISTRATOR), line.row.id)
    found = told(world)
    assert [one["kind"] for one in found] == [
        "net_reader_named", "net_rebate_recorded", "secret_read", "secret_read", "net_rebate_ended", "net_reader_ended",
    ]  # fmt: skip
    assert [one.get("what") for one in found] == [None, None, "rebates", "net", None, None]
    economist = world.people[VGR][Role.ECONOMIST]
    assert found[0]["person"] == economist.id
    assert economist.name not in str(found), "people stand in the chain as ids"
    log = net_readers.readings(world.desk(Role.ADMINISTRATOR), world.regions[VGR])
    assert [(one.name, one.what, one.number, one.analysis, one.reason) for one in log] == [
        (economist.name, "net", number, 1, "Inför rådets möte"),
        (economist.name, "rebates", number, None, None),
    ]


def test_the_log_of_readings_cannot_be_filled_with_words(world: World, number: str) -> None:
    """What somebody writes as a reason is not taken for a reading."""
    name(world, Role.COUNCIL_MEMBER)
    net_readers.name(
        world.desk(Role.ADMINISTRATOR),
        world.regions[VGR],
        world.people[VGR][Role.COORDINATOR].id,
        reason='"kind":"secret_read","what":"net"',
    )
    assert net_readers.readings(world.desk(Role.ADMINISTRATOR), world.regions[VGR]) == []


def test_only_an_administrator_sees_the_log(world: World, number: str) -> None:
    for role in set(Role) - RIGHTS[Right.NAME_NET_READERS]:
        for listed in (net_readers.readers, net_readers.readings, net_readers.candidates):
            with pytest.raises(NotAllowed):
                listed(world.desk(role), world.regions[VGR])


def test_the_events_tell_nothing_of_the_size(world: World, number: str) -> None:
    """Two databases that differ in the share alone have the same events, to the byte."""

    def bodies(share: str) -> list[str]:
        with world.session.begin_nested() as point:
            price = record(world, number, share)
            figures(world, number)
            net_prices.end(world.desk(Role.ECONOMIST), number, price.id)
            world.session.flush()
            rows = world.session.query(Event).order_by(Event.id)
            found = [row.body.replace(f'"rebate":{price.id},', '"rebate":1,') for row in rows]  # a serial goes on
            point.rollback()
        world.session.expire_all()
        return found

    assert bodies("23,4567") == bodies("61")


def test_a_cases_own_history_does_not_even_tell_that_there_is_a_rebate(world: World, number: str) -> None:
    (instance_id,) = world.session.execute(text("SELECT id FROM process_instance")).scalars()
    before = [one.body for one in event.events_of(world.session, f"instance:{instance_id}")]
    record(world, number)
    figures(world, number)
    assert [one.body for one in event.events_of(world.session, f"instance:{instance_id}")] == before


def test_a_reading_is_ones_own(world: World, number: str) -> None:
    name(world, Role.COORDINATOR)
    noted = read(world, number, role=Role.COORDINATOR)
    with pytest.raises(NotAllowed, match="någon annan"):
        net_prices.rebates(world.desk(Role.ECONOMIST), noted)


# ------------------------------------------------------------------------------------- rebates


def test_a_rebate_is_recorded_read_and_ended(world: World, number: str) -> None:
    price = record(world, number, "12,5 %", first="2027-03", last="2028-02")
    (line,) = net_prices.rebates(world.desk(Role.ECONOMIST), read(world, number))
    assert (line.row.rebate_ppm, line.row.valid_from, line.row.valid_to) == (
        125_000, date(2027, 3, 1), date(2028, 2, 29),
    )  # fmt: skip
    assert (line.row.provision, line.title) == ("OSL 31 kap. 16 §", "medicine")
    assert line.recorded_by == world.people[VGR][Role.ECONOMIST].name
    net_prices.end(world.desk(Role.ECONOMIST), number, price.id)
    (line,) = net_prices.rebates(world.desk(Role.ECONOMIST), read(world, number))
    assert line.row.ended_at == world.clock.now
    with pytest.raises(Refused, match="redan avslutad"):
        net_prices.end(world.desk(Role.ECONOMIST), number, price.id)
    with pytest.raises(NotFound):
        net_prices.end(world.desk(Role.ECONOMIST), number, 999)


def test_a_rebate_of_another_case_is_not_ended_here(world: World, number: str) -> None:
    price = record(world, number)
    other = world.start_case("Annatumab").number
    with pytest.raises(NotFound):
        net_prices.end(world.desk(Role.ECONOMIST), other, price.id)


def test_only_a_named_person_records_and_ends(world: World, number: str) -> None:
    price = record(world, number)
    for role in set(Role) - {Role.ECONOMIST}:
        for change in (
            lambda desk: net_prices.end(desk, number, price.id),
            lambda desk: net_prices.record(desk, number, treatment="older", share="5", first="2027-01", source="RS 1"),
        ):
            with pytest.raises(NotAllowed):
                change(world.desk(role))


def test_a_rebate_is_never_changed(world: World, number: str, session: Session) -> None:
    record(world, number)
    session.commit()
    for change in (
        "UPDATE net_price SET rebate_ppm = 1", "DELETE FROM net_price",
        "UPDATE net_reader SET valid_to = '2099-01-01'", "DELETE FROM net_reader",
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="kept: no"):
            session.execute(text(change))
        session.rollback()


def test_what_a_rebate_lacks_is_told_at_the_field_and_the_share_is_never_repeated(world: World, number: str) -> None:
    with pytest.raises(InvalidInput) as found:
        record(world, number, "234,567", treatment="unknown", last="2026-01", source=" ", provision="x" * 81)
    assert [key for key, _what in found.value.problems] == ["rebate", "treatment", "source", "provision", "last"]
    assert "234" not in str(found.value)
    bare = world.start_case("Annatumab").number
    with pytest.raises(InvalidInput, match="ingen beräkning"):
        record(world, bare)


def test_two_rebates_of_a_treatment_do_not_meet(world: World, number: str) -> None:
    first = record(world, number, first="2027-01", last="2027-12")
    with pytest.raises(InvalidInput, match="redan en återbäring"):
        record(world, number, first="2027-12")
    record(world, number, first="2028-01")
    with pytest.raises(InvalidInput, match="redan en återbäring"):
        record(world, number, first="2026-01")
    record(world, number, treatment="older", first="2026-01")
    net_prices.end(world.desk(Role.ECONOMIST), number, first.id)
    record(world, number, first="2027-01", last="2027-12")


@pytest.mark.parametrize(
    ("typed", "ppm"),
    [
        ("12,5", 125_000),
        ("23,4567", 234_567),
        (" 7 % ", 70_000),
        ("0.0001", 1),
        ("100", 1_000_000),
        ("3\u00a0", 30_000),
    ],
)
def test_a_share_is_typed_in_per_cent(typed: str, ppm: int) -> None:
    assert secrecy.share_of_text(typed) == ppm


@pytest.mark.parametrize("typed", ["", "0", "0,0000", "100,0001", "12,34567", "-5", "tolv", "1e1", "٣", "1,5,5"])
def test_what_is_no_share_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(Refused) as found:
        secrecy.share_of_text(typed)
    assert not typed.strip("0, ") or typed not in str(found.value)


@given(some.integers(1, 1_000_000))
def test_a_share_is_read_as_it_is_shown(ppm: int) -> None:
    assert secrecy.share_of_text(secrecy.text_of_share(ppm)) == ppm


def test_a_failing_statement_does_not_tell_the_share(world: World, number: str) -> None:
    """Neither the error nor a log of it holds the values."""
    world.session.add(
        NetPrice(
            case_id=999_999,
            treatment="medicine",
            rebate_ppm=234_567,
            valid_from=date(2027, 1, 1),
            source="RS 1",
            provision="OSL",
            recorded_at=world.clock.now,
        )
    )
    with pytest.raises((IntegrityError, StatementError)) as found:
        world.session.commit()
    assert "234567" not in str(found.value)


# ------------------------------------------------------------------------------------- net figures


def test_gross_is_what_was_approved_and_net_is_what_is_left(world: World, number: str) -> None:
    record(world, number, "25")
    found = figures(world, number)
    row = world.session.query(Analysis).one()
    stored = freezing.freeze(reading.of_data(plain_model()), draws=400)[0]
    assert found.gross == stored.impact()
    assert found.gross_range == stored.ranges["impact"]
    medicine = stored.by("treatment")["medicine"]
    assert all(abs(one - 0.25 * whole) <= 1 for one, whole in zip(found.rebate, medicine, strict=True))
    assert tuple(a - b for a, b in zip(found.gross, found.rebate, strict=True)) == found.net
    for part in ("gross", "net"):
        summed = tuple(sum(values) for values in zip(*(getattr(t, part) for t in found.treatments), strict=True))
        assert summed == getattr(found, part), "the treatments add up to the whole"
    (older,) = [line for line in found.treatments if line.title == "older"]
    assert older.rebate is None
    assert row.revision == 1
    low, high = found.net_range.low, found.net_range.high
    assert all(one < net < other for one, net, other in zip(low, found.net, high, strict=True))


def test_only_the_months_of_the_agreement_count(world: World, number: str) -> None:
    record(world, number, "50", first="2028-01", last="2028-12")
    found = figures(world, number)
    assert [bool(ore) for ore in found.rebate] == [False, True, False, False, False]
    record(world, number, "50", first="2027-07", last="2027-07")
    july = figures(world, number).rebate[0]
    outcome = net.run(reading.of_data(plain_model()))
    monthly = outcome.impact(keep=lambda line: line.treatment == "medicine")[:, 0]
    assert july == round(50 * float(monthly[6]))


def test_a_rebate_on_what_is_displaced_is_lost(world: World, number: str) -> None:
    record(world, number, "40", treatment="older")
    found = figures(world, number)
    assert all(ore < 0 for ore in found.rebate)
    assert all(after > before for before, after in zip(found.gross, found.net, strict=True))


def test_an_ended_rebate_counts_no_more(world: World, number: str) -> None:
    price = record(world, number, "25")
    net_prices.end(world.desk(Role.ECONOMIST), number, price.id)
    found = figures(world, number)
    assert found.net == found.gross
    assert not any(found.rebate)


def test_other_costs_than_drugs_have_no_rebate(world: World) -> None:
    name(world, Role.ECONOMIST)
    case = world.start_case()
    model = plain_model()
    model["treatment"][0]["cost"].append({"category": "monitoring", "per": "month", "amount": 5000})
    add_approved(world.session, case.instance.id, world.clock.now, model)
    record(world, case.number, "100")
    found = figures(world, case.number)
    (line,) = [line for line in found.treatments if line.title == "medicine"]
    assert all(after == pytest.approx(before / 3, abs=2) for before, after in zip(line.gross, line.net, strict=True))


def test_without_any_rebate_the_interval_is_the_stored_one() -> None:
    """The draws are those of the analysis itself, so that before and after can be held against each other."""
    model = reading.of_data(plain_model())
    stored = uncertainty.simulate(model, 1000, 7, 0.8)
    found = net.net_of(model, [], draws=1000, seed=7, level=0.8)
    assert found.draws == 1000
    for end in ("low", "median", "high"):
        want = [round(100 * value) for value in getattr(stored.impact, end)]
        assert list(getattr(found.net_range, end)) == pytest.approx(want, abs=1)
        want = [round(100 * value) for value in getattr(stored.cumulative, end)]
        assert list(getattr(found.cumulative_range, end)) == pytest.approx(want, abs=1)


def test_the_model_itself_would_say_the_same() -> None:
    """A rebate in a file model, which the model has a field for, gives the same as one from the side."""
    data = plain_model()
    data["treatment"][0]["cost"][0]["rebate"] = 0.3
    inside = uncertainty.simulate(reading.of_data(data), 800, 3, 0.8)
    outside = net.net_of(
        reading.of_data(plain_model()),
        [Rebate("RS 1", "medicine", 300_000, JANUARY)],
        draws=800,
        seed=3,
        level=0.8,
    )
    assert list(outside.net_range.low) == pytest.approx([100 * one for one in inside.impact_net.low], rel=1e-9, abs=1)
    assert list(outside.net_range.high) == pytest.approx([100 * one for one in inside.impact_net.high], rel=1e-9, abs=1)


@given(some.lists(some.tuples(some.sampled_from(["medicine", "older"]), some.integers(0, 1_000_000)), max_size=4))
def test_what_comes_back_is_the_sum_of_the_agreements(rebates: list[tuple[str, int]]) -> None:
    model = reading.of_data(plain_model(years=2))
    listed = [
        Rebate(f"RS {number}", name, ppm, JANUARY + number, JANUARY + number)
        for number, (name, ppm) in enumerate(rebates)
    ]
    found = net.net_of(model, listed, draws=2, seed=1, level=0.8)
    whole = sum(sum(yearly) for yearly in found.rebate.values())
    assert sum(found.by_agreement.values()) == pytest.approx(whole, abs=2 * len(listed) + 2)


def test_a_draft_has_no_net_figures(world: World, number: str) -> None:
    row = world.session.query(Analysis).one()
    world.session.add(
        Analysis(
            case_id=row.case_id,
            number=2,
            kind="own",
            title="Utkast",
            answers="{}",
            written_at=world.clock.now,
            changed_at=world.clock.now,
        )
    )
    with pytest.raises(Refused, match="inte inlämnad"):
        read(world, number, 2)
    with pytest.raises(NotFound):
        read(world, number, 3)
    assert [one["kind"] for one in told(world)] == ["net_reader_named"], "nothing was read"


def test_figures_that_this_version_does_not_give_are_not_shown(world: World) -> None:
    """A rebate is taken off what was approved, or off nothing."""
    name(world, Role.ECONOMIST)
    case = world.start_case()
    row = add_approved(world.session, case.instance.id, world.clock.now)
    dearer = add_approved(
        world.session, world.start_case("Annat").instance.id, world.clock.now, plain_model(patients=101)
    )
    other = world.start_case("Tredje")
    world.session.add(
        Analysis(
            case_id=other.instance.id, number=1, kind="own", title="x", state="approved", answers="{}", model=row.model,
            method=row.method, result=dearer.result, kept=row.kept, written_at=world.clock.now,
            changed_at=world.clock.now, approved_at=world.clock.now,
        )
    )  # fmt: skip
    world.session.flush()
    with pytest.raises(Refused, match="inte fram"):
        figures(world, other.number)


# ------------------------------------------------------------------------------------- totals, models


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ([], True), ([5], True), ([5, 5], True), ([5, 5, 0], True), ([5, 5, 5], False), ([80, 10, 10], False),
        ([81, 10, 9], True), ([-81, 10, 9], True), ([8, -8, 8], False), ([10**12, 1, 1], True), ([1] * 40, False),
    ],
)  # fmt: skip
def test_a_total_shows_where_three_agreements_hide_each_other(parts: list[int], hidden: bool) -> None:
    assert (secrecy.may_show_total(parts) is not None) == hidden


def test_the_reader_is_told_that_a_sum_of_few_agreements_gives_them_away(world: World, number: str) -> None:
    assert figures(world, number).gives_away is None, "there is nothing to give away"
    record(world, number, "10", last="2027-12")
    record(world, number, "20", first="2028-01", last="2028-12")
    assert "Färre än tre avtal" in str(figures(world, number).gives_away), "one agreement with two shares is one"
    record(world, number, "20", first="2029-01", last="2029-12", source="RS 2")
    record(world, number, "20", first="2030-01", source="RS 3")
    assert figures(world, number).gives_away is None


def test_a_model_that_is_saved_carries_no_rebate() -> None:
    net_prices.demand_no_rebate(reading.of_data(plain_model()))
    data = plain_model()
    data["treatment"][0]["cost"][0]["rebate"] = 0.3
    data["treatment"][1]["cost"][0]["rebate"] = {"value": 0, "source": "RS 2026-00417"}
    data["scenario"] = [
        {"name": "Med återbäring", "set": {"treatment.medicine.cost.0.rebate": 0.1}},
        {"name": "Upptag", "set": {"group.new.uptake.to": 0.5}},
    ]
    with pytest.raises(InvalidInput) as found:
        net_prices.demand_no_rebate(reading.of_data(data))
    assert [path for path, _what in found.value.problems][:3] == [
        "treatment.medicine.cost.0.rebate", "treatment.older.cost.0.rebate",
        "scenario.0.set.treatment.medicine.cost.0.rebate",
    ]  # fmt: skip
    assert {str(what) for _path, what in found.value.problems} == {"Återbäring skrivs aldrig i beräkningen"}


def test_a_scenario_that_replaces_a_whole_cost_carries_none_either() -> None:
    data = plain_model()
    data["scenario"] = [
        {"name": "Nytt pris", "set": {"treatment.medicine.cost": [{"amount": 8000, "rebate": 0.2}]}},
        {"name": "Går inte", "set": {"treatment.unknown.x": 1}},
    ]
    with pytest.raises(InvalidInput) as found:
        net_prices.demand_no_rebate(reading.of_data(data))
    assert [path for path, _what in found.value.problems] == ["scenario.0.set.treatment.medicine.cost.0.rebate"]


def test_a_treatment_may_be_named_so() -> None:
    data = plain_model()
    data["treatment"][0]["id"] = data["group"][0]["new"] = "rebate"
    data["scenario"] = [{"name": "Pris", "set": {"treatment.rebate.cost.0.amount": 8000}}]
    net_prices.demand_no_rebate(reading.of_data(data))


# ------------------------------------------------------------------------------------- one door


def test_only_these_modules_reach_the_secret_tables() -> None:
    """Whoever else imports them would be a second way in."""
    doors = {"services/net_prices.py", "services/net_readers.py", "services/net_figures.py"}
    allowed = doors | {"store/__init__.py", "store/disposal.py", "store/net_price.py"}
    found = set()
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        modules = {
            f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        named = any(word in source for word in ("rebate_ppm", '"net_price"', "'net_price'", "FROM net_price"))
        if named or any("store.net_price" in module for module in modules):
            found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= allowed


def test_only_the_pages_of_net_prices_ask_for_what_is_secret() -> None:
    """The web reads what is secret in one file, and the command line nowhere."""
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for folder in ("web", "documents", "jobs", "cli", "examples")
        for path in (PACKAGE / folder).rglob("*.py")
        if any(
            word in path.read_text(encoding="utf-8") for word in ("net_figures", "net_prices.rebates(", "budget.net ")
        )
    }
    assert asking <= {"web/net_prices.py"}
