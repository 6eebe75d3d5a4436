"""Guards of claims: what is looked at before money is asked for, and before it is approved."""

from __future__ import annotations

from collections.abc import Mapping

from introduction.domain.claims import ClaimGround, price_differs
from introduction.domain.messages import Message, say
from introduction.domain.money import kronor
from introduction.domain.process.guards.registry import guard
from introduction.domain.process.situation import Situation


def _of(now: Situation) -> ClaimGround:
    assert isinstance(now.ground, ClaimGround), "a guard of claims is asked of a claim"
    return now.ground


#: What a claim tells, and what each is called. Each is missed by one guard only, so that a lack is told once.
_TITLES: Mapping[str, Message] = {
    "period_from": say("periodens första dag"),
    "period_to": say("periodens sista dag"),
    "basis": say("hur läkemedlet har hämtats ut"),
    "patients": say("antal patienter"),
    "quantity_milli": say("mängd"),
    "gross_new_ore": say("kostnad för det nya läkemedlet"),
    "gross_displaced_ore": say("kostnad som har fallit bort"),
    "extra_cost_ore": say("merkostnad"),
}


def _missing(now: Situation, *keys: str) -> Message | None:
    """What is to be filled in of some facts; nothing when all are known."""
    missing = tuple(_TITLES[key] for key in keys if now[key] is None)
    return say("Fyll i: {fields}", fields=missing) if missing else None


@guard(say("Uttag, patienter och mängd är ifyllda"))
def claim_described(now: Situation) -> Message | None:
    """Basis, patients and quantity are known. The guards of the period and of the amounts ask for those."""
    return _missing(now, "basis", "patients", "quantity_milli")


@guard(say("Enheten hör till den förvaltning som har fått pengarna"))
def claim_unit_belongs(now: Situation) -> Message | None:
    """Nobody claims in another unit's name."""
    ground = _of(now)
    if ground.unit_belongs:
        return None
    return say("{unit} hör inte till {administration}", unit=ground.unit, administration=ground.administration)


@guard(say("Perioden ligger inom den tid som pengarna gäller"))
def claim_period_in_grant(now: Situation) -> Message | None:
    """The period is in order and inside the grant's; it does not go beyond today.

    A correction is of a period that was, whatever has been decided of the money's days since.
    """
    ground, first, last = _of(now), now["period_from"], now["period_to"]
    if lack := _missing(now, "period_from", "period_to"):
        return lack
    if ground.corrects is None and ground.first_day > ground.last_day:
        return say(
            "Pengarna för {year} har ingen period att gälla för. Tala med den som granskar rekvisitioner",
            year=ground.budget_year,
        )
    if last < first:
        return say("Periodens sista dag ligger före den första. Ändra en av dem")
    if ground.corrects is None and (first < ground.first_day or last > ground.last_day):
        return say(
            "Pengarna gäller från och med {first} till och med {last}. Ändra perioden, eller rekvirera det som ligger "
            "utanför från ett annat års belopp",
            first=ground.first_day,
            last=ground.last_day,
        )
    if last > now.today:
        return say("Perioden är inte slut. Pengar rekvireras för kostnader som har uppstått")
    return None


@guard(say("Enheten bär inte kostnaden själv än"))
def claim_before_handover(now: Situation) -> Message | None:
    """The fund pays nothing for costs after the cost responsibility has passed to the unit. Corrections take back."""
    ground, last = _of(now), now["period_to"]
    if ground.corrects is not None or ground.paid_by_unit_from is None:
        return None
    if last is None or last < ground.paid_by_unit_from:
        return None
    return say("Från och med {day} bär enheten kostnaden själv. Fonden betalar till dess", day=ground.paid_by_unit_from)


@guard(say("Året är inte slutavräknat"))
def claim_before_settlement(now: Situation) -> Message | None:
    """Claims are taken for some months after the year; then what is left has gone back. Corrections always are.

    What came in time and was given back may come again for as long as the grant is not settled.
    """
    ground = _of(now)
    if ground.handed_in or ground.corrects is not None:
        return None
    if ground.settled:
        return say(
            "Beloppet för {year} är slutavräknat. Tala med den som granskar rekvisitioner", year=ground.budget_year
        )
    if (ground.handed_in_on or now.today) > ground.claims_until:
        return say(
            "Pengar för {year} kunde rekvireras till och med {day}", year=ground.budget_year, day=ground.claims_until
        )
    return None


@guard(say("Ingen annan rekvisition gäller samma tid"))
def claim_no_overlap(now: Situation) -> Message | None:
    """The same unit has no other claim for days of the period, with the same basis."""
    found = _of(now).overlapping
    if not found:
        return None
    return say(
        "{numbers} gäller redan dagar i perioden. Ändra perioden, eller rätta den rekvisitionen i stället",
        numbers=found,
    )


@guard(say("Merkostnaden stämmer"))
def claim_adds_up(now: Situation) -> Message | None:
    """The extra cost is the cost of the new medicine less what fell away; only a correction may be negative."""
    if lack := _missing(now, "gross_new_ore", "gross_displaced_ore") or _missing(now, "extra_cost_ore"):
        return lack
    new, displaced, extra = now["gross_new_ore"], now["gross_displaced_ore"], now["extra_cost_ore"]
    if new - displaced != extra:
        return say(
            "Kostnaden för det nya läkemedlet minus den som har fallit bort är {amount}. Ändra merkostnaden",
            amount=kronor(new - displaced),
        )
    corrects = _of(now).corrects is not None
    if corrects:
        return say("En rättelse ändrar beloppet. Skriv vad som ska räknas av, med minus") if extra >= 0 else None
    if new < 0 or displaced < 0:
        return say("Beloppen kan inte vara negativa. Rätta en tidigare rekvisition från dess sida")
    return None if extra > 0 else say("Det finns ingen merkostnad att rekvirera")


@guard(say("Priset stämmer med beräkningen, eller skillnaden är förklarad"))
def claim_price_explained(now: Situation) -> Message | None:
    """The cost of the quantity lies near the analysis's list price, or it is said why not."""
    ground, quantity, new = _of(now), now["quantity_milli"], now["gross_new_ore"]
    if quantity is None or new is None or now["explanation"]:
        return None
    if ground.corrects is None and not price_differs(ground, quantity, new):
        return None
    if ground.corrects is not None:
        return say("Skriv vad som rättas och varför, under Förklaring")
    return say(
        "Kostnaden skiljer sig mer än {percent} procent från priset i beräkningen. Kontrollera mängd och belopp, eller "
        "skriv varför under Förklaring",
        percent=ground.price_band_percent,
    )


@guard(say("Pengarna räcker"))
def claim_room_left(now: Situation) -> Message | None:
    """The grant has room for the amount; a correction takes back no more than was approved."""
    ground, extra = _of(now), now["extra_cost_ore"]
    if extra is None:
        return None
    if ground.corrects is not None:
        if -extra <= ground.left_to_correct_ore:
            return None
        return say(
            "Av {number} är {amount} godkänt och inte redan rättat. Mer kan inte räknas av",
            number=ground.corrects,
            amount=kronor(ground.left_to_correct_ore),
        )
    if extra <= ground.room_ore:
        return None
    return say(
        "{administration} har {room} kvar för {year}. Rekvirera högst så mycket, eller ansök om mer",
        administration=ground.administration,
        room=kronor(ground.room_ore),
        year=ground.budget_year,
    )


@guard(say("Underlag är bifogat"))
def claim_evidence_attached(now: Situation) -> Message | None:
    """At least one file shows the cost, and no other claim has shown the same. A correction is explained instead."""
    ground = _of(now)
    if ground.same_evidence:
        return say(
            "Samma underlag är bifogat till {numbers}. Ta bort det, eller bifoga rätt fil", numbers=ground.same_evidence
        )
    if ground.evidence or ground.corrects is not None:
        return None
    return say("Bifoga ett underlag som visar kostnaden, till exempel en utskrift ur ekonomisystemet")


@guard(say("Det godkända beloppet är inte större än det rekvirerade"))
def approved_within_claim(now: Situation) -> Message | None:
    """What the economist approves lies between nothing and the claim; a correction is approved whole."""
    approved, extra = now["approved_ore"], now["extra_cost_ore"]
    if approved is None:
        return say("Ange vilket belopp som godkänns")
    if extra is not None and extra < 0:
        return None if approved == extra else say("En rättelse godkänns i sin helhet eller lämnas tillbaka")
    if extra is not None and 0 < approved <= extra:
        if approved < extra and not now["assessment"]:
            return say("Skriv varför hela beloppet inte godkänns, under Bedömning")
        return None
    return say("Godkänn mer än noll och högst {amount}, eller lämna tillbaka rekvisitionen", amount=kronor(extra or 0))


@guard(say("Ekonomisystemet har svarat att beloppet är bokfört"))
def booked_in_ledger(now: Situation) -> Message | None:
    """The claim has gone to the ledger in a file, and the file's receipt has come."""
    ground = _of(now)
    if ground.booked:
        return None
    if ground.ledger_file is not None:
        return say("Rekvisitionen ligger i fil {number}, som väntar på kvittens", number=ground.ledger_file)
    return say("Rekvisitionen väntar på att skickas till ekonomisystemet")
