"""Real facts, each with its public source: the region's rounds and cases, and national recommendations.

The files hold what the sources say; the tables here say what each record becomes, and why. What a source
is silent about stays unknown. Recorded by the operator, so that no invented person stands behind a real fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from introduction.domain.fields import GRADES, RARITY, SEVERITY
from introduction.examples import files
from introduction.services import history, recommendations, rounds
from introduction.services.desk import Desk
from introduction.services.history import Past, PastDecision
from introduction.services.medicines import About
from introduction.services.rounds import PastRound
from introduction.services.subjects import Subject
from introduction.store.case import Case
from introduction.store.recommendation import Recommendation
from introduction.store.region import by_slug
from introduction.store.round import rounds_of

VGR = "vastra_gotaland"

# ------------------------------------------------------------------------------------- rounds


@dataclass(frozen=True)
class RoundWords:
    """A round's words in Swedish, and the count of items where the source counts them."""

    name: str
    outcome: str
    note: str
    items: int | None = None
    decided_on: str | None = None
    body: str | None = None


#: Records of rounds whose items are not named.
ROUNDS: dict[str, RoundWords] = {
    "VGR-2008-round": RoundWords(
        name="2008, två beslut",
        outcome="beviljad",
        note=(
            "Omkring 20 läkemedel, omkring 10 metoder och riktlinjer och 4 solidariskt finansierade läkemedel, "
            "utan namn. Beloppet är ungefärligt i källan, och att det gäller 2009 är en slutsats av sammanhanget."
        ),
        decided_on="2008",
        body="Hälso- och sjukvårdsutskottet (HSU)",
    ),
    "VGR-2009-10-E1": RoundWords(
        name="2009–2010, etapp 1",
        outcome="förslag; beslutet framgår inte av källan",
        note=(
            "13 nya läkemedel och indikationer utan namn i den läsbara delen: flera cancerformer, hepatit B, reumatoid "
            "artrit och plackpsoriasis. Dessutom längre tidsfönster för trombolys vid stroke. "
            "Behovsprincipen tillämpades."
        ),
        items=13,
    ),
    "VGR-2015-E1": RoundWords(
        name="2015, etapp 1",
        outcome="förslag att bevilja; beslutet framgår inte av källan",
        note=(
            "6 nya läkemedel och indikationer utan namn i den läsbara delen. Tjänsteutlåtande 2015-06-09, "
            "dnr HS 24-2015. Taket gäller läkemedel, metoder och kunskapsdokument tillsammans. Medel för 2016 skulle "
            "beslutas med etapp 2 2015 och för 2017 med etapp 2 2016."
        ),
        items=6,
        body="Hälso- och sjukvårdsstyrelsen (HSS)",
    ),
}


def add_rounds(desk: Desk) -> int:
    """Add the rounds that are missing. Returns how many were added."""
    region_id = by_slug(desk.session, VGR).id
    known = {row.name for row in rounds_of(desk.session, region_id)}
    found = {record["id"]: record for record in files.records("vgr_cases.json", "cases")}
    added = 0
    for record_id, words in ROUNDS.items():
        if words.name not in known:
            rounds.record_round(desk, VGR, _round(words, found[record_id]))
            added += 1
    return added


def _round(words: RoundWords, record: Mapping[str, Any]) -> PastRound:
    amounts = record["intro_financing_sek_by_year"] or {}
    year, amount = next(((int(year), amount) for year, amount in amounts.items() if amount), (None, None))
    return PastRound(
        name=words.name,
        source=record["source"],
        decided_on=words.decided_on,
        body=words.body,
        outcome=words.outcome,
        items=words.items,
        ceiling_ore=amount * 100 if amount else None,
        ceiling_year=year,
        note=words.note,
    )


# ------------------------------------------------------------------------------------- the region's cases


@dataclass(frozen=True)
class CaseWords:
    """What a record of the region becomes: the stage where its source leaves it, and its words in Swedish."""

    stage: str
    outcome: str
    happened_on: str
    indication: str
    reasons: str
    body: str | None = None
    grows_from: str | None = None


#: Cases of ordered introduction with a named medicine and a known outcome. In the order of time.
CASES: dict[str, CaseWords] = {
    "VGR-AIMOVIG-2019": CaseWords(
        stage="not_prioritised",
        outcome="not_prioritised",
        happened_on="2019",
        indication="Kronisk migrän",
        reasons=(
            "Program- och prioriteringsrådet (PPR) ledde processen; vem som beslutade framgår inte. Källans mening om "
            "hur minskningen av antalet huvudvärksdagar bedömdes är avklippt."
        ),
    ),
    "VGR-AIMOVIG-2020": CaseWords(
        stage="financed",
        outcome="approved",
        happened_on="2020",
        indication="Kronisk migrän",
        reasons=(
            "Beviljad med introduktionsfinansiering efter omprövning, enligt källan försommaren eller sommaren 2020. "
            "Belopp, antal patienter och rangordning framgår inte."
        ),
        body="Hälso- och sjukvårdsstyrelsen (HSS)",
        grows_from="VGR-AIMOVIG-2019",
    ),
}

#: On record, but neither a case nor a round: what happened, and when.
NOTES: dict[str, tuple[str, str]] = {
    "VGR-HAEMOPHILIA-2026": (
        "Receptläkemedel vid hemofili (ATC B02BD och B02BX06): Operativa hälso- och sjukvårdsnämnden bekostade dem "
        "till och med 2025. Från och med 1 januari 2026 gäller förskrivarbaserat kostnadsansvar. Det är ett byte av "
        "betalare, inget införande.",
        "2026-01-01",
    ),
}

#: Not loaded as something of the region's, and why.
LEFT_OUT: dict[str, str] = {
    "VGR-SVT-PIA-2020": "Läkemedlet är inte namngivet. Källan är en maskinöversatt nyhet.",
    "VGR-TEMODAL": "Inget beslut om ordnat införande är känt. Källan beskriver underanvändning.",
    "VGR-BIOLOGICS-ONC": "En hel läkemedelsgrupp utan indikation och utan beslut.",
    "VGR-BIOLOGICS-RA": "En hel läkemedelsgrupp. Källan återger ett förslag om medel utan belopp.",
    "VGR-BOTOX-MIGRAINE-2018": "Inget beslut är känt. Den ena källan är ett företags sida och visar ojämlik tillgång.",
    "VGR-MIGRAINE-CLINIC-2022": "En mottagning: omorganisation omfattas inte av ordnat införande.",
    "VGR-SPINRAZA": "Nationellt beslut. Det finns bland rekommendationerna; något regionalt beslut är inte känt.",
    "NAT-ZOLGENSMA": "Nationellt beslut. Det finns bland rekommendationerna.",
    "NAT-LUXTURNA": "Nationellt beslut. Det finns bland rekommendationerna, med fler datum.",
    "NAT-YESCARTA": "Nationellt, utan datum och med bara ordet ”villkor”.",
    "NAT-IPILIMUMAB": "Nationellt. Årtalet är en slutsats av en odaterad ledare.",
    "NAT-CGRP-UPTAKE": "En läkemedelsgrupp: användning per region, inget beslut om införande.",
    "NAT-XTANDI-ZYTIGA": "Två läkemedel i samma uppgift, från en patientorganisation, utan nivå.",
    "NAT-LIBRE-T2D": "En medicinteknisk produkt, inget läkemedel.",
}

#: Used for the benefit agency's decision in a chain of recommendations, see CHAINS.
ELSEWHERE = ("NAT-KAFTRIO",)


def add_cases(desk: Desk) -> int:
    """Add the recorded cases of the region, unless any is there. Returns how many were added."""
    region_id = by_slug(desk.session, VGR).id
    recorded = select(Case).where(Case.__table__.c.recorded_afterwards, Case.__table__.c.region_id == region_id)
    if desk.session.scalars(recorded.limit(1)).first() is not None:
        return 0
    found = {record["id"]: record for record in files.records("vgr_cases.json", "cases")}
    done: dict[str, Subject] = {}
    for record_id, words in CASES.items():
        older = done[words.grows_from] if words.grows_from else None
        done[record_id] = history.record_history(desk, _past(words, found[record_id], older))
    for record_id, (text, happened_on) in NOTES.items():
        rounds.record_note(desk, VGR, text, source=found[record_id]["source"], happened_on=happened_on)
    return len(done)


def _past(words: CaseWords, record: Mapping[str, Any], older: Subject | None) -> Past:
    amounts: Mapping[str, int | None] = record["intro_financing_sek_by_year"] or {}
    return Past(
        definition_id=f"{VGR}.new_medicine",
        stage=words.stage,
        about=About(record["medicine"], words.indication, record["substance"], record["atc"]),
        source=record["source"],
        happened_on=words.happened_on,
        facts={key: record[key] for key in ("patients_per_year",) if record[key] is not None},
        decision=PastDecision(words.outcome, words.happened_on, words.body, words.reasons),
        grants_ore={int(year): amount * 100 if amount else None for year, amount in amounts.items()},
        grows_from=older,
    )


# ------------------------------------------------------------------------------------- national recommendations

#: The file's codes and ours.
LEVEL_OF = {
    "BOR": "should",
    "KAN": "may",
    "INTE": "should_not",
    "AVVAKTA": "wait",
    "BEGRANSAD": "conditional",
    "REK_NIVA_OKAND": "positive_level_unknown",
    "GENERELL_REGEL": "group_rule",
}


@dataclass(frozen=True)
class Chain:
    """The versions of one recommendation, oldest first, with the reason why they belong together.

    The medicine goes by ``medicine`` where the records' names differ; the indication is the first record's, and a
    later record's own wording of it is kept in that version.
    """

    records: tuple[str, ...]
    why: str
    medicine: str | None = None
    route: str = "hospital_medicine"
    stage: str = "issued"
    ends_with: str | None = None  #: a record of vgr_cases.json: TLV's decision


#: Every other record is a chain of its own: one medicine and one indication, one version known.
CHAINS: tuple[Chain, ...] = (
    Chain(("NT-006", "NT-007"), "Samma indikation. Källan säger att 2021 ersätter 2019-10-14."),
    Chain(
        ("NT-018", "NT-017"), "Samma sjukdom: rådet avvaktade under förhandlingen och lämnade sedan sin rekommendation."
    ),
    Chain(("NT-019", "NT-020"), "Källan kallar den senare en ny version av samma rekommendation."),
    Chain(("NT-024", "NT-025"), "Samma indikation, med undantag för oundgänglig vård från 2018."),
    Chain(
        ("NT-028", "NT-029"),
        "Samma indikation med ett vidgat undantag, därefter TLV:s beslut om förmån. ”Kaftrio (+ Kalydeco)” är Kaftrio.",
        medicine="Kaftrio",
        route="benefit_medicine",
        stage="in_force",
        ends_with="NAT-KAFTRIO",
    ),
)
_KAFTRIO_REIMBURSED = {
    "level": "reimbursed",
    "wording": "Ingår i läkemedelsförmånerna från och med 2022-12-01 (TLV)",
    "issued_on": "2022-11-18",
}


def chains(ids: tuple[str, ...]) -> list[Chain]:
    """The chains of some records: those of the table, and one for each record that is in none."""
    chained = {record_id for chain in CHAINS for record_id in chain.records}
    single = [Chain((record_id,), "Den enda kända versionen.") for record_id in ids if record_id not in chained]
    return [*CHAINS, *single]


def add_recommendations(desk: Desk) -> int:
    """Add the real recommendations, unless any is there. Returns how many versions were added."""
    if desk.session.scalars(select(Recommendation).where(~Recommendation.__table__.c.example).limit(1)).first():
        return 0
    found = {record["id"]: record for record in files.records("nt_recommendations.json", "recommendations")}
    tlv = {record["id"]: record for record in files.records("vgr_cases.json", "cases")}
    added = 0
    for chain in chains(tuple(found)):
        about = _about(chain, found[chain.records[0]])
        for record_id in chain.records:
            record = found[record_id]
            values, source, note = version_of(record, about.indication), _source(record), note_of(record)
            recommendations.record_version(desk, chain.route, chain.stage, about, values, source=source, note=note)
            added += 1
        if chain.ends_with:
            source = tlv[chain.ends_with]["source"]
            recommendations.record_version(
                desk, chain.route, chain.stage, about, _KAFTRIO_REIMBURSED, source=source, note=chain.why
            )
            added += 1
    return added


def _about(chain: Chain, record: Mapping[str, Any]) -> About:
    return About(chain.medicine or record["medicine"], record["indication"], record["substance"], record["atc"])


def _source(record: Mapping[str, Any]) -> str:
    return " ; ".join(record["sources"])


def version_of(record: Mapping[str, Any], indication: str) -> dict[str, Any]:
    """A record as fields of a recommendation version; what the record does not know is None."""
    wording: str = record["outcome_wording"]
    if record["indication"] != indication:
        wording = f"{wording}. Gäller: {record['indication']}"
    clinical, economic = record["uncertainty_clinical"], record["uncertainty_health_economic"]
    cost = record["cost_per_qaly_sek"]
    return {
        "level": LEVEL_OF[record["outcome_code"]],
        "wording": wording,
        "conditions": record["conditions"],
        "issued_on": record["date"],
        "severity": _key(SEVERITY, record["severity"]),
        "rarity": _key(RARITY, record["rarity"]),
        "grade_scale": _scale(clinical or economic),
        "clinical_grade": _key(GRADES, _grade(clinical)),
        "economic_grade": _key(GRADES, _grade(economic)),
        "cost_per_qaly_ore": cost * 100 if cost is not None else None,
        "comparator": record["comparator"],
        "agreement_exists": record["national_agreement"],
    }


def note_of(record: Mapping[str, Any]) -> str:
    """What the record tells beside the fields of a version."""
    parts = [
        f"Effektstorlek: {record['effect_size']}." if record["effect_size"] else "",
        f"Patienter i Sverige: {record['patients_sweden']}." if record["patients_sweden"] else "",
        record["note"] or "",
    ]
    return " ".join(part for part in parts if part)


_OLDER_SCALE = "tillförlitlighet: "


def _scale(grade: str | None) -> str | None:
    """Which of the two scales a grade is on. They run in opposite ways."""
    if grade is None:
        return None
    return "reliability" if grade.startswith(_OLDER_SCALE) else "uncertainty"


def _grade(grade: str | None) -> str | None:
    return grade.removeprefix(_OLDER_SCALE).removesuffix(" (äldre skala)") if grade else None


def _key(words: Mapping[str, object], value: str | None) -> str | None:
    """The key of a Swedish word; None for None. KeyError for a word that is not known."""
    return {str(word): key for key, word in words.items()}[value] if value is not None else None
