"""Claims on the invented introductions' money: a clinic's months, reviewed, sent to the ledger and paid.

Everything happens on its day: claims come in after their period, the economist reviews them after a week, a file goes
to the ledger each month and its receipt comes some days later. What is too new for that waits.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select

from introduction.documents.ledger_file import amount as written
from introduction.documents.wording import tell
from introduction.domain.calendar import STOCKHOLM, add_months, is_working_day
from introduction.domain.ledger import CONTROL, RECEIPT_COLUMNS
from introduction.domain.messages import Month
from introduction.domain.roles import Person, Right, Role, Scope, can
from introduction.examples import past_reminders
from introduction.examples.people import NORRBOTTEN, VGR, Cast
from introduction.services import attachments, claim_ground, claims, ledger, results, steps
from introduction.services.desk import Desk
from introduction.store import ledger as ledger_store
from introduction.store import payer_change as payers
from introduction.store import unit as units
from introduction.store.application import FundingApplication
from introduction.store.case import Case, treating_unit_ids
from introduction.store.claim import Claim
from introduction.store.grant import GrantRow
from introduction.store.region import by_slug
from introduction.store.unit import Unit

#: The most claims in a region, and how many of the newest wait for the economist.
MOST, WAITING = 44, {VGR: 7, NORRBOTTEN: 2}
_MONTHS_BACK = 9
#: Days from a period's end to the claim, from the claim to the review, and from a file to its receipt.
_HANDED_IN, _REVIEWED, _BOOKED = 9, 8, 6
_FILE_ON = 25
#: So many days ago the last claims were approved: those that are in no file, those in the last file, and that file.
_NO_FILE, _IN_FILE, _LAST_FILE = 1, 6, 4
#: What a clinic claims of a year's ceiling in a month, in thousandths; and the price where no analysis tells it.
_SHARE, _PRICE = 62, 1_250_000
_EXPLAINED = "Priset följer avtalet som gällde när läkemedlet köptes. Det är högre än i beräkningen."


@dataclass(frozen=True)
class Place:
    """Who claims on which grant: a unit with somebody who may, and what a unit of the medicine costs in öre."""

    grant: GrantRow
    unit: Unit
    by: Person
    price_ore: int
    days: tuple[date, date]


@dataclass
class _Diary:
    """What is to happen, each on its day, in order."""

    desk: Desk
    region: str
    files: Path
    cast: Cast
    planned: list[tuple[date, int, Callable[[Desk], None]]] = field(default_factory=list)

    @property
    def region_id(self) -> int:
        """The region."""
        return by_slug(self.desk.session, self.region).id

    def plan(self, day: date, what: Callable[[Desk], None]) -> None:
        """Let something happen on a day, or the last working day before it; nothing before that day is over."""
        while not is_working_day(day):
            day -= timedelta(days=1)
        if day < self.desk.today:
            self.planned.append((day, len(self.planned), what))

    def live(self) -> None:
        """Let it all happen."""
        on_day: Counter[date] = Counter()
        for day, _at, what in sorted(self.planned, key=lambda one: one[:2]):
            minute = 9 * 60 + 4 * on_day[day]
            on_day[day] += 1
            moment = datetime.combine(day, time(minute // 60, minute % 60), STOCKHOLM)
            what(replace(self.desk, now=moment, operator=False))

    @property
    def economist(self) -> Person:
        """Who reviews and sends."""
        return self.cast.playing(Role.ECONOMIST, self.region)

    def plan_files(self) -> None:
        """Let a file go to the ledger each month, and its receipt come some days later."""
        for months in range(_MONTHS_BACK, -1, -1):
            day = add_months(self.desk.today.replace(day=1), -months).replace(day=_FILE_ON)
            self.plan(day, self._send)
            self.plan(day + timedelta(days=_BOOKED), self._book)
        self.plan(self.desk.today - timedelta(days=_LAST_FILE), self._send)

    def _send(self, acting: Desk) -> None:
        """A file of what is approved, where there is anything."""
        desk = replace(acting, by=self.economist)
        if any(each.example for each in ledger.waiting(desk, self.region_id)):
            ledger.export(desk, self.region_id, example=True)

    def _book(self, acting: Desk) -> None:
        """The ledger answers the files that wait."""
        desk = replace(acting, by=self.economist)
        for file in sorted(ledger.files(desk, self.region_id), key=lambda one: one.number):
            if file.example and file.received_at is None and (acting.now - file.made_at).days >= _BOOKED - 2:
                rows = [
                    f"{file.number};{line.claim_number};{written(line.amount_ore)};V {88000 + line.id};{acting.today}"
                    for line in ledger_store.lines_of(desk.session, file.id)
                ]
                last = f"{CONTROL};{file.lines};{written(file.sum_ore)}"
                content = "\r\n".join([";".join(RECEIPT_COLUMNS), *rows, last])
                ledger.receive(desk, self.region_id, content.encode())


def add_claims(desk: Desk, files: Path | None) -> int:
    """Add the invented claims where there are none, with evidence in the folder ``files``. Returns how many.

    Without a folder there is nowhere to keep evidence, and no claim is added.
    """
    if files is None or desk.session.scalar(select(Claim.id).limit(1)) is not None:
        return 0
    added = 0
    for region in (VGR, NORRBOTTEN):
        diary = _Diary(desk, region, files, Cast(desk))
        found = list(_periods(desk, _places(desk, region)))
        for number, (place, first, last) in enumerate(found[-MOST:]):
            _Story(diary, place, first, last, number, newest=len(found[-MOST:]) - number).plan()
        diary.plan_files()
        diary.live()
        added += len(found[-MOST:])
    past_reminders.let_pass(desk)
    return added


# ------------------------------------------------------------------------------------- who claims what


def _places(desk: Desk, region: str) -> list[Place]:
    """Every unit with somebody who may claim, on each grant of the last two years that it may claim on."""
    region_id, cast, found = by_slug(desk.session, region).id, Cast(desk), []
    query = select(GrantRow).where(GrantRow.fund_id.is_not(None), GrantRow.settled_on.is_(None))
    query = query.where(GrantRow.budget_year.in_((desk.today.year - 1, desk.today.year)), GrantRow.ceiling_ore > 0)
    for grant in desk.session.scalars(query.order_by(GrantRow.id)):
        case = desk.session.get(Case, grant.case_id) if grant.case_id is not None else None
        of = case or desk.session.get_one(FundingApplication, grant.application_id)
        if of.region_id != region_id or not of.example:
            continue
        if case is not None and not claim_ground.is_planned(desk, case.id):
            continue
        wanted = treating_unit_ids(desk.session, case.id) if case is not None else [of.own_unit_id or 0]
        below = units.below(desk.session, [grant.unit_id or 0])
        price = results.unit_price_ore(desk, case.id) if case is not None else None
        for unit in (desk.session.get_one(Unit, unit_id) for unit_id in wanted if unit_id in below):
            people = [cast.playing(role, region, unit.name) for role in (Role.HEAD_OF_UNIT, Role.NOMINATOR)]
            scope = Scope(region_id, frozenset({unit.id}))
            able = [person for person in people if can(person, Right.CLAIM, scope) is None]
            if able and _reaches(grant, price or _PRICE):
                days = _days(desk, grant, case, unit)
                found.append(Place(grant, unit, able[0], price or _PRICE, days))
    return found


def _reaches(grant: GrantRow, price_ore: int) -> bool:
    """Whether a month's part of a grant is enough for one dose."""
    return grant.ceiling_ore * (_SHARE - 8) // 1000 >= price_ore * 115 // 100


def _days(desk: Desk, grant: GrantRow, case: Case | None, unit: Unit) -> tuple[date, date]:
    """The days whose costs the fund pays."""
    first, last = claim_ground.days_of(grant, case)
    own = payers.own_since(desk.session, case.id, unit.id) if case is not None else None
    return first, min(last, own - timedelta(days=1)) if own is not None else last


def _periods(desk: Desk, places: list[Place]) -> Iterator[tuple[Place, date, date]]:
    """The months of each place that have ended, oldest first; every third place claims for two months at a time."""
    found = []
    for at, place in enumerate(places):
        months = 2 if at % 3 == 2 else 1
        first = max(place.days[0], add_months(desk.today.replace(day=1), -_MONTHS_BACK))
        while True:
            last = add_months(first.replace(day=1), months) - timedelta(days=1)
            if last > min(place.days[1], desk.today - timedelta(days=_HANDED_IN)):
                break
            found.append((place, first, last))
            first = last + timedelta(days=1)
    yield from sorted(found, key=lambda one: (one[2], one[0].grant.id, one[0].unit.id))


# ------------------------------------------------------------------------------------- what happens to one


@dataclass
class _Story:
    """A claim: ``number`` counts from the oldest, ``newest`` from the newest (1)."""

    diary: _Diary
    place: Place
    first: date
    last: date
    number: int
    newest: int
    claim_id: int = 0

    def plan(self) -> None:
        """Plan what happens to it, each on its day."""
        handed_in = self.last + timedelta(days=_HANDED_IN + self.number % 3)
        self.diary.plan(handed_in, self.open)
        if self.newest == 2:
            return  # is a draft still
        self.diary.plan(handed_in, self.hand_in)
        if self.newest == self.waiting + 9:
            self.diary.plan(handed_in + timedelta(days=1), self.take_back)
            return
        reviewed = handed_in + timedelta(days=_REVIEWED)
        if self.newest == 12:
            self.diary.plan(reviewed, self.give_back)
        elif self.newest > self.waiting:
            late = _NO_FILE if self.newest <= self.waiting + 4 else _IN_FILE if self.newest <= self.waiting + 7 else 0
            self.diary.plan(self.diary.desk.today - timedelta(days=late) if late else reviewed, self.approve)
        if self.newest == self.waiting + 10:
            self.diary.plan(reviewed + timedelta(days=20), self.correct)

    @property
    def waiting(self) -> int:
        """How many of the newest wait for the economist."""
        return WAITING[self.diary.region]

    @property
    def months(self) -> int:
        """How many months it is for."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def dearer(self) -> int:
        """What a unit costs, in per cent of what the analysis says; now and then so much that it must be explained."""
        return 115 if self.number % 11 == 5 else 100 + self.number % 5

    @property
    def quantity(self) -> int:
        """How many doses or months on treatment, of a part of the grant; more in some months than in others."""
        share = _SHARE + (self.number * 7) % 17 - 8
        part = self.place.grant.ceiling_ore * self.months * share // 1000
        return max(part * 4 * 100 // (3 * self.dearer * self.place.price_ore), 1)

    @property
    def new_ore(self) -> int:
        """What that costs, in whole hundreds of kronor."""
        return self.quantity * self.place.price_ore * self.dearer // 100 // 10_000 * 10_000

    @property
    def extra_ore(self) -> int:
        """What is claimed: a quarter was saved on the treatment before."""
        return self.new_ore - self.new_ore // 4 // 10_000 * 10_000

    def open(self, acting: Desk) -> None:
        """The clinic fills it in and attaches a printout."""
        new = self.new_ore
        given = {
            "period_from": self.first,
            "period_to": self.last,
            "basis": "requisition",
            "patients": max(self.quantity // self.months, 1),
            "quantity_milli": self.quantity * 1000,
            "gross_new_ore": new,
            "gross_displaced_ore": new - self.extra_ore,
            "explanation": _EXPLAINED if self.dearer == 115 else None,
        }
        made = claims.start(replace(acting, by=self.place.by), self.place.grant.id, self.place.unit.id, given=given)
        self.claim_id = made.instance.id
        rows = [
            "Påhittat exempel;Belopp",
            f"{self.place.unit.name} {self.first} {self.last}, nytt läkemedel;{written(new)}",
            f"{made.number}, har fallit bort;{written(self.extra_ore - new)}",
        ]
        content = io.BytesIO("\r\n".join(rows).encode())
        desk, name = replace(acting, by=self.place.by), f"Utskrift {tell(Month(self.last), 'sv')}.csv"
        attachments.add(desk, self.claim_id, name, content, files=self.diary.files)

    def hand_in(self, acting: Desk) -> None:
        """The clinic hands it in."""
        self._take(acting, "submit", self.place.by)

    def take_back(self, acting: Desk) -> None:
        """The clinic finds that the period is wrong."""
        note = "Perioden är fel. Vi rekvirerar på nytt när fakturan är rättad."
        steps.take(replace(acting, by=self.place.by), self.claim_id, "withdraw", note=note)

    def give_back(self, acting: Desk) -> None:
        """The economist wants to know more."""
        note = "Underlaget gäller hela kliniken. Bifoga en utskrift för enheten och perioden."
        steps.take(replace(acting, by=self.diary.economist), self.claim_id, "return_claim", note=note)

    def approve(self, acting: Desk) -> None:
        """The economist approves it, now and then a part."""
        given: dict[str, object] = {"approved_ore": self.extra_ore}
        if self.number % 13 == 6:
            given["approved_ore"] = self.extra_ore * 9 // 10
            given["assessment"] = "En leverans i underlaget ligger utanför perioden och är inte medräknad."
        self._take(acting, "approve", self.diary.economist, given)

    def correct(self, acting: Desk) -> None:
        """The clinic takes back what was returned to the pharmacy."""
        less = self.extra_ore // 10 // 10_000 * 10_000
        why = "Två förpackningar återlämnades oöppnade till sjukhusapoteket efter periodens slut."
        made = claims.correct(replace(acting, by=self.place.by), self.claim_id, less, why)
        steps.take(replace(acting, by=self.place.by), made.instance.id, "submit")

    def _take(self, acting: Desk, action: str, by: Person, given: dict[str, object] | None = None) -> None:
        steps.take(replace(acting, by=by), self.claim_id, action, given=given)
