"""Invented applications for extra money, for the demonstration: in every state, and more of them than there is money.

Each is written, examined, reviewed and decided through the ordinary services, by the people who do that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from introduction.domain.calendar import STOCKHOLM, add_months, is_working_day
from introduction.domain.money import split
from introduction.domain.process.definition import Action
from introduction.domain.roles import LOCAL_ROLES, Role
from introduction.examples import past_reminders
from introduction.examples.application_stories import NORRBOTTEN_STORIES, VGR_STORIES, Story
from introduction.examples.people import NORRBOTTEN, VGR, Cast
from introduction.services import application_compared, application_order, applications, own_savings, steps
from introduction.services.applications import Concern
from introduction.services.desk import Desk
from introduction.services.own_savings import Told
from introduction.services.subjects import Subject
from introduction.store import application as store
from introduction.store.application import FundingApplication
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.medicine import Medicine
from introduction.store.region import by_slug
from introduction.store.unit import units_of

_TKR = 100_000
#: From October on a clinic applies for the next year: its budget is set.
_NEXT_YEAR_FROM = 10


def add_applications(desk: Desk) -> int:
    """Add the invented applications, unless there are any. Returns how many."""
    invented = FundingApplication.__table__.c.example
    if desk.session.scalars(select(FundingApplication).where(invented).limit(1)).first() is not None:
        return 0
    told: list[tuple[str, Story]] = [(NORRBOTTEN, story) for story in NORRBOTTEN_STORIES]
    told += [(VGR, story) for story in VGR_STORIES]
    teller = _Teller(desk, Cast(desk))
    for slug, story in sorted(told, key=lambda one: -one[1].begun):
        try:
            teller.tell(slug, story)
        except Exception as error:
            error.add_note(f"in the application for {story.medicine}, {slug}")
            raise
    teller.put_in_order()
    past_reminders.let_pass(desk)
    return len(told)


def budget_year(today: date) -> int:
    """The year that the examples are for."""
    return today.year + (today.month >= _NEXT_YEAR_FROM)


@dataclass
class _Teller:
    desk: Desk
    cast: Cast

    def tell(self, slug: str, story: Story) -> None:
        """Take an application as far as its story goes."""
        subject = self._write(slug, story)
        for ago, action in story.steps:
            self._take(slug, story, subject.instance.id, ago, action)

    def put_in_order(self) -> None:
        """The council of Norrbotten puts those that wait in the order of the stories."""
        region_id, year = by_slug(self.desk.session, NORRBOTTEN).id, budget_year(self.desk.today)
        acting = self._at(1, Role.COUNCIL_CHAIR, NORRBOTTEN)
        waiting = application_order.see(acting, region_id, year).saved_order
        by_medicine = {
            line.row.medicine: line.row.number for line in application_order.see(acting, region_id, year).lines
        }
        told = dict.fromkeys(story.medicine for story in NORRBOTTEN_STORIES)  # one has applied for this year too
        order = [by_medicine[medicine] for medicine in told if medicine in by_medicine]
        application_order.place(acting, region_id, year, order, waiting)

    def _write(self, slug: str, story: Story) -> Subject:
        desk = self._at(story.begun, Role.HEAD_OF_UNIT, slug, story.unit)
        concern, unit_id = self._concern(slug, story)
        subject = applications.start(desk, unit_id or self._unit(slug, story.unit), concern, example=True)
        first, last = self._period(story)
        need_tkr, patients = self._need(slug, story, subject, (first, last))
        months = [f"{first.year}-{month:02d}" for month in range(first.month, 13)]
        need = [thousands * _TKR for thousands in split(need_tkr, [1] * len(months))]
        given = {
            "budget_year": first.year,
            "patients": patients,
            "period_from": first,
            "period_to": last,
            "need_by_month": dict(zip(months, need, strict=True)),
            "budget_reason": story.why,
            "without_it": story.without,
            "no_savings_reason": story.no_savings or None,
        }
        applications.save(desk, subject.instance.id, {key: value for key, value in given.items() if value is not None})
        for title, tkr, state, reason in story.savings:
            by_day = date(first.year, 9, 30)
            told = Told(title, tkr * _TKR, "Verksamhetschefen", "Nio av tio patienter", by_day, state, reason)
            own_savings.add(desk, subject.instance.id, told)
        return subject

    def _need(self, slug: str, story: Story, subject: Subject, period: tuple[date, date]) -> tuple[int, int]:
        """What is asked for in tkr, and for how many: a part of what is computed, to the ten thousand kronor."""
        economist = self._at(0, Role.ECONOMIST, slug)
        found = application_compared.computed(economist, applications.row_of(subject), *period)
        if found is None:
            return story.need_tkr, story.patients
        return max(_part(found.ore // _TKR, story.asks), 10), max(round(found.patients * story.asks / 100), 1)

    def _take(self, slug: str, story: Story, application_id: int, ago: int, action: str) -> None:
        instance = self.desk.session.get_one(Instance, application_id)
        definition = self.desk.catalogue.get(instance.definition_id, instance.definition_version)
        drawn = definition.action_named(action)
        desk = self._at(ago, drawn.by[0], slug, story.unit)
        if action == "finish_savings":
            for saving in store.savings_of(desk.session, application_id):
                own_savings.confirm(desk, saving.id)
        need_tkr = self.desk.session.get_one(FundingApplication, application_id).need_ore // _TKR
        values = {
            "review": story.review,
            "proposed_ore": _part(need_tkr, story.proposed) * _TKR,
            "delay_reason": story.delay,
            "answer_by": self.desk.today + timedelta(days=12),
        }
        given = {key: values[key] for key in (*drawn.asks, *drawn.may)}
        record = self._record(slug, story, drawn, desk.today, need_tkr) if drawn.record else {}
        note = story.note if drawn.note == "required" else ""
        steps.take(desk, application_id, action, given=given, record=record, note=note)

    def _record(self, slug: str, story: Story, drawn: Action, day: date, need_tkr: int) -> dict[str, Any]:
        """The decision as its minutes tell it; a board's paragraphs have numbers, a council's have none."""
        number = 1000 + story.need_tkr % 997
        told: dict[str, Any] = {
            "decided_on": day,
            "registry_number": f"{'RN' if slug == NORRBOTTEN else 'RS'} {day.year}/{number}",
            "reasons": story.reasons,
        }
        if slug != NORRBOTTEN:
            told["section"] = f"§ {30 + number % 40}"
        if drawn.outcome != "refused":
            told |= {"granted_ore": _part(need_tkr, story.granted) * _TKR, "conditions": story.conditions or None}
        return told

    def _concern(self, slug: str, story: Story) -> tuple[Concern, int | None]:
        """What it is about, and the unit where the story leaves it to the case."""
        region_id = by_slug(self.desk.session, slug).id
        case = self._case(region_id, story) if not story.no_case else None
        if case is not None:
            return Concern(case.public_number), None if story.unit else case.own_unit_id
        return Concern("", story.medicine, story.indication, story.no_case), None

    def _case(self, region_id: int, story: Story) -> Case | None:
        of = Case.__table__.c
        query = (
            select(Case)
            .join(Medicine, Medicine.id == of.medicine_id)
            .where(of.region_id == region_id, of.example, Medicine.name == story.medicine)
        )
        return self.desk.session.scalars(query.order_by(of.id).limit(1)).first()

    def _unit(self, slug: str, name: str) -> int:
        region_id = by_slug(self.desk.session, slug).id
        return next(unit.id for unit in units_of(self.desk.session, region_id, self.desk.today) if unit.name == name)

    def _period(self, story: Story) -> tuple[date, date]:
        """From the first of a month, or of January, to the end of the year."""
        today, year = self.desk.today, budget_year(self.desk.today)
        if story.months_ago:
            first = add_months(today.replace(day=1), -story.months_ago)
            return first, date(first.year, 12, 31)
        month = 1 if year > today.year else today.month + 1
        return date(year, month, 1), date(year, 12, 31)

    def _at(self, ago: int, role: Role, slug: str, unit: str = "") -> Desk:
        day = self.desk.today - timedelta(days=ago)
        while not is_working_day(day):
            day -= timedelta(days=1)
        moment = datetime.combine(day, time(10), STOCKHOLM)
        by = self.cast.playing(role, slug, unit if role in LOCAL_ROLES else None)
        return replace(self.desk, by=by, operator=False, now=min(self.desk.now, moment))


def _part(thousands: int, percent: int) -> int:
    """So many per cent of an amount, in whole tens."""
    return round(thousands * percent / 1000) * 10
