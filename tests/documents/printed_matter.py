"""A decision letter, a conclusion and a handover for tests of what is printed, with what a test does not care about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from introduction.documents.decision_letter import Contact, LetterTold, Money, Reporting, Saving
from introduction.documents.follow_up_conclusion import ConclusionTold, Counts, Goal, Missing, Obstacle, UnitFigures
from introduction.documents.handover_document import (
    Answer,
    DecisionTold,
    FollowedUp,
    Forecast,
    HandoverTold,
    Remaining,
    Ruling,
    UnitTakingOver,
)
from introduction.documents.printing import Letterhead

MADE = datetime(2026, 11, 23, 8, tzinfo=UTC)
KR = 100  #: öre


def letter_told(**changed: Any) -> LetterTold:
    """A decision that grants a part of what a unit in Norrbotten applied for."""
    told: dict[str, Any] = {
        "letterhead": Letterhead("Region Norrbotten", "NB-A-2026-0003", MADE, example=True),
        "body": "Kunskapsstyrningsrådet",
        "decided_on": date(2026, 11, 19),
        "section": "§ 42",
        "registry_number": "RN 2026/0815",
        "unit": "Lungmedicin, Sunderby sjukhus",
        "medicine": "Examplumab",
        "indication": "svår eosinofil astma hos vuxna",
        "outcome": "granted_in_part",
        "applied": Money(1_500_000 * KR, date(2026, 12, 1), date(2027, 11, 30)),
        "granted": Money(1_200_000 * KR, date(2026, 12, 1), date(2027, 8, 31)),
        "reasons": (
            "Behandlingen är rekommenderad nationellt och behovet är visat. Rådet räknar med att patienterna börjar i "
            "jämnare takt än i ansökan, och att bytet till biosimilar ger hela sin effekt från mars.\n"
            "Pengarna för hösten 2027 prövas när utfallet för det första halvåret är känt."
        ),
        "conditions": (
            "Alla patienter förs in i kvalitetsregistret när behandlingen börjar.",
            "Behandlingen utvärderas efter tolv månader enligt stoppkriterierna.",
        ),
        "claiming": (
            "Begär pengarna i efterhand för varje månad, med underlag för vad läkemedlet och det som det ersätter har "
            "kostat. Bara merkostnaden utan moms ersätts."
        ),
        "reporting": (
            Reporting("Antal patienter som har börjat, fortsätter och slutat", date(2027, 3, 15)),
            Reporting("Utfall mot besparingarna", date(2027, 9, 15)),
        ),
        "savings": (
            Saving("Byte till biosimilar av omalizumab", "Johan Sand", 240_000 * KR, date(2027, 2, 28)),
            Saving("Färre läkemedel som kasseras", "Åsa Öberg", 60_000 * KR, date(2027, 6, 30)),
        ),
        "reconsider_step": "Begär omprövning",
        "reconsider_until": date(2028, 2, 28),
        "contact": Contact("Karin Ek", "samordnare", "karin.ek@region.example, 0920-00 00 00"),
    }
    return LetterTold(**{**told, **changed})


def conclusion_told(**changed: Any) -> ConclusionTold:
    """A conclusion that adjusts an introduction; one of three units has not reported."""
    told: dict[str, Any] = {
        "letterhead": Letterhead("Västra Götalandsregionen", "VGR-2026-0007", MADE, example=True),
        "medicine": "Examplumab",
        "indication": "svår eosinofil astma hos vuxna",
        "followed_from": date(2025, 6, 1),
        "followed_to": date(2026, 11, 30),
        "body": "Program- och prioriteringsrådet",
        "decided_on": date(2027, 1, 21),
        "section": "§ 7",
        "outcome": "adjust",
        "reasons": "Användningen är ojämn mellan enheterna. Startkriterierna förtydligas och följs upp igen i juni.",
        "goals": (
            Goal(
                "Jämlikt införande",
                "Patienter per 100 000 invånare",
                "Kvalitetsregistret",
                "högst 20 % skillnad mellan enheterna",
                (("Sjukhuset i väster", "12 per 100 000"), ("Norra sjukhuset", "4 per 100 000"), ("Östra", None)),
            ),
            Goal("Klinisk nytta", "Färre skov per år", "Kvalitetsregistret", "en halvering"),
        ),
        "units": (
            UnitFigures("Sjukhuset i väster", Counts("24", "19", "5", "96 %"), 3_100_250 * KR, 2_900_000 * KR),
            UnitFigures("Norra sjukhuset", Counts("8", "7", "1–4"), 1_004_000 * KR + 50, 1_500_000 * KR),
            UnitFigures("Östra", None, None, 800_000 * KR),
        ),
        "together": Counts("32", "26", "6", "94 %"),
        "missing": (Missing("Östra", date(2026, 12, 15)),),
        "obstacles": (Obstacle("Norra sjukhuset", "Få tider på mottagningen för de första doserna."),),
    }
    return ConclusionTold(**{**told, **changed})


def handover_told(**changed: Any) -> HandoverTold:
    """A handover to three units: one confirms, one objects, one has not answered."""
    fund, day = "Introduktionsmedlen", date(2027, 6, 1)
    told: dict[str, Any] = {
        "letterhead": Letterhead("Västra Götalandsregionen", "VGR-2026-0007", MADE, example=True),
        "medicine": "Examplumab",
        "indication": "svår eosinofil astma hos vuxna",
        "as_of": date(2027, 3, 1),
        "first_year": 2027,
        "central_payer": "Koncernkontoret",
        "level": 0.8,
        "decision": DecisionTold(
            "Operativa hälso- och sjukvårdsnämnden", date(2025, 4, 24), "Beviljad med villkor", "§ 112",
            "HSN 2025-00123", ("Behandlingen ges på mottagning.", "Alla patienter förs in i kvalitetsregistret."),
        ),
        "conclusion": FollowedUp(
            "continue", "Program- och prioriteringsrådet", date(2027, 1, 21),
            "Målen är nådda på alla enheter utom en.\nAnvändningen väntas vara jämn från hösten.",
        ),
        "units": (
            UnitTakingOver(
                "Sjukhuset i väster", fund, "Sjukhuset i väster", day, 3_100_250 * KR + 75,
                Forecast(2_000_000 * KR + 60, (1_700_000 * KR, 2_400_000 * KR)), 2_000_000 * KR,
                Answer("confirmed", "Åsa Öberg", date(2027, 2, 8)),
            ),
            UnitTakingOver(
                "Norra sjukhuset", fund, "Norra sjukhuset", day, 1_004_000 * KR + 50,
                Forecast(700_000 * KR + 60, (500_000 * KR, 1_000_000 * KR)), 650_000 * KR,
                Answer(
                    "objection", "Johan Sand", date(2027, 2, 10),
                    "Utrymmet räcker inte till de patienter som redan har börjat.",
                ),
            ),
            UnitTakingOver("Östra", fund, "Östra", day, 0),
        ),
        "rulings": (
            Ruling(
                "Enheterna tillfrågas på nytt", "Program- och prioriteringsrådet", date(2027, 2, 18),
                "Utrymmet prövas igen när utfallet för våren är känt.", "§ 14", "HSN 2025-00123",
            ),
        ),
        "remaining": (
            Remaining("Privata specialister med nationell taxa", Forecast(90_000 * KR, (40_000 * KR, 150_000 * KR))),
        ),
        "watched_until": date(2028, 5, 31),
    }  # fmt: skip
    return HandoverTold(**{**told, **changed})
