"""The rows that actions and tasks leave beside the facts, and what each cannot be without."""

from __future__ import annotations

from introduction.domain.fields.choices import (
    AGE_GROUPS,
    FUNDING_OUTCOMES,
    GRADE_SCALES,
    GRADES,
    LEVELS,
    OUTCOMES,
    RARITY,
    SEVERITY,
    SEXES,
    STOP_REASONS,
)
from introduction.domain.fields.kinds import Field, Kind, by_key, choice, counts, date, long, money, text, whole, yes_no
from introduction.domain.funding import HOLDERS
from introduction.domain.messages import Message, say

_DECISION = by_key(
    date("decided_on", say("När fattades beslutet?"), say("Dagen enligt protokollet.")),
    text("section", say("Paragraf i protokollet"), say("Till exempel § 112."), longest=40),
    text("registry_number", say("Diarienummer"), longest=60),
    long("reasons", say("Skäl för beslutet")),
    long("conditions", say("Villkor")),
    date("valid_until", say("Beslutet gäller till och med")),
)
_GRANT = by_key(
    Field("unit_id", Kind.UNIT, say("Förvaltning"), unit_kind="administration"),
    whole("budget_year", say("Budgetår"), 2000, 2100),
    money("ceiling_ore", say("Beviljat belopp, upp till")),
    date("decided_on", say("När fattades beslutet?"), say("Lämna tomt om det var i dag.")),
    text("section", say("Paragraf i protokollet"), say("Till exempel § 112."), longest=40),
    choice("held_by", say("Ur vilken fond?"), HOLDERS, say("Lämna tomt för regionens introduktionsfond.")),
)
_FUNDING_DECISION = by_key(
    date("decided_on", say("När fattades beslutet?"), say("Dagen enligt protokollet.")),
    text("section", say("Paragraf i protokollet"), say("Till exempel § 112."), longest=40),
    text("registry_number", say("Diarienummer"), longest=60),
    money("granted_ore", say("Beviljat belopp, upp till")),
    date("valid_from", say("Pengarna gäller från och med")),
    date("valid_until", say("Pengarna gäller till och med")),
    long("reasons", say("Skäl för beslutet")),
    long("conditions", say("Villkor")),
)
_MANY = 1_000_000
_REPORT = by_key(
    date("period_end", say("Rapporten gäller till och med")),
    whole("patients_started", say("Antal patienter som har börjat"), 0, _MANY, say("Sedan införandet började.")),
    whole("patients_continuing", say("Antal som fortsätter"), 0, _MANY),
    whole("patients_stopped", say("Antal som har slutat"), 0, _MANY),
    counts("stopped_why", say("Varför slutade de?"), STOP_REASONS),
    whole("start_criteria_met", say("Hur många uppfyllde startkriterierna när de började?"), 0, _MANY),
    whole("stop_criteria_met", say("Hur många har uppfyllt ett stoppkriterium?"), 0, _MANY),
    whole("registry_covered", say("Hur många är införda i kvalitetsregistret?"), 0, _MANY),
    Field(
        "indicators",
        Kind.QUANTITIES,
        say("Vad är utfallet för varje mål?"),
        say("Högst tre decimaler, till exempel 92,5. Lämna tomt det som inte är mätt än."),
        of_region="indicators",
    ),
    long("goals_result", say("Hur går det mot målen?")),
    money("cost_ore", say("Läkemedlets kostnad hittills"), say("Listpris utan moms, sedan införandet började.")),
    counts("by_sex", say("Hur fördelar sig de som har börjat efter kön?"), SEXES),
    counts("by_age", say("Efter ålder?"), AGE_GROUPS),
    Field("by_area", Kind.COUNTS, say("Efter bostadsområde?"), of_region="areas"),
    long("obstacles", say("Vad hindrar ett jämlikt införande?")),
)
_PROPOSAL = by_key(
    money("forecast_ore", say("Beräknad kostnad första året utan finansiering")),
    money("room_ore", say("Föreslaget utrymme i enhetens budget")),
    long("comment", say("Kommentar")),
)
_CONFIRMATION = by_key(
    choice(
        "answer",
        say("Tar verksamheten över kostnadsansvaret?"),
        {"confirmed": say("ja, bekräftas"), "objection": say("nej, invändning")},
    ),
    money("forecast_ore", say("Beräknad kostnad första året utan finansiering")),
    long("comment", say("Kommentar eller skäl till invändningen")),
)
_VERSION = by_key(
    choice("level", say("Rekommendation"), LEVELS),
    long("wording", say("Rekommendationens lydelse")),
    long("conditions", say("Villkor")),
    date("issued_on", say("När lämnades den?")),
    choice("severity", say("Svårighetsgrad"), SEVERITY),
    choice("rarity", say("Sällsynthet"), RARITY),
    choice("grade_scale", say("Vilken skala används för graderingen?"), GRADE_SCALES),
    choice("clinical_grade", say("Gradering, det vetenskapliga underlaget"), GRADES),
    choice("economic_grade", say("Gradering, den hälsoekonomiska värderingen"), GRADES),
    money("cost_per_qaly_ore", say("Kostnad per QALY enligt TLV")),
    text("comparator", say("Jämförelsealternativ")),
    yes_no("agreement_exists", say("Finns nationellt avtal?"), say("Skriv aldrig priset.")),
    text("source", say("Källa"), longest=500),
)

RECORDS: dict[str, dict[str, Field]] = {
    "decision": _DECISION,
    "funding_decision": _FUNDING_DECISION,
    "grant": _GRANT,
    "follow_up_report": _REPORT,
    "handover_proposal": _PROPOSAL,
    "handover_confirmation": _CONFIRMATION,
    "recommendation_version": _VERSION,
}
#: What a record cannot be without.
RECORD_NEEDS: dict[str, frozenset[str]] = {
    "decision": frozenset({"decided_on", "section", "registry_number", "reasons"}),
    "funding_decision": frozenset({"decided_on", "section", "registry_number", "reasons"}),
    "grant": frozenset({"unit_id", "budget_year", "ceiling_ore"}),
    "follow_up_report": frozenset({"period_end", "patients_started", "patients_continuing", "patients_stopped"}),
    "handover_proposal": frozenset({"forecast_ore", "room_ore"}),
    "handover_confirmation": frozenset({"answer", "forecast_ore"}),
    "recommendation_version": frozenset({"level", "wording", "issued_on"}),
}
#: The records that say how a matter was settled, with what each may say.
RECORD_OUTCOMES: dict[str, dict[str, Message]] = {"decision": OUTCOMES, "funding_decision": FUNDING_OUTCOMES}


def outcome_title(outcome: str) -> Message:
    """How a matter was settled, in words. KeyError for an unknown outcome."""
    return next(titles[outcome] for titles in RECORD_OUTCOMES.values() if outcome in titles)
