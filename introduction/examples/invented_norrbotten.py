"""The invented cases of Norrbotten, many of them about the same medicines as in Västra Götaland: one in each stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from introduction.domain.calendar import add_months
from introduction.domain.process.loading import Catalogue
from introduction.examples.invented_medicines import medicines
from introduction.examples.people import NORRBOTTEN
from introduction.examples.script import (
    Example,
    Route,
    Step,
    along,
    days_since,
    do,
    first_of_month,
    noted,
    said,
    take,
)

PROCESS = "norrbotten.new_medicine"
MEDICINE, NERVES, CANCER = "Medicin, Sunderbyn", "Neurologi, Sunderbyn", "Onkologi, Sunderbyn"

_TO_COUNCIL: Route = (("submit_to_committee", 18), ("submit_to_council", 12))
_APPROVED: Route = (*_TO_COUNCIL, ("approve", 10))
_LINE_DAYS, _START_NOTED = 34, 6


class _Told:
    """Builds the region's scripts for one day of loading."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self._definition, self._today = catalogue.latest(PROCESS), today

    def before(
        self, medicine: str, steps: Sequence[Step], unit: str = "", *, advice: str = "", **facts: Any
    ) -> Example:
        """A case told step by step."""
        first, *rest = steps
        owner = Step(first.ago, "own", by="Anna")
        return Example(
            f"norrbotten/{medicine.lower()}", PROCESS, medicine, (first, owner, *rest), unit, {**facts}, advice=advice
        )

    def prepared(
        self, medicine: str, unit: str, action: str, ago: int, *more: Step, route: Route = _APPROVED, **facts: Any
    ) -> Example:
        """A nominated case, along the route to an action, then on by more steps."""
        names = [name for name, _days in route]
        steps = along(self._definition, "nomination", route[: names.index(action) + 1], ago)
        return self.before(medicine, (*steps, *more), unit, **facts)

    def introduced(
        self, medicine: str, unit: str, began_months_ago: int, reports: Sequence[int], *more: Step, **facts: Any
    ) -> Example:
        """A case whose introduction began on the first of a month, with the reports of some months in."""
        start = first_of_month(self._today, -began_months_ago)
        route = (*_APPROVED, ("start_introduction", _LINE_DAYS + _START_NOTED))
        steps = along(self._definition, "nomination", route, days_since(self._today, start) - _START_NOTED)
        patients = medicines()[medicine].patients(NORRBOTTEN)
        for month in reports:
            opened = add_months(start, month)
            counts = {
                "period_end": opened - timedelta(days=1),
                "patients_started": patients,
                "patients_continuing": patients - patients * month // 100,
                "patients_stopped": patients * month // 100,
            }
            ago = days_since(self._today, opened) - 12
            steps.append(Step(ago, "report", f"report_month_{month}", counts, unit=unit))
        known = {"introduction_start": start, "treating_units": (unit,), **_LINE, **facts}
        return self.before(medicine, (*steps, *more), unit, **known)


_LINE: dict[str, Any] = {
    "implementation_manager": "Verksamhetschefen för Medicin, Sunderbyn",
    "contact_person_id": "Mikael Forsberg",
}
_NOT_FOLLOWED: dict[str, Any] = {
    "adherence": "partly",
    "adherence_comment": "Gällivare och Sunderbyn använder läkemedlet olika. Var tredje patient står utanför beslutet.",
}


def cases(catalogue: Catalogue, today: date) -> list[Example]:
    """Every invented case of the region, as its script from the day of loading."""
    told = _Told(catalogue, today)
    return [*_early(told), *_decided(told, today), *_followed(told, today), *_ended(told, today)]


def _early(told: _Told) -> list[Example]:
    return [
        told.before("Myravigen", [Step(16, "start", "horizon_scan"), do(12, "describe_candidate")]),
        told.before(
            "Judrasoran",
            [Step(80, "start", "horizon_scan"), do(75, "describe_candidate"), take(61, "await_advice")],
        ),
        told.before(
            "Bretozanib",
            [
                Step(17, "start", "nomination"),
                do(16, "register"),
                do(13, "describe_use"),
                do(9, "declare_conflicts"),
                noted(6, "Mikael", "Onkologin i Umeå behandlar redan våra patienter. Hör dem."),
            ],
            CANCER,
        ),
        told.before(
            "Nordivumab",
            [
                Step(38, "start", "nomination"),
                do(36, "register"),
                take(
                    8, "return_for_completion", "Merkostnaden saknas. Skriv också hur många som byter från tabletter."
                ),
            ],
            MEDICINE,
        ),
        told.before(
            "Lumarisept",
            [
                Step(47, "start", "recommendation"),
                do(45, "register"),
                do(40, "describe_use"),
                do(36, "consider_regional_preparation", regional_preparation=True),
                take(30, "prepare_in_health_care_region", "Sjukdomen är vanligare i norr än i övriga landet."),
                said(12, "Mikael", "Skellefteåsjukan gör att vi vill ha samma kriterier som Västerbotten."),
            ],
            advice="hospital/lumarisept",
        ),
        told.prepared(
            "Osmerafen",
            CANCER,
            "submit_to_committee",
            11,
            do(6, "describe_consequence"),
            do(4, "hear_drug_committee"),
        ),
        told.prepared(
            "Celavedotin",
            CANCER,
            "submit_to_council",
            9,
            do(5, "declare_council_conflicts"),
            advice="hospital/celavedotin",
        ),
        told.prepared(
            "Tivorastat",
            MEDICINE,
            "postpone",
            44,
            said(40, "Anna", "Rådet vill veta vad provtagningen kräver av hälsocentralerna."),
            route=(*_TO_COUNCIL, ("postpone", 10)),
        ),
    ]


def _decided(told: _Told, today: date) -> list[Example]:
    return [
        told.prepared(
            "Korvetamig",
            MEDICINE,
            "approve",
            15,
            do(11, "name_manager"),
            do(8, "name_units"),
            noted(5, "Anna", "Vårdplatser för upptrappningen är inte klara. Startdatum väntar på divisionen."),
            advice="hospital/korvetamig",
            treating_units=(MEDICINE,),
            **_LINE,
        ),
        told.introduced("Sorvelimab", MEDICINE, 7, [6]),
        told.introduced("Bastenkimab", MEDICINE, 7, [], noted(7, "Mikael", "Rapporten efter sex månader saknas.")),
    ]


def _followed(told: _Told, today: date) -> list[Example]:
    began = {months: days_since(today, first_of_month(today, -months)) for months in (10, 13, 14, 27)}
    return [
        told.introduced(
            "Ormelukast",
            MEDICINE,
            10,
            [6],
            do(40, "assess_adherence"),
            take(13, "escalate", "Var tredje patient får läkemedlet utanför beslutet."),
            said(9, "Kerstin", "Vi går igenom journalerna och svarar rådet före månadsskiftet."),
            **_NOT_FOLLOWED,
        ),
        told.introduced(
            "Granelimod",
            MEDICINE,
            13,
            [6, 12],
            do(90, "assess_adherence"),
            take(80, "escalate", "Beslutet följs inte i Gällivare."),
            do(70, "explain_non_adherence"),
            take(55, "follow_up_in_line", "Divisionen följer upp varje månad tills användningen stämmer med beslutet."),
            **_NOT_FOLLOWED,
        ),
        told.introduced(
            "Dovantrekin",
            NERVES,
            14,
            [6, 12],
            do(began[14] - 330, "assess_adherence"),
            do(began[14] - 345, "conclude"),
            take(began[14] - 360, "leave_to_line", watch_until=add_months(today, 8)),
            advice="benefit/dovantrekin",
        ),
        told.introduced(
            "Talvexinib",
            CANCER,
            27,
            [6, 12, 24],
            do(began[27] - 340, "assess_adherence"),
            do(began[27] - 350, "conclude"),
            take(began[27] - 365, "leave_to_line", watch_until=today - timedelta(days=40)),
            do(began[27] - 380, "tell_drug_committee"),
            take(30, "close"),
        ),
    ]


def _ended(told: _Told, today: date) -> list[Example]:
    began = days_since(today, first_of_month(today, -9))
    return [
        told.before(
            "Leptrisomab",
            [
                Step(64, "start", "nomination"),
                do(60, "register"),
                take(52, "pause", "Sjukvårdsregionen väntar på fler uppgifter från företaget."),
            ],
            NERVES,
        ),
        told.before(
            "Elurizumab",
            [
                Step(97, "start", "nomination"),
                do(95, "register"),
                do(90, "describe_use"),
                take(
                    70,
                    "leave_to_drug_committee",
                    "Volymläkemedel: läkemedelskommittén tar fram en behandlingsrekommendation.",
                ),
            ],
            MEDICINE,
        ),
        told.prepared("Palorexant", NERVES, "not_prioritise", 150, route=(*_TO_COUNCIL, ("not_prioritise", 10))),
        told.before(
            "Zelimastat",
            [
                Step(120, "start", "horizon_scan"),
                do(118, "describe_candidate"),
                take(90, "withdraw", "Företaget har avbrutit utvecklingen."),
            ],
        ),
        told.introduced(
            "Cormandesin",
            MEDICINE,
            9,
            [6],
            take(began - 215, "end_early", "Läkemedelsmyndigheten har begränsat användningen efter nya säkerhetsdata."),
        ),
    ]
