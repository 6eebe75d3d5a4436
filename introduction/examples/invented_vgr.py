"""The invented cases of Västra Götaland: at least one in each stage, a few of them late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from introduction.domain.calendar import add_months
from introduction.domain.money import split
from introduction.domain.process.loading import Catalogue
from introduction.examples.invented_medicines import costs_ore, medicines
from introduction.examples.people import VGR
from introduction.examples.script import (
    Example,
    Route,
    Step,
    along,
    days_since,
    do,
    first_of_month,
    granted,
    noted,
    said,
    take,
)

PROCESS = "vastra_gotaland.new_medicine"
SU, NU, SKAS, SAS = (
    "Sahlgrenska Universitetssjukhuset",
    "NU-sjukvården",
    "Skaraborgs Sjukhus",
    "Södra Älvsborgs Sjukhus",
)
FINANCED_MONTHS = 24

_TO_BOARD: Route = (
    ("qualify", 14),
    ("rank", 20),
    ("start_analysis", 3),
    ("finish_analysis", 18),
    ("forward_proposal", 8),
    ("refer_to_board", 6),
)
_APPROVED: Route = (*_TO_BOARD, ("approve", 17))
#: From the decision to the first day of the introduction, and how long after that the start is recorded.
_SETUP_DAYS, _START_NOTED = 38, 6

#: Administration → the operation there that treats, and its share of the money.
Places = dict[str, tuple[str, int]]
_LUNG: Places = {SU: ("Lungmedicin, Sahlgrenska", 5), NU: ("Medicin, NÄL", 2)}
_BLOOD: Places = {SU: ("Hematologi, Sahlgrenska", 5), NU: ("Medicin, NÄL", 2), SAS: ("Medicin, Borås", 2)}
_GUT: Places = {SU: ("Mag- och tarmsjukvård, Östra", 5), NU: ("Medicin, NÄL", 2), SKAS: ("Medicin, Kärnsjukhuset", 2)}
_CANCER: Places = {SU: ("Onkologi, Sahlgrenska", 6), NU: ("Onkologi, NÄL", 2), SAS: ("Onkologi, Borås", 2)}
_NERVES: Places = {SU: ("Neurologi, Sahlgrenska", 5), SKAS: ("Neurologi, Kärnsjukhuset", 2)}
_CHILDREN: Places = {SU: ("Barnmedicin, Drottning Silvia", 1)}
_SKIN: Places = {SU: ("Hudsjukvård, Sahlgrenska", 5), SAS: ("Medicin, Borås", 2)}


def _when(steps: Sequence[Step], action: str) -> int:
    """How many days ago an action was taken; -1 when it was not."""
    return next((step.ago for step in steps if step.what == action), -1)


class _Told:
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
        self, medicine: str, unit: str, action: str, ago: int, *more: Step, route: Route = _APPROVED, **facts: Any
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
        **facts: Any,
    ) -> Example:
        """A case whose financed introduction began on the first of a month, with the reports of some months in.

        It is financed for two years, or to the end of the third budget year.
        """
        start = first_of_month(self._today, -began_months_ago)
        whole = add_months(start, FINANCED_MONTHS) - timedelta(days=1)
        until = date(start.year + 2, 12, 31) if to_year_end else whole
        began = days_since(self._today, start)
        route = (*_APPROVED, ("start_introduction", _SETUP_DAYS + _START_NOTED))
        steps = along(self._definition, "nomination", route, began - _START_NOTED)
        steps += self._money(medicine, places, start, until, more)
        steps += self._reports(medicine, places, start, reports)
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
        kronor = split(total // 100, [share for _unit, share in places.values()])
        return [
            granted(ago, administration, year, part * 100, action)
            for administration, part in zip(places, kronor, strict=True)
        ]

    def _reports(self, medicine: str, places: Places, start: date, months: Sequence[int]) -> list[Step]:
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
                steps.append(Step(ago, "report", f"report_month_{month}", counts, unit=unit))
        return steps


def cases(catalogue: Catalogue, today: date) -> list[Example]:
    """Every invented case of the region, as its script from the day of loading."""
    told = _Told(catalogue, today)
    return [
        *_national_phase(told),
        *_nominations(told),
        *_proposals(told),
        *_decided(told, today),
        *_followed_up(told, today),
        *_handed_over(told, today),
        *_ended(told, today),
    ]


def _national_phase(told: _Told) -> list[Example]:
    scan = "horizon_scan"
    return [
        told.before(
            "Myravigen",
            [Step(9, "start", scan), do(6, "describe_candidate"), noted(5, "Sara", "Ett centrum i landet är troligt.")],
        ),
        told.before(
            "Judrasoran",
            [Step(96, "start", scan), do(90, "describe_candidate"), take(72, "await_advice")],
        ),
        told.before(
            "Quorasiran",
            [
                Step(70, "start", scan),
                do(66, "describe_candidate"),
                do(58, "estimate_early_cost"),
                take(41, "await_advice"),
                said(40, "Karin", "Trepartsöverläggningen är klar. TLV:s beslut väntas under vintern."),
            ],
        ),
        told.before(
            "Frelonapant",
            [
                Step(150, "start", scan),
                do(141, "describe_candidate"),
                take(120, "await_advice"),
                Step(20, "rest", "benefit/frelonapant"),
                take(12, "note_advice"),
                Step(11, "assign", "inform_operations", by="Karin"),
            ],
        ),
    ]


def _nominations(told: _Told) -> list[Example]:
    lungs, nerves = "Lungmedicin, Sahlgrenska", "Neurologi, Kärnsjukhuset"
    return [
        told.before(
            "Vintoretinib",
            [
                Step(5, "start", "nomination"),
                do(4, "describe_need"),
                do(4, "declare_conflicts"),
                said(3, "Johan", "Förankringen med onkologin i Borås är bokad till nästa vecka."),
            ],
            lungs,
        ),
        told.before(
            "Elurizumab",
            [
                Step(13, "start", "nomination"),
                do(12, "describe_need"),
                do(11, "declare_conflicts"),
                do(10, "register"),
                do(7, "anchor_nomination"),
                do(3, "estimate_extra_cost"),
                Step(3, "assign", "check_criteria", by="Anders"),
            ],
            "Hudsjukvård, Sahlgrenska",
        ),
        told.before(
            "Nordivumab",
            [
                Step(33, "start", "nomination"),
                do(31, "describe_need"),
                do(30, "declare_conflicts"),
                do(28, "register"),
                take(
                    10,
                    "return_for_completion",
                    "Merkostnaden saknas, och det framgår inte vilka verksamheter utanför SU som har hörts.",
                ),
                said(9, "Johan", "Vi återkommer när Skaraborg och NU har svarat."),
                noted(8, "Sara", "Jämför med förra årets ärende om samma patientgrupp."),
            ],
            lungs,
        ),
        told.nominated(
            "Bretozanib",
            "Onkologi, Sahlgrenska",
            "qualify",
            18,
            do(11, "assess_severity"),
            do(8, "assess_effect"),
            Step(7, "assign", "assess_evidence", by="Anders"),
            said(6, "Maja", "Vi har åtta patienter som väntar på besked."),
        ),
        told.nominated(
            "Ardelinib",
            "Hematologi, Sahlgrenska",
            "qualify",
            27,
            do(20, "assess_severity"),
            do(18, "assess_effect"),
            do(15, "assess_risk"),
            do(12, "assess_evidence"),
            do(9, "assess_cost_effectiveness"),
            noted(6, "Anders", "En studie utan kontrollgrupp. Jag lutar åt rang 2 trots svårighetsgraden."),
        ),
        told.nominated(
            "Tivorastat",
            "Njurmedicin, Sahlgrenska",
            "rank",
            24,
            noted(20, "Sara", "Stor grupp i primärvården. Vi behöver höra Närhälsan innan analysen."),
            said(6, "Karin", "Rangordningen är klar. Analysen har dragit ut på tiden."),
            Step(5, "link", "vgr/lumarisept", note="Bereds i samma etapp."),
        ),
        told.nominated(
            "Lumarisept",
            nerves,
            "start_analysis",
            20,
            do(7, "check_cost_forecast", extra_cost_year1_ore=280_000_000),
            Step(6, "assign", "write_analysis", by="Sara"),
            noted(4, "Petra", "Sänkte år 1: uppstarten tar ett halvår."),
            advice="hospital/lumarisept",
        ),
    ]


def _proposals(told: _Told) -> list[Example]:
    not_prioritised = (*_TO_BOARD, ("not_prioritise", 17))
    return [
        told.nominated(
            "Osmerafen",
            "Onkologi, Sahlgrenska",
            "finish_analysis",
            9,
            do(4, "declare_council_conflicts"),
            noted(3, "Ingrid", "Per har anmält jäv och deltar inte."),
            advice="hospital/osmerafen",
        ),
        told.nominated(
            "Pelforaxin",
            "Hematologi, Sahlgrenska",
            "forward_proposal",
            8,
            do(5, "consult_managements"),
            said(4, "Karin", "Sjukhusledningarna är hörda. Tjänsteutlåtandet skrivs i veckan."),
        ),
        told.nominated(
            "Celavedotin",
            "Onkologi, Sahlgrenska",
            "refer_to_board",
            6,
            said(4, "Lars", "Ärendet står på nämndens nästa föredragningslista."),
            advice="hospital/celavedotin",
        ),
        told.nominated(
            "Arvanolimab",
            "Njurmedicin, Sahlgrenska",
            "postpone",
            52,
            said(50, "Karin", "Tas upp igen när TLV:s underlag finns."),
            route=(*_TO_BOARD, ("postpone", 17)),
        ),
        told.nominated(
            "Palorexant",
            "Neurologi, Kärnsjukhuset",
            "not_prioritise",
            240,
            said(236, "Eva", "Vi räknar med att nominera på nytt när ettårsdata är publicerade."),
            route=[leg for leg in _without_analysis(not_prioritised)],
        ),
        Example(
            "vgr/palorexant-2",
            PROCESS,
            "Palorexant",
            (
                Step(6, "grow", "nominate_again", note="vgr/palorexant", by="Eva"),
                do(4, "declare_conflicts"),
                said(4, "Eva", "Ettårsdata visar kvarstående effekt. Ny nomineringstext kommer i veckan."),
            ),
            "Neurologi, Kärnsjukhuset",
        ),
    ]


def _without_analysis(route: Route) -> Route:
    """The way of rank 3: straight from the ranking to the council."""
    kept = [leg for leg in route if leg[0] != "finish_analysis"]
    return [("propose_without_analysis", days) if name == "start_analysis" else (name, days) for name, days in kept]


def _decided(told: _Told, today: date) -> list[Example]:
    soon, later = first_of_month(today, 2), first_of_month(today, 3)
    conditional = (*_TO_BOARD, ("approve_with_conditions", 17))
    return [
        told.nominated(
            "Korvetamig",
            "Hematologi, Sahlgrenska",
            "approve",
            6,
            do(3, "inform_units"),
            said(3, "Maja", "Vi kan börja i januari. Vårdplatser för upptrappningen är reserverade."),
            advice="hospital/korvetamig",
        ),
        told.nominated(
            "Ormelukast",
            "Hudsjukvård, Sahlgrenska",
            "approve_with_conditions",
            27,
            do(22, "inform_units"),
            do(20, "name_units"),
            do(15, "set_goals"),
            do(9, "set_financed_period"),
            *(granted(6, place, soon.year, ore) for place, ore in ((SU, 180_000_000), (SAS, 60_000_000))),
            route=conditional,
            conditions="UAS7 ska skattas före start och efter tolv veckor. Utan effekt avslutas behandlingen.",
            introduction_start=soon,
            financed_until=add_months(soon, FINANCED_MONTHS) - timedelta(days=1),
            treating_units=tuple(unit for unit, _share in _SKIN.values()),
            contact_person_id="Karin Ek",
        ),
        told.nominated(
            "Leptrisomab",
            "Neurologi, Kärnsjukhuset",
            "approve",
            82,
            do(75, "inform_units"),
            do(61, "name_units"),
            do(47, "set_goals"),
            said(12, "Eva", "Vi väntar på besked om startdatum."),
            noted(5, "Karin", "Påmint controllern. Perioden är inte satt."),
            introduction_start=later,
            financed_until=add_months(later, FINANCED_MONTHS) - timedelta(days=1),
            treating_units=tuple(unit for unit, _share in _NERVES.values()),
            contact_person_id="Sara Holm",
        ),
    ]


def _followed_up(told: _Told, today: date) -> list[Example]:
    began = days_since(today, first_of_month(today, -7))
    unfinanced = (*_TO_BOARD, ("introduce_without_financing", 17))
    return [
        told.introduced(
            "Kelvaritid",
            "Barnmedicin, Drottning Silvia",
            _CHILDREN,
            7,
            [3],
            noted(9, "Karin", "Rapporten efter sex månader är påmind två gånger."),
            to_year_end=True,
        ),
        told.introduced("Sorvelimab", "Mag- och tarmsjukvård, Östra", _GUT, 5, [3], to_year_end=True),
        told.introduced(
            "Granelimod",
            "Mag- och tarmsjukvård, Östra",
            _GUT,
            12,
            [3, 6],
            said(20, "Olof", "NÄL har fått fler patienter än fördelningen räknade med."),
            to_year_end=True,
        ),
        told.introduced("Obrinitug", "Hematologi, Sahlgrenska", _BLOOD, 2, [], to_year_end=True),
        told.introduced(
            "Rydapersen",
            "Neurologi, Sahlgrenska",
            _NERVES,
            11,
            [3, 6],
            noted(8, "Karin", "Rekommendationen har ändrats. Jag kallar beredningsgruppen."),
            to_year_end=True,
            advice="hospital/rydapersen",
        ),
        told.nominated(
            "Bastenkimab",
            "Medicin, NÄL",
            "introduce_without_financing",
            began + 30,
            do(began + 22, "name_units_unfinanced"),
            do(began + 15, "set_goals_unfinanced"),
            do(began + 9, "set_start_unfinanced"),
            *told._reports("Bastenkimab", _GUT, first_of_month(today, -7), [3, 6]),
            route=unfinanced,
            introduction_start=first_of_month(today, -7),
            treating_units=tuple(unit for unit, _share in _GUT.values()),
            contact_person_id="Anders Berg",
        ),
    ]


def _confirmed(ago: int, unit: str, kronor: int, comment: str | None = None) -> Step:
    values = {"answer": "objection" if comment else "confirmed", "forecast_ore": kronor * 100, "comment": comment}
    return Step(ago, "confirm", "confirm_responsibility", values, unit=unit)


def _handed_over(told: _Told, today: date) -> list[Example]:
    def since_end(began_months_ago: int) -> int:
        return days_since(today, first_of_month(today, FINANCED_MONTHS - began_months_ago))

    ended, watched = since_end(25), since_end(32)
    objection = "Prognosen bygger på fler patienter än vi har. Budgeten för nästa år är redan lagd."
    return [
        told.introduced(
            "Dovantrekin",
            "Neurologi, Kärnsjukhuset",
            _NERVES,
            22,
            [3, 6, 12, 18],
            take(54, "begin_handover"),
            _confirmed(31, "Neurologi, Sahlgrenska", 4_100_000),
            do(24, "report_to_budget"),
            said(4, "Eva", "Vår chef är på semester till måndag."),
            advice="benefit/dovantrekin",
        ),
        told.introduced(
            "Hesparglutid",
            "Medicin, NÄL",
            _BLOOD,
            22,
            [3, 6, 12, 18],
            take(60, "begin_handover"),
            _confirmed(48, "Hematologi, Sahlgrenska", 2_600_000),
            _confirmed(39, "Medicin, NÄL", 1_900_000, objection),
            do(30, "conclude_follow_up"),
            take(14, "refer_objection", "Medicin på NÄL invänder mot prognosen."),
        ),
        told.introduced(
            "Talvexinib",
            "Onkologi, Sahlgrenska",
            _CANCER,
            25,
            [3, 6, 12, 18, 24],
            take(ended + 120, "begin_handover"),
            *(_confirmed(ended + 95, unit, 5_000_000) for unit, _share in _CANCER.values()),
            do(ended + 60, "conclude_follow_up"),
            do(ended + 50, "report_to_budget"),
            take(ended - 7, "hand_over"),
        ),
        Example(
            "vgr/talvexinib-2",
            PROCESS,
            "Talvexinib",
            (
                Step(16, "grow", "widen_indication", note="vgr/talvexinib", by="Sara"),
                do(12, "describe_candidate", target_population="Vuxna med spridd sjukdom som första behandling."),
            ),
            indication="Bröstcancer, HER2-ultralåg, första linjen",
        ),
        told.introduced(
            "Ulvarogen",
            "Hematologi, Sahlgrenska",
            {SU: ("Hematologi, Sahlgrenska", 1)},
            32,
            [3, 6, 12, 18, 24],
            take(watched + 130, "begin_handover"),
            _confirmed(watched + 100, "Hematologi, Sahlgrenska", 7_500_000),
            do(watched + 70, "conclude_follow_up"),
            do(watched + 60, "report_to_budget"),
            take(watched - 7, "hand_over"),
            do(watched - 20, "inform_prescribers"),
            do(watched - 40, "settle_claims"),
            take(watched - 50, "begin_watch"),
        ),
    ]


def _ended(told: _Told, today: date) -> list[Example]:
    end = days_since(today, first_of_month(today, FINANCED_MONTHS - 44))
    began = days_since(today, first_of_month(today, -9))
    return [
        told.introduced(
            "Tolvarenib",
            "Hematologi, Sahlgrenska",
            _BLOOD,
            44,
            [3, 6, 12, 18, 24],
            take(end + 150, "begin_handover"),
            *(_confirmed(end + 110, unit, 2_300_000) for unit, _share in _BLOOD.values()),
            do(end + 80, "conclude_follow_up"),
            do(end + 70, "report_to_budget"),
            take(end - 7, "hand_over"),
            do(end - 20, "inform_prescribers"),
            take(end - 50, "begin_watch", watch_until=today - timedelta(days=end - 50 - 365)),
            do(end - 330, "check_use_after_handover"),
            take(end - 50 - 365 - 6, "close"),
        ),
        told.before(
            "Vestrakin",
            [
                Step(84, "start", "nomination"),
                do(82, "describe_need"),
                do(81, "declare_conflicts"),
                do(80, "register"),
                take(66, "decline_nomination", "Merkostnaden ligger under väsentlighetsgränsen och effekten är liten."),
            ],
            "Lungmedicin, Sahlgrenska",
        ),
        told.before(
            "Miravolast",
            [
                Step(150, "start", "nomination"),
                do(148, "describe_need"),
                do(147, "declare_conflicts"),
                take(116, "withdraw", "Företaget har återkallat ansökan hos TLV. Vi nominerar på nytt om den kommer."),
            ],
            "Lungmedicin, Sahlgrenska",
        ),
        told.introduced(
            "Cormandesin",
            "Medicin, NÄL",
            _GUT,
            9,
            [3, 6],
            take(began - 215, "end_early", "Läkemedelsmyndigheten har begränsat användningen efter nya säkerhetsdata."),
        ),
        told.nominated(
            "Nextersen",
            "Neurologi, Sahlgrenska",
            "qualify",
            60,
            do(52, "assess_severity"),
            take(44, "pause", "Företaget lämnar nya data till den nationella värderingen. Vi väntar in dem."),
        ),
    ]
