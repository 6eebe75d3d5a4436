"""What a medicine came to in a unit and month: reading what is typed, judging it, and protecting small counts.

Counts and sums only; nothing about one patient. Cost is the gross cost of the new medicine: list price, without VAT.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.swedish import clean

LONGEST_SOURCE = 200
MOST_PATIENTS = 1_000_000
#: Thousandths: a thousand million mg, doses or months.
MOST_QUANTITY = 10**12
#: So many times what the plan has for the whole region in a month is asked about before it is taken in.
DOUBTFUL = 100
#: Counts below this, but not nought, are hidden from those who do not work with the case.
SMALL = 5

#: What a file calls each field, in the order of its columns.
FILE_COLUMNS = {
    "case": "arende",
    "unit": "enhet",
    "month": "manad",
    "patients": "patienter",
    "quantity": "mangd",
    "cost": "kostnad_kr",
    "source": "kalla",
}
#: Year (with or without its century), month, day (or a day of a coordination number), and four figures.
_PERSONAL_NUMBER = re.compile(
    r"(?<!\d)(?:\d{2})?(\d{2}(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01]))[-+]?(\d{4})(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_BLANK = re.compile(r"[\s\u00a0\u202f]")


@dataclass(frozen=True)
class Given:
    """A unit's month, as it is typed or read. ``quantity_milli`` is thousandths of what the analysis counts."""

    month: date  #: its first day
    patients: int
    quantity_milli: int
    cost_ore: int
    source: str = ""


@dataclass(frozen=True)
class Usual:
    """The most that the plan has in a month for the whole region; what outcomes are judged by."""

    patients: float
    quantity_milli: float
    cost_ore: float


# ------------------------------------------------------------------------------------- reading what is typed


def parse_month(text: str) -> date:
    """The first day of a month written as 2026-09, 202609, 2026-09-01 or september 2026. Raises Refused."""
    typed = text.strip().lower()
    year = month = 0
    if found := re.fullmatch(r"(\d{4})-?(\d{2})(?:-\d{2})?", typed):
        year, month = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"([a-zåäö]{3,9})\.?\s+(\d{4})", typed):
        name = found[1][:3]
        year, month = int(found[2]), _MONTHS.index(name) + 1 if name in _MONTHS else 0
    if not (1990 <= year <= 2100 and 1 <= month <= 12):
        raise Refused(say("Skriv månaden med år och månad, till exempel 2026-09"))
    return date(year, month, 1)


def parse_count(text: str) -> int:
    """How many patients: a whole number, not negative. "1.000" could be a thousand, and is refused. Raises Refused."""
    typed = _BLANK.sub("", text)
    if not re.fullmatch(r"\d{1,7}(?:[,.]0{1,2})?", typed):
        raise Refused(say("Skriv antalet patienter som ett heltal från noll och uppåt, till exempel 12"))
    return int(re.split("[,.]", typed)[0])


def parse_quantity(text: str) -> int:
    """A quantity with at most three decimals, in thousandths: "1 234,5" is 1 234 500. Not negative.

    A decimal point is taken too, unless three figures follow it: "1.250" could be both. Raises Refused.
    """
    typed = _BLANK.sub("", text)
    found = re.fullmatch(r"(\d{1,9})(?:,(\d{1,3})|\.(\d{1,2}))?", typed)
    if found is None:
        raise Refused(say("Skriv ett tal från noll och uppåt med högst tre decimaler, till exempel 12,5"))
    decimals = found[2] or found[3] or ""
    return int(found[1]) * 1000 + int(decimals.ljust(3, "0"))


def text_of_quantity(milli: int) -> str:
    """A quantity as it is typed: ``12,5``, with the decimals that it has."""
    whole, rest = divmod(milli, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{whole},{decimals}" if decimals else str(whole)


# ------------------------------------------------------------------------------------- judging it


def accept(given: Given, today: date) -> Given:
    """The given month with its source cleaned. Raises InvalidInput with what cannot be, field by field."""
    source = " ".join(clean(given.source).split())
    problems: list[tuple[str, Message]] = []
    if given.month >= today.replace(day=1):
        problems.append(("month", say("Månaden är inte slut än. Skriv en månad som har gått")))
    if not 0 <= given.patients <= MOST_PATIENTS:
        problems.append(
            ("patients", say("Skriv antalet patienter som ett heltal från noll och uppåt, till exempel 12"))
        )
    if not 0 <= given.quantity_milli <= MOST_QUANTITY:
        problems.append(("quantity", say("Skriv en mängd från noll och uppåt, till exempel 12,5")))
    if not source:
        problems.append(("source", say("Skriv varifrån uppgiften kommer, till exempel läkemedelsstatistiken")))
    if any(_adds_up(found[1] + found[2]) for found in _PERSONAL_NUMBER.finditer(source)):
        problems.append(("source", say("Det ser ut som ett personnummer. Här får inga uppgifter om patienter stå")))
    if len(source) > LONGEST_SOURCE:
        problems.append(("source", say("Skriv högst {longest} tecken", longest=LONGEST_SOURCE)))
    if problems:
        raise InvalidInput(*problems)
    return Given(given.month, given.patients, given.quantity_milli, given.cost_ore, source)


def _adds_up(figures: str) -> bool:
    """True when the last of ten figures is the check digit of a personal identity number."""
    doubled = (int(figure) * (2 - at % 2) for at, figure in enumerate(figures))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def doubts(given: Given, usual: Usual | None) -> list[tuple[str, Message]]:
    """What may be right but is so odd that somebody must say so, field by field."""
    found: list[tuple[str, Message]] = []
    if given.cost_ore < 0:
        found.append(("cost", say("Kostnaden är negativ. Kontrollera den, och bekräfta om den stämmer")))
    if given.cost_ore > 0 and given.patients == 0 and given.quantity_milli == 0:
        found.append(
            ("patients", say("Det finns en kostnad men inga patienter. Kontrollera, och bekräfta om det stämmer"))
        )
    if usual is None:
        return found
    far = say(
        "Mer än hundra gånger så mycket som hela regionen har i prognosen. Kontrollera, och bekräfta om det stämmer"
    )
    judged = (
        ("patients", given.patients, usual.patients),
        ("quantity", given.quantity_milli, usual.quantity_milli),
        ("cost", given.cost_ore, usual.cost_ore),
    )
    return found + [(key, far) for key, value, most in judged if most > 0 and value > DOUBTFUL * most]


class Doubtful(InvalidInput):
    """Nothing is impossible, but somebody must say that it is right before it is taken in."""


@dataclass(frozen=True)
class Fault:
    """A fault in a file: the row (the heading is row 1), the field or what its column is called, and what to write."""

    row: int
    field: str
    what: Message

    @property
    def column(self) -> str:
        """What the file calls the column; empty for a fault of the whole row."""
        return FILE_COLUMNS.get(self.field, self.field)


class BadFile(Refused):
    """A file that cannot be taken in; every fault that was found is listed, by row."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        places = {field: place for place, field in enumerate(FILE_COLUMNS)}
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.row, places.get(fault.field, -1))))
        super().__init__(
            *(
                say("Rad {row}, {column}: {what}", row=f.row, column=f.column, what=f.what)
                if f.column
                else say("Rad {row}: {what}", row=f.row, what=f.what)
                for f in self.faults
            )
        )


# ------------------------------------------------------------------------------------- all units together


@dataclass(frozen=True)
class Reported:
    """A unit's month as it stands, by the number of the month (months since year 0)."""

    unit_id: int
    month: int
    patients: int
    quantity_milli: int
    cost_ore: int


@dataclass(frozen=True)
class Actual:
    """What a case came to in a month, in all units together. ``missing`` units have reported before, but not this."""

    cost: int
    patients: int
    quantity: float
    missing: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """True when every unit that has begun to report has reported the month."""
        return not self.missing


def month_number(day: date) -> int:
    """The months since year 0, as in the budget-impact model."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month given as months since year 0."""
    return date(month // 12, month % 12 + 1, 1)


def together(rows: Sequence[Reported], ended: Mapping[int, int]) -> dict[int, Actual]:
    """The units' months added up, by month. ``ended`` has the last month of units that are no more.

    A unit is waited for from the first month that it has reported: what it has not reported is not known to be nought.
    """
    begun: dict[int, int] = {}
    of_month: dict[int, dict[int, Reported]] = {}
    for row in rows:
        begun[row.unit_id] = min(row.month, begun.get(row.unit_id, row.month))
        of_month.setdefault(row.month, {})[row.unit_id] = row
    return {
        month: Actual(
            cost=sum(row.cost_ore for row in found.values()),
            patients=sum(row.patients for row in found.values()),
            quantity=sum(row.quantity_milli for row in found.values()) / 1000,
            missing=tuple(
                unit for unit, first in begun.items() if first <= month <= ended.get(unit, month) and unit not in found
            ),
        )
        for month, found in sorted(of_month.items())
    }


# ------------------------------------------------------------------------------------- small counts


def hidden_small(counts: Sequence[int], limit: int = SMALL) -> list[int | None]:
    """Counts as strangers may see them beside their sum: None for those of 1 to ``limit`` - 1 and what gives them away.

    Whoever knows the sum can take what is shown from it. So others are hidden too, until at least two are, and what
    they make together is no small count and leaves more than one answer. Where no more can be hidden the sum may not
    be shown either; see ``shown_sum``. Which others are hidden depends on where they stand and not on how large they
    are, since that would tell something of them to whoever knows the rule; noughts are hidden last.
    """
    hidden = {at for at, count in enumerate(counts) if 0 < count < limit}
    first = min(hidden, default=0)
    others = [at % len(counts) for at in range(first, first + len(counts)) if at % len(counts) not in hidden]
    others.sort(key=lambda at: counts[at] == 0)
    while hidden and others and not _safe(counts, hidden, limit):
        hidden.add(others.pop(0))
    return [None if at in hidden else count for at, count in enumerate(counts)]


def shown_sum(counts: Sequence[int], limit: int = SMALL) -> int | None:
    """The sum of the counts, None where it would give away what ``hidden_small`` hides."""
    hidden = {at for at, count in enumerate(hidden_small(counts, limit)) if count is None}
    return sum(counts) if not hidden or _safe(counts, hidden, limit) else None


def gives_away(hidden: Sequence[int], limit: int = SMALL) -> bool:
    """True when the sum of hidden counts leaves only one answer, or is a small count itself."""
    one_answer = set(hidden) in ({1}, {limit - 1})  # the least, or the most, that so many small counts can make
    return len(hidden) < 2 or sum(hidden) < limit or one_answer


def _safe(counts: Sequence[int], hidden: set[int], limit: int) -> bool:
    return not gives_away([counts[at] for at in hidden], limit)
