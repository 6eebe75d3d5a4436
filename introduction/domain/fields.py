"""What can be told about a case or a recommendation: the fields that processes ask for by name.

A definition says *which* of these a task or an action asks for; here stands what each of them is. A fact
is a value on the case itself; a record (decision, grant, report, confirmation, version of a
recommendation) is a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from introduction.domain.messages import Message, say


class Kind(StrEnum):
    """How a field is written and stored."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    WHOLE = "whole"
    MONEY = "money"  #: typed in kronor, stored as whole öre
    DATE = "date"
    UNITS = "units"  #: units of the region
    UNIT = "unit"
    PERSON = "person"


@dataclass(frozen=True)
class Field:
    """One thing that can be asked: its key (also the column's name), kind, words and bounds."""

    key: str
    kind: Kind
    label: Message
    hint: Message | None = None
    choices: tuple[tuple[str, Message], ...] = ()
    low: int | None = None
    high: int | None = None
    longest: int = 300
    unit_kind: str | None = None  #: only units of this kind are offered

    def choice_title(self, value: str) -> Message:
        """The words for a stored choice; the value itself where the choice is no longer known."""
        return dict(self.choices).get(value, say("{value}", value=value))


def _text(key: str, label: Message, hint: Message | None = None, longest: int = 300) -> Field:
    return Field(key, Kind.TEXT, label, hint, longest=longest)


def _long(key: str, label: Message, hint: Message | None = None) -> Field:
    return Field(key, Kind.LONG_TEXT, label, hint, longest=8000)


def _yes_no(key: str, label: Message, hint: Message | None = None) -> Field:
    return Field(key, Kind.YES_NO, label, hint)


def _choice(key: str, label: Message, choices: Mapping[str, Message], hint: Message | None = None) -> Field:
    return Field(key, Kind.CHOICE, label, hint, choices=tuple(choices.items()))


def _money(key: str, label: Message, hint: Message | None = None) -> Field:
    return Field(key, Kind.MONEY, label, hint)


def _whole(key: str, label: Message, low: int, high: int, hint: Message | None = None) -> Field:
    return Field(key, Kind.WHOLE, label, hint, low=low, high=high)


def _date(key: str, label: Message, hint: Message | None = None) -> Field:
    return Field(key, Kind.DATE, label, hint)


SEVERITY = {
    "very_high": say("mycket hög"),
    "high": say("hög"),
    "moderate": say("måttlig"),
    "low": say("låg"),
}
CATEGORY = {
    "standard": say("vanligt läkemedel"),
    "atmp": say("avancerad terapi (ATMP)"),
    "precision": say("precisionsmedicin"),
}
BASIS = {"requisition": say("på sjukhus, köps på rekvisition"), "prescription": say("hämtas på recept")}
CARE_LEVELS = {
    "primary": say("primärvård"),
    "county": say("länssjukvård"),
    "regional": say("regionsjukvård"),
    "national": say("nationell högspecialiserad vård"),
}
ROUTINE_USE = {
    "not_routine": say("nej, inte i rutinbruk för indikationen"),
    "unequal_with_plan": say("ja, men stor ojämlikhet eller underanvändning, och en regional plan finns"),
    "routine": say("ja, i rutinbruk"),
}
COST_EFFECTIVENESS = {"reasonable": say("rimlig"), "not_reasonable": say("inte rimlig")}
ADHERENCE = {
    "followed": say("följs"),
    "partly": say("följs delvis"),
    "not_followed": say("följs inte"),
}
OUTCOMES = {
    "approved": say("beviljad"),
    "approved_with_conditions": say("beviljad med villkor"),
    "without_financing": say("införs utan introduktionsfinansiering"),
    "not_prioritised": say("inte prioriterad"),
    "postponed": say("uppskjuten"),
    "extended": say("förlängd"),
    "ended_early": say("avslutad i förtid"),
}
LEVELS = {
    "should": say("bör användas"),
    "may": say("kan användas"),
    "should_not": say("ska inte användas"),
    "wait": say("avvakta"),
    "conditional": say("villkorad eller delad rekommendation"),
    "positive_level_unknown": say("rekommenderas, nivån är inte känd"),
    "group_rule": say("generell regel för en grupp"),
    "not_covered": say("omfattas inte av nationell samverkan"),
    "reimbursed": say("ingår i förmånerna"),
    "reimbursed_limited": say("ingår i förmånerna med begränsning"),
    "not_reimbursed": say("ingår inte i förmånerna"),
}
GRADE_SCALES = {
    "reliability": say("tillförlitlighet (låg är sämst)"),
    "uncertainty": say("osäkerhet (hög är sämst)"),
}
GRADES = {
    "very_low": say("mycket låg"),
    "low": say("låg"),
    "moderate": say("måttlig"),
    "high": say("hög"),
    "very_high": say("mycket hög"),
}
RARITY = {
    "less_common": say("mindre vanligt"),
    "rare": say("sällsynt"),
    "very_rare": say("mycket sällsynt"),
}

_CASE_FIELDS = (
    Field("nominating_unit_id", Kind.UNIT, say("Vilken verksamhet nominerar?")),
    _choice("category", say("Typ av läkemedel"), CATEGORY),
    _choice("basis", say("Hur ges läkemedlet?"), BASIS),
    _long("target_population", say("Vilka patienter gäller det?"), say("Skriv inte om enskilda patienter.")),
    _whole("patients_per_year", say("Antal patienter per år"), 0, 1_000_000),
    _text("comparator", say("Vilken behandling ersätts?")),
    _long("benefit", say("Vad är nyttan för patienten?")),
    _long("risks", say("Vilka är riskerna?")),
    _yes_no("authorised", say("Är läkemedlet godkänt för försäljning?")),
    _choice("routine_use", say("Används läkemedlet redan i rutinbruk?"), ROUTINE_USE),
    _yes_no("evidence_exists", say("Finns vetenskapligt underlag för nyttan?")),
    Field(
        "care_levels",
        Kind.CHOICES,
        say("Vilka vårdnivåer berörs?"),
        say("Väsentlighetsgränsen är en annan när flera vårdnivåer berörs."),
        choices=tuple(CARE_LEVELS.items()),
    ),
    _money(
        "extra_cost_year1_ore",
        say("Merkostnad år 1"),
        say("Den nya behandlingens kostnad minus den ersatta, utan moms och återbäring."),
    ),
    _money("extra_cost_year2_ore", say("Merkostnad år 2")),
    _money(
        "extra_cost_year3_ore",
        say("Merkostnad år 3"),
        say("Används i regionens budget. Skriv 0 om den är noll."),
    ),
    _yes_no("reorganisation", say("Krävs en stor omställning av vården?")),
    _yes_no("complex_ethics", say("Finns svåra etiska frågor?")),
    _long("diagnostics", say("Vilken diagnostik krävs?")),
    _long(
        "anchored_with",
        say("Med vilka är nomineringen förankrad?"),
        say("Skriv verksamhet och datum, till exempel ”Lungmedicin, Sahlgrenska, 12 november 2026”."),
    ),
    _long(
        "conflicts_of_interest",
        say("Finns jäv hos den som nominerar?"),
        say("Skriv ”Inget jäv”, eller vem det gäller och varför."),
    ),
    _choice("severity", say("Svårighetsgrad"), SEVERITY),
    _choice(
        "effect",
        say("Effekt"),
        {"very_good": say("mycket god"), "good": say("god"), "moderate": say("måttlig"), "small": say("liten")},
    ),
    _choice("risk", say("Risk"), {"low": say("låg"), "moderate": say("måttlig"), "high": say("hög")}),
    Field(
        "evidence_grade",
        Kind.CHOICE,
        say("Evidens enligt GRADE"),
        choices=(
            ("4", say("4, starkt underlag")),
            ("3", say("3, måttligt starkt underlag")),
            ("2", say("2, begränsat underlag")),
            ("1", say("1, otillräckligt underlag")),
        ),
    ),
    _yes_no("rare_and_severe", say("Är tillståndet både sällsynt och mycket svårt?")),
    _choice("cost_effectiveness", say("Kostnadseffektivitet"), COST_EFFECTIVENESS),
    _whole("rank", say("Rangordning 1–3"), 1, 3, say("1 är högst. Aldrig bättre än svårighetsgraden medger.")),
    _long("rank_reason", say("Motivering till rangordningen")),
    _whole("national_rank", say("Rang i nationell modell, 1–10"), 1, 10),
    _long("in_depth_analysis", say("Fördjupad analys")),
    _long("proposal", say("Rådets förslag")),
    _text("registry_number", say("Diarienummer"), say("Till exempel RS 2026-01234."), longest=60),
    _long("consequence", say("Konsekvenser för ekonomi och organisation")),
    _yes_no("regional_preparation", say("Ska ärendet beredas i sjukvårdsregionen?")),
    _long("regional_statement", say("Sjukvårdsregionens ställningstagande")),
    _text("implementation_manager", say("Chef i linjen som ansvarar för införandet")),
    _choice("adherence", say("Följs beslutet?"), ADHERENCE),
    _long("adherence_comment", say("Vad visar uppföljningen?")),
    Field("treating_units", Kind.UNITS, say("Vilka enheter ska behandla?")),
    Field("contact_person_id", Kind.PERSON, say("Kontaktperson")),
    _long(
        "goals",
        say("Mätbara mål"),
        say("Ett mål per rad, till exempel ”Minst 80 procent av patienterna följs i registret”."),
    ),
    _date("introduction_start", say("När börjar införandet?")),
    _date("financed_until", say("Till och med när finansieras införandet?")),
    _date("watch_until", say("Till och med när bevakas ärendet?")),
    _long("follow_up_conclusion", say("Slutsats av uppföljningen")),
)

_RECOMMENDATION_FIELDS = (
    _long("scan_summary", say("Vad visar horisontspaningen?")),
    _date("expected_approval", say("Väntat godkännande i EU")),
    _long("nomination_reason", say("Varför behövs nationell samverkan?")),
    _text("tlv_reference", say("TLV:s beteckning på underlaget"), longest=80),
    _long("health_economics", say("Vad visar den hälsoekonomiska värderingen?")),
    _yes_no("agreement_exists", say("Finns avtal eller sidoöverenskommelse?"), say("Skriv aldrig priset.")),
    _date("application_received", say("När kom företagets ansökan till TLV?")),
    _long("talks_result", say("Vad blev resultatet av trepartsöverläggningen?")),
    _text("regions_group", say("Vilka företräder regionerna?")),
    _date("reassess_by", say("Senast när ska rekommendationen prövas om?")),
)

_DECISION_FIELDS = (
    _date("decided_on", say("När fattades beslutet?"), say("Dagen enligt protokollet.")),
    _text("section", say("Paragraf i protokollet"), say("Till exempel § 112."), longest=40),
    _text("registry_number", say("Diarienummer"), longest=60),
    _long("reasons", say("Skäl för beslutet")),
    _long("conditions", say("Villkor")),
    _date("valid_until", say("Beslutet gäller till och med")),
)
_GRANT_FIELDS = (
    Field("unit_id", Kind.UNIT, say("Förvaltning"), unit_kind="administration"),
    _whole("budget_year", say("Budgetår"), 2000, 2100),
    _money("ceiling_ore", say("Beviljat belopp, upp till")),
)
_REPORT_FIELDS = (
    _date("period_end", say("Rapporten gäller till och med")),
    _whole("patients_started", say("Antal patienter som har börjat"), 0, 1_000_000),
    _whole("patients_continuing", say("Antal som fortsätter"), 0, 1_000_000),
    _whole("patients_stopped", say("Antal som har slutat"), 0, 1_000_000),
    _long("goals_result", say("Hur går det mot målen?")),
    _long("obstacles", say("Vad hindrar ett jämlikt införande?")),
)
_CONFIRMATION_FIELDS = (
    _choice(
        "answer",
        say("Tar verksamheten över kostnadsansvaret?"),
        {"confirmed": say("ja, bekräftas"), "objection": say("nej, invändning")},
    ),
    _money("forecast_ore", say("Beräknad kostnad första året utan finansiering")),
    _long("comment", say("Kommentar eller skäl till invändningen")),
)
_VERSION_FIELDS = (
    _choice("level", say("Rekommendation"), LEVELS),
    _long("wording", say("Rekommendationens lydelse")),
    _long("conditions", say("Villkor")),
    _date("issued_on", say("När lämnades den?")),
    _choice("severity", say("Svårighetsgrad"), SEVERITY),
    _choice("rarity", say("Sällsynthet"), RARITY),
    _choice("grade_scale", say("Vilken skala används för graderingen?"), GRADE_SCALES),
    _choice("clinical_grade", say("Gradering, det vetenskapliga underlaget"), GRADES),
    _choice("economic_grade", say("Gradering, den hälsoekonomiska värderingen"), GRADES),
    _money("cost_per_qaly_ore", say("Kostnad per QALY enligt TLV")),
    _text("comparator", say("Jämförelsealternativ")),
    _yes_no("agreement_exists", say("Finns nationellt avtal?"), say("Skriv aldrig priset.")),
    _text("source", say("Källa"), longest=500),
)

CASE_FIELDS: dict[str, Field] = {field.key: field for field in _CASE_FIELDS}
RECOMMENDATION_FIELDS: dict[str, Field] = {field.key: field for field in _RECOMMENDATION_FIELDS}
RECORDS: dict[str, dict[str, Field]] = {
    name: {field.key: field for field in fields}
    for name, fields in {
        "decision": _DECISION_FIELDS,
        "grant": _GRANT_FIELDS,
        "follow_up_report": _REPORT_FIELDS,
        "handover_confirmation": _CONFIRMATION_FIELDS,
        "recommendation_version": _VERSION_FIELDS,
    }.items()
}
#: What a record cannot be without.
RECORD_NEEDS: dict[str, frozenset[str]] = {
    "decision": frozenset({"decided_on", "section", "registry_number", "reasons"}),
    "grant": frozenset({"unit_id", "budget_year", "ceiling_ore"}),
    "follow_up_report": frozenset({"period_end", "patients_started", "patients_continuing", "patients_stopped"}),
    "handover_confirmation": frozenset({"answer", "forecast_ore"}),
    "recommendation_version": frozenset({"level", "wording", "issued_on"}),
}


def fields_of(subject: str) -> dict[str, Field]:
    """The facts of a subject: ``case`` or ``recommendation``."""
    return CASE_FIELDS if subject == "case" else RECOMMENDATION_FIELDS
