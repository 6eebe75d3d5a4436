"""What can be told about a claim: money drawn from a grant, as costs arise."""

from __future__ import annotations

from introduction.domain.fields.choices import BASIS
from introduction.domain.fields.kinds import by_key, choice, date, long, money, quantity, whole
from introduction.domain.messages import say

CLAIM_FIELDS = by_key(
    date("period_from", say("Vilken är periodens första dag?")),
    date("period_to", say("Vilken är periodens sista dag?")),
    choice("basis", say("Hur har läkemedlet hämtats ut?"), BASIS),
    whole(
        "patients",
        say("Hur många patienter fick läkemedlet under perioden?"),
        0,
        1_000_000,
        say("Bara ett antal. Skriv aldrig något om en enskild patient."),
    ),
    quantity(
        "quantity_milli",
        say("Hur mycket läkemedel gick åt?"),
        say("I den enhet som beräkningen räknar i, till exempel doser."),
    ),
    money(
        "gross_new_ore",
        say("Kostnad för det nya läkemedlet"),
        say("Vad läkemedlet kostade, utan moms. Dra inte av något."),
    ),
    money(
        "gross_displaced_ore",
        say("Kostnad som har fallit bort"),
        say("Vad behandlingen som ersattes skulle ha kostat, utan moms. Skriv 0 om ingen ersattes."),
    ),
    money(
        "extra_cost_ore",
        say("Merkostnad"),
        say("Det nya läkemedlet minus det som har fallit bort. Lämna tomt så räknas den ut."),
    ),
    long("explanation", say("Förklaring"), say("Behövs om priset skiljer sig från beräkningen, och vid en rättelse.")),
    money("approved_ore", say("Belopp som godkänns")),
    long("assessment", say("Bedömning")),
)
