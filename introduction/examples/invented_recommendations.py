"""The invented national recommendations: at least one in each stage of both processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from introduction.domain.calendar import add_months
from introduction.domain.process.loading import Catalogue
from introduction.examples.script import Example, Route, Step, along, at, noted, take

HOSPITAL, BENEFIT = "national.hospital_medicine", "national.benefit_medicine"

_HOSPITAL_ROUTE: Route = (
    ("nominate", 60),
    ("cover", 35),
    ("finish_evaluation", 140),
    ("finish_negotiation", 90),
    ("issue", 30),
)
_BENEFIT_ROUTE: Route = (
    ("receive_application", 110),
    ("begin_talks", 15),
    ("agree", 70),
    ("record_tlv_decision", 55),
    ("add_advice", 25),
)


def _until(route: Route, action: str) -> Route:
    """A route's beginning, up to and with an action."""
    names = [name for name, _days in route]
    return route[: names.index(action) + 1]


class _Told:
    """Builds examples for one route and day."""

    def __init__(self, catalogue: Catalogue, today: date, definition_id: str, route: Route) -> None:
        self._definition = catalogue.latest(definition_id)
        self._today, self._route = today, route

    def scanned(self, medicine: str, ago: int, months_to_approval: int, *more: Step, origin: str = "") -> Example:
        """Still in its first stage."""
        approval = add_months(self._today, months_to_approval)
        steps = (Step(ago, "start", origin or "horizon_scan"), *more)
        return self._example(medicine, steps, expected_approval=approval)

    def walked(self, medicine: str, action: str, ago: int, *more: Step, level: str = "") -> Example:
        """Along the route to an action, then on by more steps. ``level`` is what the last advice says."""
        steps = along(self._definition, "horizon_scan", _until(self._route, action), ago)
        if level:
            steps = at(steps, action, values={"level": level})
        if action != "record_tlv_decision":
            steps = at(steps, "record_tlv_decision", values={"level": "reimbursed"})
        return self._example(medicine, (*steps, *more))

    def _example(self, medicine: str, steps: Sequence[Step], **facts: date) -> Example:
        kind = "hospital" if self._definition.id == HOSPITAL else "benefit"
        return Example(f"{kind}/{medicine.lower()}", self._definition.id, medicine, tuple(steps), facts=facts)


def recommendations(catalogue: Catalogue, today: date) -> list[Example]:
    """Every invented recommendation, as its script from the day of loading."""
    hospital = _Told(catalogue, today, HOSPITAL, _HOSPITAL_ROUTE)
    benefit = _Told(catalogue, today, BENEFIT, _BENEFIT_ROUTE)
    return [*_hospital(hospital), *_benefit(benefit, today)]


def _hospital(told: _Told) -> list[Example]:
    return [
        told.scanned("Myravigen", 48, 14),
        told.walked("Nextersen", "nominate", 21, noted(14, "Karin", "Två regioner har svarat att de vill vara med.")),
        told.walked(
            "Vintoretinib",
            "cover",
            74,
            Step(70, "do", "order_evaluation"),
            take(30, "advise_to_wait", level="wait"),
        ),
        told.walked("Svalimetinib", "finish_evaluation", 41, Step(33, "do", "appoint_group")),
        told.walked("Ardelinib", "finish_negotiation", 18, Step(9, "do", "write_advice")),
        told.walked("Lumarisept", "issue", 160, Step(155, "do", "inform_regions"), level="should"),
        told.walked("Celavedotin", "issue", 205, Step(199, "do", "inform_regions"), level="may"),
        told.walked("Korvetamig", "issue", 320, Step(311, "do", "inform_regions"), level="may"),
        told.walked(
            "Rydapersen",
            "issue",
            690,
            Step(685, "do", "inform_regions"),
            take(
                12,
                "revise",
                "Nya uppgifter om vilka som har nytta av behandlingen.",
                level="conditional",
                conditions="Patienter med kvarvarande gång- eller armfunktion. Utvärdering var sjätte månad.",
            ),
            level="should",
        ),
        told.walked("Osmerafen", "issue", 700, Step(695, "do", "inform_regions"), take(24, "reassess"), level="should"),
        told.walked(
            "Talvexinib",
            "issue",
            1380,
            Step(1374, "do", "inform_regions"),
            take(650, "reassess"),
            Step(630, "do", "gather_follow_up"),
            take(610, "archive", "Användningen är jämn i landet. Regionerna tar över."),
            level="should",
        ),
        told.walked(
            "Vestrakin",
            "nominate",
            130,
            take(104, "not_cover", "Låg svårighetsgrad och liten resurseffekt.", level="not_covered"),
        ),
        told.walked(
            "Zelimastat",
            "cover",
            220,
            Step(215, "do", "order_evaluation"),
            take(96, "discontinue", "Företaget har avbrutit utvecklingen efter den andra studien."),
        ),
    ]


def _benefit(told: _Told, today: date) -> list[Example]:
    return [
        told.scanned("Solvekinra", 33, 11),
        told.scanned("Tivorastat", 12, -9, Step(8, "do", "note_application"), origin="application"),
        told.walked("Judrasoran", "begin_talks", 63),
        told.walked("Quorasiran", "agree", 52),
        told.walked("Palorexant", "record_tlv_decision", 19, level="reimbursed_limited"),
        told.walked("Frelonapant", "add_advice", 26, Step(22, "do", "inform_regions"), level="should"),
        told.walked(
            "Dovantrekin",
            "add_advice",
            1010,
            Step(1003, "do", "inform_regions"),
            take(46, "reassess", "Användningen har blivit större än antaget."),
            level="may",
        ),
        told.walked(
            "Bastenkimab",
            "record_tlv_decision",
            640,
            Step(635, "do", "inform_regions_of_decision"),
            take(610, "leave_as_decided", reassess_by=add_months(today, 1)),
            take(40, "archive", "Läkemedelskommittéerna följer användningen."),
            level="reimbursed",
        ),
        told.walked("Miravolast", "agree", 140, take(118, "company_withdraws", "Företaget har återkallat ansökan.")),
        told.scanned(
            "Iberovatid", 240, 9, take(80, "discontinue", "Företaget söker inte godkännande i EU den närmaste tiden.")
        ),
    ]
