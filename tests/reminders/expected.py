"""What should have been sent: a second, simpler reading of workflows/README.md, from the diary and the TOML files.

It keeps no timers. For each time the worker woke it asks of each rule and each day since it last woke: does this day
belong to the rule, and has what it speaks of stood the whole time since? It knows days off, and nothing else of the
program.
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from introduction.domain.calendar import STOCKHOLM, is_working_day
from introduction.domain.process.definition import Definition
from introduction.domain.process.loading import Catalogue
from introduction.domain.process.region import Region
from introduction.domain.process.timing import Distance, ProcessReminder, Remind
from introduction.domain.roles import LOCAL_ROLES, Role
from tests.reminders.diary import Deed, Diary, Due, Mandate, Snooze, Staff, State

SWEDEN = ZoneInfo("Europe/Stockholm")
SIX, SEVEN = time(6), time(7)
DAY = timedelta(days=1)
APART = ("escalation", "decision")


@dataclass(frozen=True)
class Sent:
    """A notice that reached somebody: what it is about, who was told in whose stead, and when it went and how."""

    about: tuple[object, ...]  #: the case or region, the rule, and the row or day that it is for
    speaks_of: date | None
    person: int
    instead_of: int | None
    kind: str
    told: datetime
    mailed: datetime
    collected: bool


@dataclass(frozen=True)
class Acted:
    """Something that the clock did, or was not let to do."""

    at: datetime
    instance_id: int
    action: str
    day: date


# ------------------------------------------------------------------------------------- days


WORKING = [date(2026, 1, 1) + n * DAY for n in range(365 * 8) if is_working_day(date(2026, 1, 1) + n * DAY)]


def moved(day: date, unit: str, count: int) -> date:
    """The day so many days, working days or months on."""
    if unit == "days":
        return day + count * DAY
    if unit == "working_days":
        if count == 0:
            return day
        place = bisect_right(WORKING, day) - 1 if count > 0 else bisect_left(WORKING, day)
        return WORKING[place + count]
    months = day.year * 12 + day.month - 1 + count
    for last in range(day.day, 0, -1):
        try:
            return date(months // 12, months % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def length(distance: Distance) -> tuple[str, int]:
    """Unit and count of a distance in a file."""
    given = {"days": distance.days, "working_days": distance.working_days, "months": distance.months}
    [found] = [(unit, count) for unit, count in given.items() if count is not None]
    return found


@functools.cache
def days_of(rule: Remind, base: date) -> frozenset[date]:
    """The days on which a rule reminds of a day."""
    unit, count = length(rule)
    first = moved(base, unit, count)
    near = first
    while near not in _working():
        near += DAY if count > 0 else -DAY
    found = {near}
    if rule.again is not None:
        unit, count = rule.again.offset.unit, rule.again.offset.count
        for times in range(1, 500):
            later = moved(first, unit, count * times)
            if later > WORKING[-300]:
                break
            found.add(WORKING[bisect_left(WORKING, later)])
    return frozenset(found)


@functools.cache
def _working() -> frozenset[date]:
    return frozenset(WORKING)


def on(day: date, hour: time) -> datetime:
    """An hour of a day in Sweden."""
    return datetime.combine(day, hour, SWEDEN).astimezone(UTC)


def today(moment: datetime) -> date:
    """The day in Sweden."""
    return moment.astimezone(SWEDEN).date()


#: What the clock says by itself, which waits for the office to open.
BY_CLOCK = {"reminder", "escalation"}


def office_hour(tick: datetime) -> datetime:
    """The moment itself between seven and five on a working day; else the next morning's mail."""
    local = tick.astimezone(STOCKHOLM)
    return tick if is_working_day(local.date()) and 7 <= local.hour < 17 else mail_day(tick)


def mail_day(moment: datetime) -> datetime:
    """The next seven o'clock on a working day."""
    day = today(moment)
    while day not in _working() or on(day, SEVEN) < moment:
        day += DAY
    return on(day, SEVEN)


# ------------------------------------------------------------------------------------- people


@dataclass(frozen=True)
class Matter:
    """Whose something is."""

    region_id: int | None
    role: Role
    person: int | None
    units: tuple[int, ...]
    state: State | None


class Book:
    """Who is told, on a day and with the people there were."""

    def __init__(
        self, staff: Staff, day: date, regions: Mapping[int, Region], nation: Region, parents: Mapping[int, int | None]
    ) -> None:
        self.staff, self.regions, self.nation, self.parents = staff, regions, nation, parents
        self.held = [
            m for m in staff.mandates
            if m.person in staff.active and m.first <= day and (m.last is None or day <= m.last)
        ]  # fmt: skip
        self.away = {who: other for who, other, first, last in staff.absences if first <= day <= last}
        self.national = next((key for key, region in regions.items() if region.id == "national"), None)

    def reached(self, person: int, region_id: int | None) -> bool:
        """Somebody who has a role there can be told."""
        return any(m.person == person and region_id in (None, m.region_id) for m in self.held)

    def with_role(self, region_id: int | None, role: Role, units: Iterable[int]) -> set[int]:
        """Everybody with a role; of a local one those nearest to each unit."""
        having = [m for m in self.held if m.role == role]
        if region_id is not None:
            having = [m for m in having if m.region_id == region_id]
        else:
            having = [m for m in having if m.region_id == self.national] or having
        if role not in LOCAL_ROLES:
            return {m.person for m in having}
        return {person for unit in units for person in self._nearest(having, unit)}

    def _nearest(self, having: list[Mandate], unit: int | None) -> set[int]:
        if unit is None:
            return set()
        return {m.person for m in having if m.unit_id == unit} or self._nearest(having, self.parents[unit])

    def line(self, region_id: int | None, role: Role) -> Role:
        """Who comes after a role."""
        own = (self.regions[region_id] if region_id is not None else self.nation).next_in_line
        usual = {
            Role.NOMINATOR: Role.HEAD_OF_UNIT,
            Role.COUNCIL_MEMBER: Role.COUNCIL_CHAIR,
            Role.COORDINATOR: Role.ADMINISTRATOR,
            Role.ADMINISTRATOR: Role.ADMINISTRATOR,
        }
        return own.get(role, usual.get(role, Role.COORDINATOR))

    def told(self, matter: Matter, to: str | None) -> tuple[dict[int, int | None], int | None]:
        """Who is told, each with whom one stands in for; and somebody who should have been but cannot be reached."""
        named, role = matter.person, matter.role
        if to is not None:
            named, role = self._named(matter, to)
        lost = named if named is not None and not self.reached(named, matter.region_id) else None
        people = {named} if named is not None and lost is None else self._down_the_line(matter, role, lost)
        stands_in = {}
        for person in people:
            other = self.away.get(person)
            if other is not None and self.reached(other, matter.region_id):
                stands_in[person] = other
        answer: dict[int, int | None] = {person: None for person in people if person not in stands_in}
        for person, other in stands_in.items():
            answer.setdefault(other, person)
        return answer, lost

    def _named(self, matter: Matter, to: str) -> tuple[int | None, Role]:
        state = matter.state
        if to == "owner":
            return (state.owner_id if state else None), Role.COORDINATOR
        if to == "contact_person":
            return (state.contact_id if state else None), Role.COORDINATOR
        if to == "unit_head":
            return None, Role.HEAD_OF_UNIT
        if to == "next_in_line":
            return None, self.line(matter.region_id, matter.role)
        return None, Role(to)

    def _down_the_line(self, matter: Matter, role: Role, but: int | None) -> set[int]:
        nominating = (matter.state.nominating_unit_id if matter.state else None) or None
        asked: set[Role] = set()
        while role not in asked:
            asked.add(role)
            units = matter.units or ((nominating,) if nominating else ())
            if role == Role.NOMINATOR and nominating:
                units = (nominating,)
            people = self.with_role(matter.region_id, role, units) - {but}
            if people:
                return people
            role = self.line(matter.region_id, role)
        return set()


# ------------------------------------------------------------------------------------- what is told


@dataclass
class Waiting:
    """Something told that has not gone yet."""

    sent: Sent
    region_id: int | None
    goes: datetime
    due: tuple[int, int, date] | None = None  #: case, due date and its day: it must still hold as the mail goes


@dataclass
class Expectation:
    """Goes through the diary and tells what should have been sent and done."""

    diary: Diary
    catalogue: Catalogue
    region_ids: Mapping[str, int]
    parents: Mapping[int, int | None]
    sent: list[Sent] = field(default_factory=list)
    acted: list[Acted] = field(default_factory=list)
    refused: list[Acted] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)  #: how often each special thing came up
    _waiting: list[Waiting] = field(default_factory=list)
    _told: set[tuple[object, ...]] = field(default_factory=set)
    _tried: dict[tuple[int, str, date], datetime] = field(default_factory=dict)
    _mailed: set[tuple[int, date]] = field(default_factory=set)
    _sweeps: list[tuple[datetime, dict[tuple[int, str, str], date]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.regions = {key: self.catalogue.regions[slug] for slug, key in self.region_ids.items()}
        self._staff_since = [staff.since for staff in self.diary.staff]

    def work_out(self) -> Expectation:
        """Go through every time the worker woke."""
        deeds = sorted((deed for deed in self.diary.deeds), key=lambda deed: deed.at)
        place, before = 0, datetime(2026, 1, 1, tzinfo=UTC)
        for tick in self.diary.ticks:
            self._act(tick)
            while place < len(deeds) and deeds[place].at <= tick:
                self._deed(deeds[place])
                place += 1
            self._sweep(tick)
            for region_id in self.regions:
                self._region(region_id, before, tick)
            for states in self.diary.states.values():
                self._case(states, before, tick)
            self._mail(tick)
            before = tick
        return self

    def book(self, moment: datetime) -> Book:
        """The people of a moment."""
        staff = self.diary.staff[bisect_right(self._staff_since, moment) - 1]
        return Book(staff, today(moment), self.regions, self.catalogue.regions["national"], self.parents)

    def definition(self, state: State) -> Definition:
        """The process of a case."""
        return self.catalogue.get(*state.definition)

    def opening(self, state_or_region: Region, day: date) -> datetime:
        """When a region's office opens."""
        hhmm = state_or_region.value("office_opens", day)
        return on(day, time(hhmm // 100, hhmm % 100))

    def _goes_off(self, region: Region, rule: Remind | None, day: date) -> datetime:
        if rule is not None and rule.at is not None:
            return on(day, time(rule.at // 100, rule.at % 100))
        return self.opening(region, day)

    def _days_since(self, region: Region, rule: Remind | None, before: datetime, tick: datetime) -> Iterator[date]:
        """The working days whose hour has come since the worker last woke."""
        day = today(before)
        while day <= today(tick):
            if day in _working() and before < self._goes_off(region, rule, day) <= tick:
                yield day
            day += DAY

    def _tell(
        self,
        tick: datetime,
        about: tuple[object, ...],
        kind: str,
        people: Mapping[int, int | None],
        region_id: int | None,
        *,
        speaks_of: date | None = None,
        fell_due: datetime | None = None,
        due: tuple[int, int, date] | None = None,
    ) -> None:
        book = self.book(tick)
        for person, away in people.items():
            if (about, person) in self._told:
                continue
            self._told.add((about, person))
            self.seen["in somebody's stead"] += away is not None
            at_once = person in book.staff.at_once and kind != "digest"
            collected = kind not in APART and not at_once
            goes = mail_day(fell_due or tick) if collected else office_hour(tick) if kind in BY_CLOCK else tick
            sent = Sent(about, speaks_of, person, away, kind, tick, tick, collected)
            self._waiting.append(Waiting(sent, region_id, goes, due))

    # --------------------------------------------------------------------------------- due dates and anchors

    def _case(self, states: list[State], before: datetime, tick: datetime) -> None:
        now = at_moment(states, tick)
        if now is None:
            return
        definition = self.definition(now)
        region = self.catalogue.region_of(definition)
        for due, name, rule in [(one, *named) for one in now.dues.values() for named in rules_of(definition, one)]:
            for day in self._days_since(region, rule, before, tick):
                if throughout(states, self._goes_off(region, rule, day), tick, reminds(due.id, rule, day)):
                    self._due(now, due, name, rule, day, tick)
                    break
        for reminder in definition.reminder:
            for day in self._days_since(region, reminder, before, tick):
                says = functools.partial(self._base, reminder, day)
                if throughout(states, self._goes_off(region, reminder, day), tick, says):
                    self._anchored(now, reminder, day, tick)
                    break
        for snooze in self.diary.snoozes:
            if snooze.instance_id == now.id:
                self._again(states, snooze, before, tick)

    def _due(self, now: State, due: Due, name: str, rule: Remind, day: date, tick: datetime) -> None:
        if rule.unless_acknowledged and any(
            (due_id, on_day) == (due.id, due.on) and at <= tick for at, due_id, on_day in self.diary.acknowledged
        ):
            self.seen["acknowledged, so not escalated"] += 1
            return
        self._remind(now, due, self._matter(now, due, tick), rule, (now.id, name, due.id, None, day), tick)

    def _again(self, states: list[State], snooze: Snooze, before: datetime, tick: datetime) -> None:
        now = states[bisect_right([s.since for s in states], tick) - 1]
        region = self.catalogue.region_of(self.definition(now))
        day = WORKING[bisect_left(WORKING, snooze.to)]
        if not before < self.opening(region, day) <= tick:
            return
        if not throughout(states, snooze.at, tick, lambda state: snooze.due_id in state.dues):
            self.seen["put off, and done meanwhile"] += 1
            return
        if any(snooze.replaced_by(other) and other.at <= tick for other in self.diary.snoozes):
            self.seen["put off again"] += 1
            return
        due = now.dues[snooze.due_id]
        matter = replace(self._matter(now, due, tick), person=snooze.person)
        self.seen["put off"] += 1
        self._remind(now, due, matter, None, (now.id, "snooze", due.id, snooze.person, day), tick)

    def _remind(
        self, now: State, due: Due, matter: Matter, rule: Remind | None, about: tuple[object, ...], tick: datetime
    ) -> None:
        region = self.catalogue.region_of(self.definition(now))
        day = about[-1]
        assert isinstance(day, date)
        self._to(
            now, matter, rule.to if rule else None, about, rule.kind if rule else "reminder", tick,
            speaks_of=due.on, fell_due=self._goes_off(region, rule, day), due=(now.id, due.id, due.on),
        )  # fmt: skip

    def _to(
        self,
        now: State,
        matter: Matter,
        to: str | None,
        about: tuple[object, ...],
        kind: str,
        tick: datetime,
        **more: Any,
    ) -> None:
        """Tell whom a rule means, and the coordinator when somebody named could not be reached."""
        book = self.book(tick)
        people, lost = book.told(matter, to)
        self._tell(tick, about, kind, people, now.region_id, **more)
        if lost is not None and people:
            self.seen["somebody could not be reached"] += 1
            coordinators, _lost = book.told(replace(matter, person=None), Role.COORDINATOR)
            self._tell(tick, (*about, "unreachable", lost), "digest", coordinators, now.region_id, **more)

    def _matter(self, now: State, due: Due, tick: datetime) -> Matter:
        task = now.tasks.get(due.task_id or 0)
        if task is not None:
            units = (task.unit_id,) if task.unit_id is not None else now.units
            return Matter(now.region_id, task.role, task.assignee_id, units, now)
        role = self.definition(now).stage_named(due.name).owner or Role.COORDINATOR
        book = self.book(tick)
        holds = now.owner_id in book.with_role(now.region_id, role, ())
        return Matter(now.region_id, role, now.owner_id if holds else None, now.units, now)

    def _base(self, reminder: ProcessReminder, day: date, state: State) -> date | None:
        """The day that a process's reminder speaks of on a day, where it holds; None when it says nothing then."""
        definition = self.definition(state)
        stage = definition.stage_named(state.stage)
        holds = stage.id in reminder.stages if reminder.stages else stage.kind != "end"
        if not holds:
            return None
        return next((base for base in self._bases(state, reminder.after) if day in days_of(reminder, base)), None)

    def _bases(self, state: State, after: str) -> list[date]:
        region = self.catalogue.region_of(self.definition(state))
        if after == "round_cut_offs":
            days = [date(y, r.month, r.day) for y in range(2026, 2033) for r in region.round]
            return sorted(day for day in days if day >= state.entered)
        if after == "next_year_rounds":
            start, until = state.dates["introduction_start"], state.dates["financed_until"]
            years = range(start.year, until.year) if start and until else range(0)
            return [date(y, r.month, r.day) for y in years for r in region.round if r.decides_next_year]
        anchor = {"watch_end": "watch_until", "reassess_by": "reassess_by"}[after]
        known = state.dates[anchor]
        return [known] if known else []

    def _anchored(self, now: State, reminder: ProcessReminder, day: date, tick: datetime) -> None:
        if reminder.unless:
            assert reminder.unless == ("next_year_granted",)
            if today(tick).year + 1 in now.granted:
                self.seen["money granted, so not reminded"] += 1
                return
        region = self.catalogue.region_of(self.definition(now))
        self.seen[reminder.id] += 1
        about = (now.id, f"reminder:{reminder.id}", None, None, day)
        more: dict[str, Any] = {
            "speaks_of": self._base(reminder, day, now),
            "fell_due": self._goes_off(region, reminder, day),
        }
        self._to(now, self._of_stage(now), reminder.to, about, reminder.kind, tick, **more)

    def _of_stage(self, now: State, person: int | None = None) -> Matter:
        role = self.definition(now).stage_named(now.stage).owner or Role.COORDINATOR
        return Matter(now.region_id, role, person, now.units, now)

    # --------------------------------------------------------------------------------- what people do

    def _deed(self, deed: Deed) -> None:
        at, kind, state = deed.at, deed.kind, deed.after
        content, by = deed.content, deed.by
        about = (state.id, "told", deed.seq)
        book = self.book(at)
        if kind == "action_taken":
            action = self.definition(state).action_named(content["action"])
            told: dict[int, int | None] = {}
            for to in action.tells:
                for person, away in book.told(self._of_stage(state), to)[0].items():
                    told.setdefault(person, away)
            told = {person: away for person, away in told.items() if person != by}
            self._tell(at, about, "decision" if action.record == "decision" else "told", told, state.region_id)
        if kind in ("task_assigned", "owner_changed"):
            person = content["changes"]["assignee" if kind == "task_assigned" else "owner"][1]
            if person is None or person == by:
                return
            people, _lost = book.told(Matter(state.region_id, Role.COORDINATOR, person, state.units, state), None)
            task_id = content.get("task_id")
            speaks_of = next((due.on for due in state.dues.values() if task_id and due.task_id == task_id), None)
            self._tell(at, about, "told", people, state.region_id, speaks_of=speaks_of)

    # --------------------------------------------------------------------------------- what the clock does

    def _act(self, tick: datetime) -> None:
        for states in self.diary.states.values():
            now = at_moment([s for s in states if s.since < tick], tick)
            if now is None or now.closed:
                continue
            for action in self.definition(now).action:
                sources = action.from_
                if action.clock is None or now.stage not in sources:
                    continue
                day = self._clock_day(now, action.clock.at.after, length(action.clock.at))
                if day is not None and on(day, SIX) <= tick:
                    self._try(states, now, action.id, day, tick)

    def _clock_day(self, now: State, after: str, distance: tuple[str, int]) -> date | None:
        until = now.dates["financed_until"]
        base = {
            "stage_entered": now.entered,
            "introduction_end": until,
            "handover_begins": self._handover(now, until) if until else None,
        }[after]
        return max(moved(base, *distance), now.entered) if base else None

    def _handover(self, now: State, until: date) -> date:
        """Half a year before the financing ends, but not after the budget work for the first year without it opens."""
        region = self.catalogue.region_of(self.definition(now))
        months, opens = (region.value(key, until) for key in ("handover_months_before_end", "budget_calendar_opens"))
        year = (until + DAY).year - 1
        return min(moved(until, "months", -months), date(year, opens // 100, opens % 100))

    def _try(self, states: list[State], now: State, action: str, day: date, tick: datetime) -> None:
        last = self._tried.get((now.id, action, day))
        if last is not None and not any(last < s.since < tick for s in states):
            return
        self._tried[now.id, action, day] = tick
        found = Acted(tick, now.id, action, day)
        if self._allowed(now, action, today(tick)):
            self.acted.append(found)
            return
        if last is None:
            self.refused.append(found)
        self.seen["the clock tried again"] += last is not None
        people, _lost = self.book(tick).told(self._of_stage(now), Role.COORDINATOR)
        about = (now.id, f"action:{action}", None, None, day)
        self._tell(tick, about, "escalation", people, now.region_id, speaks_of=day)

    def _allowed(self, now: State, action: str, day: date) -> bool:
        start, until = now.dates["introduction_start"], now.dates["financed_until"]
        if action == "begin_handover":
            early = now.outcome == "hand_over_early"
            in_time = until is None or early or self._handover(now, until) <= day
            goes_on = now.outcome != "stop"
            return start is not None and until is not None and start < until and in_time and goes_on
        if action == "hand_over":
            confirmed = bool(now.units) and all(now.answers.get(unit) == "confirmed" for unit in now.units)
            return confirmed and now.concluded and (until is None or until < day)
        assert action == "begin_watch"
        return not any(task.left for task in now.tasks.values())

    # --------------------------------------------------------------------------------- what belongs to no case

    def _sweep(self, tick: datetime) -> None:
        if not self._sweeps or tick - self._sweeps[-1][0] >= timedelta(hours=1):
            self._sweeps.append((tick, self._occasions(tick)))

    def _occasions(self, moment: datetime) -> dict[tuple[int, str, str], date]:
        """All that a region may be reminded of at a moment, with the day that it counts from."""
        book, found = self.book(moment), {}
        for m in book.staff.mandates:
            if m.person in book.staff.active and m.last is not None and m.last >= today(moment):
                found[m.region_id, "mandate_ends", f"mandate:{m.id}"] = m.last
        opened: dict[tuple[int, int], list[date]] = {}
        for states in self.diary.states.values():
            now = at_moment(states, moment)
            if now is not None and not now.closed and now.region_id is not None:
                for unit in now.units:
                    opened.setdefault((now.region_id, unit), []).append(now.opened)
        for (region_id, unit), days in opened.items():
            if not book.with_role(region_id, Role.HEAD_OF_UNIT, [unit]):
                ended = [
                    m.last for m in book.staff.mandates
                    if m.unit_id == unit and m.role == Role.HEAD_OF_UNIT and m.last and m.last < today(moment)
                ]  # fmt: skip
                found[region_id, "unit_without_head", f"unit:{unit}"] = max([min(days), *ended])
        return found

    def _region(self, region_id: int, before: datetime, tick: datetime) -> None:
        region, now = self.regions[region_id], self._occasions(tick)
        for reminder in region.reminder:
            for key, base in now.items():
                if key[:2] != (region_id, reminder.about):
                    continue
                for day in self._days_since(region, reminder, before, tick):
                    goes = self._goes_off(region, reminder, day)
                    earlier = [found for at, found in self._sweeps if at <= goes][-1:]
                    later = [found for at, found in self._sweeps if at > goes]
                    known = bool(earlier) and all(
                        key in found and day in days_of(reminder, found[key]) for found in (*earlier, *later)
                    )
                    if known and day in days_of(reminder, base):
                        self.seen[reminder.id] += 1
                        people, _lost = self.book(tick).told(
                            Matter(region_id, Role.COORDINATOR, None, (), None), reminder.to
                        )
                        about = (region_id, f"region:{reminder.id}", key[2], day)
                        self._tell(tick, about, reminder.kind, people, region_id, speaks_of=base, fell_due=goes)
                        break

    # --------------------------------------------------------------------------------- mails

    def _mail(self, tick: datetime) -> None:
        day, failed = today(tick), []
        apart = [w for w in self._waiting if not w.sent.collected and w.goes <= tick]
        for one in apart:
            failed += self._post([one], tick)
        self._waiting = [w for w in self._waiting if w not in apart]
        if day in _working() and tick >= on(day, SEVEN):
            ripe = [w for w in self._waiting if w.goes <= tick and w.sent.collected]
            for person in sorted({w.sent.person for w in ripe}):
                theirs = [w for w in ripe if w.sent.person == person]
                if (person, day) in self._mailed:
                    self.seen["a second collecting mail put off to the next day"] += 1
                    for w in theirs:
                        w.goes = mail_day(on(day, SEVEN) + timedelta(seconds=1))
                    continue
                self._mailed.add((person, day))
                failed += self._post(theirs, tick)
                self._waiting = [w for w in self._waiting if w not in theirs]
        for mail in failed:
            self._not_delivered(mail, tick)

    def _post(self, mail: list[Waiting], tick: datetime) -> list[list[Waiting]]:
        """Send what still holds. Returns the mail when its reader can no longer be reached."""
        holds = [w for w in mail if self._still_holds(w, tick)]
        self.seen["done or moved before the mail went"] += len(mail) - len(holds)
        if holds and holds[0].sent.person not in self.book(tick).staff.active:
            return [mail]
        self.sent += [replace(w.sent, mailed=tick) for w in holds]
        return []

    def _still_holds(self, one: Waiting, tick: datetime) -> bool:
        if one.due is None or one.sent.kind == "told":
            return True
        case, due_id, was = one.due
        now = at_moment(self.diary.states[case], tick)
        return now is not None and due_id in now.dues and now.dues[due_id].on == was

    def _not_delivered(self, mail: list[Waiting], tick: datetime) -> None:
        person = mail[0].sent.person
        if all(one.sent.about[0] == "undelivered" for one in mail):
            return
        self.seen["undelivered"] += 1
        for region_id in {one.region_id for one in mail}:
            matter = Matter(region_id, Role.COORDINATOR, None, (), None)
            people, _lost = self.book(tick).told(matter, Role.COORDINATOR)
            self._tell(tick, ("undelivered", region_id, person, tick, len(mail)), "digest", people, region_id)


# ------------------------------------------------------------------------------------- how things stood


def at_moment(states: list[State], moment: datetime) -> State | None:
    """How a case stood at a moment; None before it was opened."""
    place = bisect_right(states, moment, key=lambda state: state.since)
    return states[place - 1] if place else None


def throughout(states: list[State], first: datetime, last: datetime, holds: Callable[[State], object]) -> bool:
    """True when something held of a case at a moment, and after each change until another."""
    begun = at_moment(states, first)
    return begun is not None and all(holds(s) for s in (begun, *(s for s in states if first < s.since <= last)))


def reminds(due_id: int, rule: Remind, day: date) -> Callable[[State], bool]:
    """That a due date waits and that a rule reminds of it on a day."""
    return lambda state: due_id in state.dues and day in days_of(rule, state.dues[due_id].on)


def rules_of(definition: Definition, due: Due) -> list[tuple[str, Remind]]:
    """The reminders of a due date: its own, else the process's; none of a milestone."""
    if due.kind == "milestone":
        return []
    if due.kind == "stage":
        own = definition.stage_named(due.name).remind
    else:
        tasks = [*definition.task, *(task for stage in definition.stage for task in stage.task)]
        own = next(task.remind for task in tasks if task.id == due.name)
    if own:
        return [(f"{due.kind}:{due.name}:{n}", rule) for n, rule in enumerate(own)]
    return [(f"default:{n}", rule) for n, rule in enumerate(definition.remind)]
