"""Applications for extra money: own savings first, money held and granted, an order with a line, and what grows out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from introduction.domain.errors import Conflict, InvalidInput, NotAllowed, Refused
from introduction.domain.process.definition import Definition
from introduction.domain.roles import Role
from introduction.services import application_order, applications, own_savings
from introduction.services import grants as granting
from introduction.services.application_files import ApplicationFile, application_file
from introduction.services.application_timeline import Timeline, timeline
from introduction.services.applications import Concern
from introduction.services.books import Minutes
from introduction.services.subjects import Subject
from introduction.store import application as store
from introduction.store import grant as grants
from introduction.store.application import FundingApplication
from introduction.store.fund import Fund
from introduction.store.notice import Notice
from introduction.store.task import due_dates_of
from tests.applying import KR, NO_CASE, SAVING, WAY, YEAR, begin, decide, examine, fund, need, taken, written
from tests.money import decide as decide_case
from tests.money import put_case
from tests.world import NORRBOTTEN, VGR, World

HEAD, LSG, ECONOMIST, CHAIR = Role.HEAD_OF_UNIT, Role.DRAFTING_GROUP, Role.ECONOMIST, Role.COUNCIL_CHAIR


def row(world: World, subject: Subject) -> FundingApplication:
    return world.session.get_one(FundingApplication, subject.instance.id, populate_existing=True)


def file_for(world: World, subject: Subject, role: Role = HEAD, region: str = NORRBOTTEN) -> ApplicationFile:
    return application_file(world.desk(role, region), subject.number)


def line_of(world: World, subject: Subject) -> Timeline:
    return timeline(world.desk(HEAD, NORRBOTTEN), file_for(world, subject))


def fields(refused: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return {key for key, _message in refused.value.problems}


def told(refused: pytest.ExceptionInfo[Any]) -> str:
    return " ".join(str(reason) for reason in refused.value.reasons)


def position(world: World, held: Fund) -> tuple[int, int, int]:
    """What is unreserved, reserved and granted, in kronor."""
    world.session.refresh(held)
    return held.unreserved_ore // KR, held.reserved_ore // KR, held.unclaimed_ore // KR


def kinds(world: World, subject: Subject) -> list[str]:
    return [entry.kind for entry in file_for(world, subject).history][::-1]


# ------------------------------------------------------------------------------------- writing


def test_a_draft_is_begun_by_the_unit_itself_and_says_nothing_yet(world: World) -> None:
    subject = begin(world)
    assert subject.instance.stage == "draft" and subject.number.startswith("NB-2026-")
    assert row(world, subject).unit_id == world.units[NORRBOTTEN]["lung"].id
    assert file_for(world, subject).unit == "Lungmedicin"


def test_a_unit_cannot_apply_in_anothers_name(world: World) -> None:
    with pytest.raises(NotAllowed):
        applications.start(world.desk(HEAD, NORRBOTTEN), world.units[NORRBOTTEN]["neuro"].id, NO_CASE)
    with pytest.raises(NotAllowed):
        applications.start(world.desk(HEAD, NORRBOTTEN), world.units[VGR]["lung"].id, NO_CASE)


def test_another_unit_does_not_see_it(world: World) -> None:
    subject = begin(world, unit="neuro")
    with pytest.raises(NotAllowed):
        file_for(world, subject)
    assert [r.number for r in application_order.mine(world.desk(HEAD, NORRBOTTEN))[0]] == []
    assert [r.number for r in application_order.mine(world.desk(ECONOMIST, NORRBOTTEN))[0]] == [subject.number]


def test_what_it_concerns_is_a_case_of_the_region_or_a_medicine(world: World) -> None:
    case = put_case(world, "Annatumab", region=NORRBOTTEN, treating=("lung",))
    elsewhere = put_case(world, "Utomumab")
    subject = begin(world, Concern(case.number))
    assert file_for(world, subject).about.medicine == "Annatumab"
    for number in ("NB-2026-9999", elsewhere.number):
        with pytest.raises(InvalidInput) as refused:
            begin(world, Concern(number))
        assert fields(refused) == {"case_number"}
    with pytest.raises(InvalidInput) as refused:
        begin(world, Concern())
    assert fields(refused) == {"case_number"}
    with pytest.raises(InvalidInput) as refused:
        begin(world, Concern(medicine="Examplumab"))
    assert fields(refused) == {"indication"}
    with pytest.raises(InvalidInput) as refused:
        begin(world, Concern(case.number, medicine="Examplumab"))
    assert fields(refused) == {"case_number"}, "what was typed does not vanish"


def test_a_page_keeps_what_it_says_and_writes_what_changed(world: World) -> None:
    subject = begin(world, patients=12)
    desk = world.desk(HEAD, NORRBOTTEN)
    subject = applications.save(desk, subject.instance.id, {"patients": 12})
    assert kinds(world, subject) == ["application_started", "application_changed"], "what is the same is no change"
    applications.save(desk, subject.instance.id, {"patients": 14, "budget_reason": "För liten."})
    assert (row(world, subject).patients, row(world, subject).budget_reason) == (14, "För liten.")


def test_two_who_write_at_once_do_not_undo_each_other(world: World) -> None:
    subject = begin(world)
    revision = subject.instance.revision
    applications.save(world.desk(HEAD, NORRBOTTEN), subject.instance.id, {"patients": 3}, revision=revision)
    with pytest.raises(Conflict):
        applications.save(
            world.desk(Role.COORDINATOR, NORRBOTTEN), subject.instance.id, {"patients": 4}, revision=revision
        )


def test_a_period_that_ends_before_it_begins_is_refused_at_the_field(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        begin(world, period_from=date(YEAR, 5, 1), period_to=date(YEAR, 4, 1))
    assert fields(refused) == {"period_to"}


def test_a_period_outside_the_budget_year_is_refused_at_the_field(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        begin(world, budget_year=YEAR, period_from=date(YEAR, 5, 1), period_to=date(YEAR + 2, 4, 1))
    assert fields(refused) == {"period_to"} and "Nästa år söks för sig" in told(refused)


def test_it_is_tied_to_a_case_that_comes_later(world: World) -> None:
    subject = written(world)
    subject = taken(world, subject, ["submit"])
    case = put_case(world, "Examplumab", region=NORRBOTTEN)
    with pytest.raises(NotAllowed):
        applications.link_case(world.desk(HEAD, NORRBOTTEN), subject.instance.id, case.number)
    applications.link_case(world.desk(LSG, NORRBOTTEN), subject.instance.id, case.number)
    assert (row(world, subject).case_id, row(world, subject).no_case_reason) == (case.instance.id, None)
    assert "application_concerns" in kinds(world, subject)


# ------------------------------------------------------------------------------------- handing in


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ({"patients": None}, "antal patienter"),
        ({"need_by_month": {}}, "merkostnaden varje månad"),
        ({"need_by_month": {"2026-12": 100}}, "2026-12"),
        ({"without_it": ""}, "vad som händer utan pengarna"),
    ],
)
def test_what_is_missing_is_told_before_it_is_handed_in(world: World, left_out: dict[str, Any], says: str) -> None:
    subject = begin(world, **{**need(), **left_out, "no_savings_reason": "Alla råd följs."})
    with pytest.raises(Refused) as refused:
        world.take(subject, "submit", HEAD, region=NORRBOTTEN)
    assert says in told(refused)


def test_own_savings_are_told_first(world: World) -> None:
    subject = begin(world, **need())
    with pytest.raises(Refused) as refused:
        world.take(subject, "submit", HEAD, region=NORRBOTTEN)
    assert "egna besparingar" in told(refused)
    applications.save(world.desk(HEAD, NORRBOTTEN), subject.instance.id, {"no_savings_reason": "Alla råd följs."})
    assert world.take(subject, "submit", HEAD, region=NORRBOTTEN).instance.stage == "submitted"


def test_the_answer_is_due_when_the_region_says_and_every_step_counts_from_it(world: World) -> None:
    subject = taken(world, written(world), ["submit"])
    assert row(world, subject).answer_by == date(2026, 12, 23), "thirty days on"
    assert row(world, subject).submitted_on == world.clock.today
    due = {d.name: d.due_on for d in due_dates_of(world.session, subject.instance.id) if d.state == "pending"}
    assert due == {"submitted": date(2026, 12, 3), "answer": date(2026, 12, 23)}
    assert any(n.about and "submit" in n.about for n in world.session.query(Notice)), "LSG and the economist are told"


def test_an_answer_is_not_due_on_a_day_off(world: World) -> None:
    world.clock.now += timedelta(days=2)
    subject = taken(world, written(world), ["submit"])
    assert row(world, subject).answer_by == date(2026, 12, 28), "thirty days on is Christmas Day, a Friday"
    due = {d.name: d.due_on for d in due_dates_of(world.session, subject.instance.id) if d.state == "pending"}
    assert due["submitted"] == date(2026, 12, 8), "twenty days before the answer"


def test_what_is_handed_in_is_not_changed(world: World) -> None:
    subject = taken(world, written(world), ["submit"])
    desk = world.desk(HEAD, NORRBOTTEN)
    saving = store.savings_of(world.session, subject.instance.id)[0]
    tries: list[Callable[[], object]] = [
        lambda: applications.save(desk, subject.instance.id, {"patients": 99}),
        lambda: own_savings.add(desk, subject.instance.id, SAVING),
        lambda: own_savings.change(desk, saving.id, replace(SAVING, amount_ore=1)),
        lambda: own_savings.remove(desk, saving.id),
        lambda: applications.concerns(desk, subject.instance.id, NO_CASE),
    ]
    for change in tries:
        with pytest.raises(Refused, match="inlämnad"):
            change()


# ------------------------------------------------------------------------------------- own savings


def test_a_saving_is_told_whole(world: World) -> None:
    subject = begin(world)
    with pytest.raises(InvalidInput) as refused:
        own_savings.add(world.desk(HEAD, NORRBOTTEN), subject.instance.id, own_savings.Told())
    assert fields(refused) == {"title", "amount_ore", "owner", "goal", "by_day", "state"}
    with pytest.raises(InvalidInput) as refused:
        impossible = replace(SAVING, state="not_possible")
        own_savings.add(world.desk(HEAD, NORRBOTTEN), subject.instance.id, impossible)
    assert fields(refused) == {"reason"}


def test_every_change_of_a_saving_is_an_event(world: World) -> None:
    subject = begin(world)
    desk = world.desk(HEAD, NORRBOTTEN)
    saving = own_savings.add(desk, subject.instance.id, SAVING)
    own_savings.change(desk, saving.id, replace(SAVING, amount_ore=300_000 * KR))
    own_savings.change(desk, saving.id, replace(SAVING, amount_ore=300_000 * KR))
    own_savings.remove(desk, saving.id)
    assert kinds(world, subject)[1:] == ["own_saving_added", "own_saving_changed", "own_saving_removed"]


def test_only_those_whom_the_region_names_examine_and_only_then(world: World) -> None:
    subject = written(world)
    saving = store.savings_of(world.session, subject.instance.id)[0]
    with pytest.raises(Refused, match="inte i det här steget"):
        own_savings.confirm(world.desk(LSG, NORRBOTTEN), saving.id)
    taken(world, subject, ["submit"])
    for role in (HEAD, Role.COORDINATOR, ECONOMIST):
        with pytest.raises(NotAllowed):
            own_savings.confirm(world.desk(role, NORRBOTTEN), saving.id)
    own_savings.confirm(world.desk(LSG, NORRBOTTEN), saving.id)
    assert saving.confirmed_by == world.people[NORRBOTTEN][LSG].id
    own_savings.confirm(world.desk(LSG, NORRBOTTEN), saving.id, confirmed=False)
    assert saving.confirmed_at is None and kinds(world, subject)[-1] == "own_saving_questioned"


def test_the_economist_does_not_get_it_before_the_savings_are_examined(world: World) -> None:
    subject = taken(world, written(world), ["submit"])
    with pytest.raises(Refused) as refused:
        world.take(subject, "finish_savings", LSG, region=NORRBOTTEN)
    assert SAVING.title in told(refused)
    examine(world, subject)
    assert world.take(subject, "finish_savings", LSG, region=NORRBOTTEN).instance.stage == "economist_review"


def test_a_saving_that_is_changed_is_examined_anew(world: World) -> None:
    subject = taken(world, written(world), ["submit"])
    examine(world, subject)
    subject = taken(world, subject, ["return_for_savings"])
    saving = store.savings_of(world.session, subject.instance.id)[0]
    assert saving.confirmed_at is not None, "what is left as it was needs no second look"
    own_savings.change(world.desk(HEAD, NORRBOTTEN), saving.id, replace(SAVING, amount_ore=1 * KR))
    assert saving.confirmed_at is None


# ------------------------------------------------------------------------------------- the money


def test_the_proposal_is_held_and_the_grant_taken_out_of_it(world: World) -> None:
    held = fund(world)
    subject = taken(world, written(world), WAY[:3], proposed=1_200_000)
    assert position(world, held) == (8_800_000, 1_200_000, 0)
    taken(world, subject, ["grant"], granted=1_200_000)
    assert position(world, held) == (8_800_000, 0, 1_200_000)
    given = grants.of_application(world.session, subject.instance.id)
    assert given is not None and given.unit_id == world.units[NORRBOTTEN]["hospital"].id, (
        "to the administration of the unit"
    )
    assert (given.ceiling_ore, given.valid_from, given.valid_until) == (
        1_200_000 * KR, date(YEAR, 1, 1), date(YEAR, 12, 31),
    )  # fmt: skip


def test_granted_in_part_lets_the_rest_go(world: World) -> None:
    held = fund(world)
    subject = taken(world, written(world), WAY[:3], proposed=1_200_000)
    decide(world, subject, "grant_in_part", 700_000)
    assert position(world, held) == (9_300_000, 0, 700_000)


@pytest.mark.parametrize(("action", "kr"), [("grant", 700_000), ("grant_in_part", 1_200_000), ("grant", None)])
def test_a_decision_that_does_not_say_what_it_grants_is_refused(world: World, action: str, kr: int | None) -> None:
    fund(world)
    subject = taken(world, written(world), WAY[:3])
    with pytest.raises(InvalidInput) as refused:
        decide(world, subject, action, kr)
    assert fields(refused) == {"granted_ore"}


def test_money_of_one_year_is_not_granted_for_another(world: World) -> None:
    fund(world)
    subject = taken(world, written(world), WAY[:3])
    with pytest.raises(InvalidInput) as refused:
        decide(world, subject, "grant", 1_200_000, valid_until=date(YEAR + 1, 1, 31))
    assert fields(refused) == {"valid_until"}


def test_the_money_s_days_are_in_order_also_where_one_of_them_is_the_application_s_own(world: World) -> None:
    fund(world)
    subject = begin(world, NO_CASE, **need() | {"period_from": date(YEAR, 3, 1), "need_by_month": {f"{YEAR}-03": 100}})
    own_savings.add(world.desk(Role.COORDINATOR, NORRBOTTEN), subject.instance.id, SAVING)
    subject = taken(world, subject, WAY[:3], proposed=1)
    with pytest.raises(InvalidInput) as refused:
        decide(world, subject, "grant", 1, valid_until=date(YEAR, 2, 28))
    assert fields(refused) == {"valid_until"}


@pytest.mark.parametrize("way", ["refuse", "return_from_council", "back_to_economist", "withdraw"])
def test_what_is_not_granted_is_free_again(world: World, way: str) -> None:
    held = fund(world)
    subject = taken(world, written(world), WAY[:3])
    assert position(world, held)[1] == 1_000_000
    taken(world, subject, [way])
    assert position(world, held) == (10_000_000, 0, 0)


def test_more_may_be_proposed_than_the_fund_has_and_as_much_as_it_has_is_held(world: World) -> None:
    held = fund(world, 900_000)
    subject = taken(world, written(world), WAY[:2])
    taken(world, subject, ["propose"], proposed=1_000_000)
    assert position(world, held) == (0, 900_000, 0)


def test_without_a_fund_it_is_said_that_there_is_none(world: World) -> None:
    subject = taken(world, written(world), WAY[:2])
    with pytest.raises(Refused) as refused:
        taken(world, subject, ["propose"])
    assert f"ingen fond för {YEAR}" in told(refused)


# ------------------------------------------------------------------------------------- what the applicant is told


def test_at_every_moment_the_applicant_is_told_where_it_is(world: World) -> None:
    fund(world)
    subject = written(world)
    seen = []
    for way in WAY:
        line = line_of(world, subject)
        now = next(step for step in line.steps if step.state == "now")
        seen.append((str(now.title), line.holder.name if line.holder else "", line.answer_by))
        world.clock.forward(days=2)
        subject = taken(world, subject, [way])
    answer = date(2026, 12, 28)  # thirty days on is Christmas Day, a Friday
    assert [title for title, _who, _day in seen] == [
        "Utkast", "Egna besparingar prövas", "Granskas av ekonomen", "Beslutas av rådet",
    ]  # fmt: skip
    assert [who for _title, who, _day in seen] == [
        "Lungmedicin", "Drafting Group Norrbotten", "Economist Norrbotten", "Council Chair Norrbotten",
    ]  # fmt: skip
    assert [day for _title, _who, day in seen] == [None, answer, answer, answer]
    line = line_of(world, subject)
    assert [str(step.title) for step in line.steps][-1] == "Beviljad" and line.holder is None
    assert all(step.state == "done" for step in line.steps)
    assert (line.touched_by, line.touched_at.date()) == ("Council Chair Norrbotten", world.clock.today)


def test_the_steps_ahead_have_days_counted_from_the_answer(world: World) -> None:
    line = line_of(world, taken(world, written(world), ["submit"]))
    assert [(str(step.title or "svaret"), step.state, step.due) for step in line.steps] == [
        ("Utkast", "done", None),
        ("Egna besparingar prövas", "now", date(2026, 12, 3)),
        ("Granskas av ekonomen", "ahead", date(2026, 12, 11)),  # ten days before the answer is a Sunday
        ("Beslutas av rådet", "ahead", date(2026, 12, 23)),
        ("svaret", "ahead", date(2026, 12, 23)),
    ]


def test_what_is_to_be_put_right_is_told_until_it_is_handed_in_again(world: World) -> None:
    subject = taken(world, written(world), ["submit", "return_for_savings"], note="Bytet av omalizumab saknas.")
    line = line_of(world, subject)
    assert (line.to_fix, line.answer_by, line.late) == ("Bytet av omalizumab saknas.", None, False)
    world.clock.forward(days=10)
    subject = taken(world, subject, ["resubmit"])
    assert line_of(world, subject).to_fix is None
    assert line_of(world, subject).answer_by == date(2027, 1, 4), "thirty days on is a Saturday"


def test_a_late_answer_is_late_until_somebody_says_why(world: World) -> None:
    subject = taken(world, written(world), ["submit"])
    world.clock.forward(days=31)
    line = line_of(world, subject)
    assert (line.late, line.delay_reason) == (True, None)
    given = {"delay_reason": "LSG är kort om folk.", "answer_by": date(2027, 1, 15)}
    world.take(subject, "explain_delay_savings", LSG, region=NORRBOTTEN, given=given)
    line = line_of(world, subject)
    assert (line.late, line.delay_reason, line.answer_by) == (False, "LSG är kort om folk.", date(2027, 1, 15))
    now = next(step for step in line.steps if step.state == "now")
    assert now.due == date(2026, 12, 23), "the steps follow: twenty days before it is Boxing Day, so before Christmas"


# ------------------------------------------------------------------------------------- what grows out of one


def test_a_settled_application_is_renewed_and_linked(world: World) -> None:
    fund(world)
    old = taken(world, written(world), WAY)
    new = applications.follow_on(world.desk(HEAD, NORRBOTTEN), old.instance.id, "renew")
    facts = row(world, new)
    assert (facts.patients, facts.budget_reason) == (12, row(world, old).budget_reason)
    assert (facts.budget_year, facts.period_from, facts.need_by_month) == (None, None, None), "of another year"
    (saving,) = store.savings_of(world.session, new.instance.id)
    assert (saving.title, saving.confirmed_at) == (SAVING.title, None)
    assert [(link.kind, link.outgoing) for link in file_for(world, new).links] == [("renewed_from", True)]
    assert [(link.kind, link.outgoing) for link in file_for(world, old).links] == [("renewed_from", False)]
    with pytest.raises(Refused, match=new.number):
        applications.follow_on(world.desk(HEAD, NORRBOTTEN), old.instance.id, "renew")


def test_a_refusal_is_reconsidered_with_all_that_was_said(world: World) -> None:
    fund(world)
    old = taken(world, written(world), (*WAY[:3], "refuse"))
    new = applications.follow_on(world.desk(HEAD, NORRBOTTEN), old.instance.id, "reconsider", note="Nya uppgifter.")
    assert row(world, new).need_by_month == row(world, old).need_by_month
    assert taken(world, new, WAY, granted=1_200_000).instance.stage == "granted"


def test_of_what_was_granted_in_part_only_the_rest_is_asked_for_again(world: World) -> None:
    fund(world)
    old = taken(world, written(world), WAY[:3])
    old = decide(world, old, "grant_in_part", 700_000)
    new = applications.follow_on(world.desk(HEAD, NORRBOTTEN), old.instance.id, "reconsider")
    assert row(world, new).need_by_month is None and row(world, new).budget_year == YEAR


def test_nothing_grows_out_of_one_that_waits(world: World) -> None:
    subject = taken(world, written(world), ["submit"])
    with pytest.raises(Refused):
        applications.follow_on(world.desk(HEAD, NORRBOTTEN), subject.instance.id, "renew")


# ------------------------------------------------------------------------------------- Västra Götaland


def test_more_money_is_asked_for_within_a_decided_introduction(world: World) -> None:
    fund(world, region=VGR)
    case = put_case(world, "Introdumab", "follow_up", treating=("lung",), financed_until=date(2028, 12, 31))
    decide_case(world, case.instance.id, "approved")
    subject = begin(world, Concern(case.number), region=VGR, **need())
    subject = taken(world, subject, ["submit"], region=VGR)
    assert row(world, subject).answer_by == date(2027, 1, 7), "forty-five days on"
    subject = taken(world, subject, ["propose", "grant"], region=VGR)
    (given,) = grants.grants_of(world.session, case.instance.id)
    assert (given.budget_year, given.ceiling_ore) == (YEAR, 1_200_000 * KR)
    more = taken(world, begin(world, Concern(case.number), region=VGR, **need()), ["submit", "propose"], region=VGR)
    taken(world, more, ["grant"], region=VGR)
    (given,) = grants.grants_of(world.session, case.instance.id)
    assert given.ceiling_ore == 2_400_000 * KR, "a later need raises the ceiling that the administration has"


def introduced(world: World) -> Subject:
    """A decided introduction in Västra Götaland, with a fund for the year."""
    fund(world, region=VGR)
    case = put_case(world, "Introdumab", "follow_up", treating=("lung",), financed_until=date(2028, 12, 31))
    decide_case(world, case.instance.id, "approved")
    return case


def at_the_board(world: World, case: Subject, **said: Any) -> Subject:
    subject = begin(world, Concern(case.number), region=VGR, **need() | said)
    return taken(world, subject, ["submit", "propose"], region=VGR)


def test_money_for_other_months_can_be_claimed_for_those(world: World) -> None:
    case = introduced(world)
    for first, last in ((1, 6), (7, 12)):
        months = {f"{YEAR}-{month:02d}": 10_000 * KR for month in range(first, last + 1)}
        days = {"period_from": date(YEAR, first, 1), "period_to": date(YEAR, last, 30)}
        subject = at_the_board(world, case, need_by_month=months, **days)
        taken(world, subject, ["grant"], region=VGR, granted=60_000)
    (given,) = grants.grants_of(world.session, case.instance.id)
    assert (given.valid_from, given.valid_until) == (date(YEAR, 1, 1), date(YEAR, 12, 30))


def test_nothing_is_granted_into_an_amount_that_is_settled(world: World) -> None:
    case = introduced(world)
    taken(world, at_the_board(world, case), ["grant"], region=VGR)
    late = at_the_board(world, case)
    world.clock.forward(months=14)
    (given,) = grants.grants_of(world.session, case.instance.id)
    minutes = Minutes(world.clock.today, "Året är slut.")
    granting.settle(world.desk(ECONOMIST), given.id, minutes)
    with pytest.raises(Refused) as refused:
        taken(world, late, ["grant"], region=VGR)
    assert "slutavräknades" in told(refused)
    world.session.refresh(given)
    assert given.ceiling_ore == 0


def test_what_concerns_an_invented_case_is_invented_and_nothing_else_is(world: World) -> None:
    """Else it would go with the examples, or real money would be given to what is invented."""
    invented = put_case(world, "Påhittumab", "follow_up", treating=("lung",), example=True, region=NORRBOTTEN)
    real = put_case(world, "Verkligumab", "follow_up", treating=("lung",), region=NORRBOTTEN)
    made = begin(world, Concern(invented.number))
    assert row(world, made).example
    for subject, number in ((made, real.number), (begin(world), invented.number)):
        with pytest.raises(InvalidInput) as refused:
            applications.concerns(world.desk(HEAD, NORRBOTTEN), subject.instance.id, Concern(number))
        assert fields(refused) == {"case_number"}


def test_not_without_a_case_and_not_before_it_is_decided(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        begin(world, NO_CASE, region=VGR)
    assert fields(refused) == {"case_number"}
    case = put_case(world, "Obeslutumab", treating=("lung",))
    subject = begin(world, Concern(case.number), region=VGR, **need())
    with pytest.raises(Refused) as undecided:
        world.take(subject, "submit", HEAD)
    assert case.number in told(undecided)


def test_each_region_has_its_own_way(world: World) -> None:
    ways: dict[str, Definition] = {
        slug: applications.process_of(world.desk(HEAD, slug), world.regions[slug]) for slug in (NORRBOTTEN, VGR)
    }
    assert "savings_examined" in ways[NORRBOTTEN].action_named("finish_savings").needs
    assert not any("savings_examined" in action.needs for action in ways[VGR].action)
    assert {a.body for a in ways[VGR].action if a.record} == {"board"}
