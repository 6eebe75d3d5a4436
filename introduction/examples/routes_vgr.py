"""How the invented cases of Västra Götaland go: the route and its days, who treats, the money and the reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from introduction.domain.calendar import add_months
from introduction.domain.money import split
from introduction.domain.process.loading import Catalogue
from introduction.examples.invented_medicines import ROUND_TO_ORE, costs_ore, medicines
from introduction.examples.people import VGR
from introduction.examples.script import Example, Route, Step, along, days_since, do, first_of_month, granted

PROCESS = "vastra_gotaland.new_medicine"
SU, NU, SKAS, SAS = (
    "Sahlgrenska Universitetssjukhuset",
    "NU-sjukvården",
    "Skaraborgs Sjukhus",
    "Södra Älvsborgs Sjukhus",
)
FINANCED_MONTHS = 24

TO_BOARD: Route = (
    ("qualify", 14),
    ("rank", 20),
    ("start_analysis", 3),
    ("finish_analysis", 18),
    ("forward_proposal", 8),
    ("refer_to_board", 6),
)
APPROVED: Route = (*TO_BOARD, ("approve", 17))
#: From the decision to the first day of the introduction, and how long after that the start is recorded.
_SETUP_DAYS, _START_NOTED = 38, 6
_SLOW_BY = 40  #: days after the others

#: Administration → the operation there that treats, and its share of the money.
Places = dict[str, tuple[str, int]]
BLOOD: Places = {SU: ("Hematologi, Sahlgrenska", 5), NU: ("Medicin, NÄL", 2), SAS: ("Medicin, Borås", 2)}
BLOOD_CENTRE: Places = {SU: ("Hematologi, Sahlgrenska", 1)}
GUT: Places = {SU: ("Mag- och tarmsjukvård, Östra", 5), NU: ("Medicin, NÄL", 2), SKAS: ("Medicin, Kärnsjukhuset", 2)}
MEDICINE: Places = {
    NU: ("Medicin, NÄL", 3),
    SKAS: ("Medicin, Kärnsjukhuset", 2),
    SAS: ("Medicin, Borås", 2),
}
CANCER: Places = {SU: ("Onkologi, Sahlgrenska", 6), NU: ("Onkologi, NÄL", 2), SAS: ("Onkologi, Borås", 2)}
NERVES: Places = {SU: ("Neurologi, Sahlgrenska", 5), SKAS: ("Neurologi, Kärnsjukhuset", 2)}
NERVES_WEST: Places = {**NERVES, NU: ("Medicin, NÄL", 2)}
CHILDREN: Places = {SU: ("Barnmedicin, Drottning Silvia", 1)}
SKIN: Places = {SU: ("Hudsjukvård, Sahlgrenska", 5), SAS: ("Medicin, Borås", 2)}


def _when(steps: Sequence[Step], action: str) -> int:
    """How many days ago an action was taken; -1 when it was not."""
    return next((step.ago for step in steps if step.what == action), -1)


class Told:
    """Builds the region's scripts for one day of loading."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self._definition, self._today = catalogue.latest(PROCESS), today

    def before(
        self, medicine: str, steps: Sequence[Step], unit: str = "", *, advice: str = "", **facts: Any
    ) -> Example:
        """A case told step by step."""
        owner = Step(max(step.ago for step in steps), "own", by="Karin" if len(medicine) % 3 else "Sara")
        first, *rest = steps
        return Example(
            f"vgr/{medicine.lower()}", PROCESS, medicine, (first, owner, *rest), unit, {**facts}, advice=advice
        )

    def nominated(
        self, medicine: str, unit: str, action: str, ago: int, *more: Step, route: Route = APPROVED, **facts: Any
    ) -> Example:
        """A case nominated by a unit, along the route to an action, then on by more steps."""
        names = [name for name, _days in route]
        steps = along(self._definition, "nomination", route[: names.index(action) + 1], ago)
        return self.before(medicine, (*steps, *more), unit, **facts)

    def introduced(
        self,
        medicine: str,
        unit: str,
        places: Places,
        began_months_ago: int,
        reports: Sequence[int],
        *more: Step,
        to_year_end: bool = False,
        slow: str = "",
        money_waits: bool = False,
        **facts: Any,
    ) -> Example:
        """A case whose financed introduction began on the first of a month, with the reports of some months in.

        It is financed for two years, or to the end of the third budget year. Where ``money_waits``, nothing is granted
        for the next year yet.
        """
        start = first_of_month(self._today, -began_months_ago)
        whole = add_months(start, FINANCED_MONTHS) - timedelta(days=1)
        until = date(start.year + 2, 12, 31) if to_year_end else whole
        began = days_since(self._today, start)
        route = (*APPROVED, ("start_introduction", _SETUP_DAYS + _START_NOTED))
        steps = along(self._definition, "nomination", route, began - _START_NOTED)
        granted_until = min(until, date(self._today.year, 12, 31)) if money_waits else until
        steps += self._money(medicine, places, start, granted_until, more)
        steps += self.reports(medicine, places, start, reports, slow)
        known = {
            "introduction_start": start,
            "financed_until": until,
            "treating_units": tuple(unit for unit, _share in places.values()),
            "contact_person_id": "Sara Holm",
            **facts,
        }
        return self.before(medicine, (*steps, *more), unit, **known)

    def _money(self, medicine: str, places: Places, start: date, until: date, then: Sequence[Step]) -> list[Step]:
        """Each budget year's money is a decision of its own: the first for the start, the others each autumn."""
        began = days_since(self._today, start)
        handover = _when(then, "begin_handover")
        over = max(_when(then, "hand_over"), _when(then, "end_early"), 0)
        steps = self._shares(medicine, places, start.year, 0, began + 9, "divide_money")
        for number, year in enumerate(range(start.year + 1, until.year + 1), start=1):
            autumn = days_since(self._today, date(year - 1, 11, 5))
            ago = min(autumn, began - _START_NOTED - 2)
            if ago > over:
                action = "grant_next_year" if ago > handover else "grant_last_year"
                steps += self._shares(medicine, places, year, min(number, 2), ago, action)
                steps.append(do(ago, "money_second_year" if number == 1 else "money_third_year"))
        return steps

    def _shares(self, medicine: str, places: Places, year: int, number: int, ago: int, action: str) -> list[Step]:
        total = costs_ore(medicines()[medicine], VGR)[number]
        parts = split(total // ROUND_TO_ORE, [share for _unit, share in places.values()])
        return [
            granted(ago, administration, year, part * ROUND_TO_ORE, action)
            for administration, part in zip(places, parts, strict=True)
        ]

    def reports(self, medicine: str, places: Places, start: date, months: Sequence[int], slow: str = "") -> list[Step]:
        """What each unit reports after some months: more and more patients have begun, a few have stopped.

        The ``slow`` unit treats far fewer than the others, and reports three weeks after the due date.
        """
        steps = []
        patients = medicines()[medicine].patients(VGR)
        for month in months:
            opened = add_months(start, month)
            ago = days_since(self._today, opened) - 12
            begun = split(patients * min(month + 3, 15) // 15, [share for _unit, share in places.values()])
            for (unit, _share), started in zip(places.values(), begun, strict=True):
                stopped = started * month // 100
                counts = {
                    "period_end": opened - timedelta(days=1),
                    "patients_started": started,
                    "patients_continuing": started - stopped,
                    "patients_stopped": stopped,
                }
                late = {"pace": 20} if unit == slow else {}
                came = max(ago - _SLOW_BY, 0) if unit == slow else ago
                steps.append(Step(came, "report", f"report_month_{month}", counts | late, unit=unit))
        return steps

    def proposed(self, ago: int, places: Places, *units: str, room_percent: int = 100) -> list[Step]:
        """The economist proposes room in units' budgets: so many per cent of what is forecast."""
        comment = "Resten väntas rymmas när två äldre läkemedel får generika." if room_percent < 100 else None
        values = {"room_percent": room_percent, "comment": comment}
        return [Step(ago, "confirm", "propose_room", values, unit=unit) for unit in units or _treating(places)]

    def confirmed(self, ago: int, places: Places, *units: str, objection: str = "") -> list[Step]:
        """Units answer at the handover; the economist has proposed room for each a week before."""
        answer = {"answer": "objection" if objection else "confirmed", "comment": objection or None}
        return [
            *self.proposed(ago + 7, places, *units, room_percent=60 if objection else 100),
            *(Step(ago, "confirm", "confirm_responsibility", answer, unit=unit) for unit in units or _treating(places)),
        ]


def _treating(places: Places) -> list[str]:
    return [unit for unit, _share in places.values()]
