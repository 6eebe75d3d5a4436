"""Guards of the follow-up of cases, and of their handover."""

from __future__ import annotations

from datetime import date

from introduction.domain.claims import ClaimGround
from introduction.domain.messages import Message, say
from introduction.domain.process.guards.registry import guard
from introduction.domain.process.situation import Situation, handover_begins


@guard(say("Tiden för överlämning har kommit"))
def handover_due(now: Situation) -> Message | None:
    """Handover may begin by the region's calendar, or early when the follow-up says so."""
    until: date | None = now["financed_until"]
    if until is None or now["follow_up_outcome"] == "hand_over_early":
        return None
    begins = handover_begins(until, now.region)
    if now.today >= begins:
        return None
    return say(
        "Överlämningen börjar {day}, eller tidigare om slutsatsen av uppföljningen är att lämna över i förtid",
        day=begins,
    )


@guard(say("Slutsatsen av uppföljningen är inte att avsluta i förtid"))
def not_to_be_stopped(now: Situation) -> Message | None:
    """What is to be stopped goes to the decision on that, and nowhere else."""
    if now["follow_up_outcome"] != "stop":
        return None
    return say("Slutsatsen av uppföljningen är att avsluta i förtid. För in det beslutet, eller skriv en ny slutsats")


@guard(say("Minst en uppföljningsrapport har kommit in"))
def report_received(now: Situation) -> Message | None:
    """Somebody has reported."""
    return None if now.reports else say("Ingen uppföljningsrapport har kommit in")


@guard(say("Utrymme är föreslaget i varje behandlande enhets budget"))
def room_proposed(now: Situation) -> Message | None:
    """Each treating unit knows which room its budget is to have, and there is at least one such unit."""
    if not now.treating_units:
        return say("Utse minst en behandlande enhet")
    missing = tuple(name for unit, name in now.treating_units if unit not in now.proposed)
    return say("Utrymme är inte föreslaget för: {units}", units=missing) if missing else None


@guard(say("Alla behandlande enheter har bekräftat kostnadsansvaret"))
def all_units_confirmed(now: Situation) -> Message | None:
    """Each treating unit's last answer is a confirmation, and there is at least one such unit."""
    if not now.treating_units:
        return say("Utse minst en behandlande enhet")
    silent = tuple(name for unit, name in now.treating_units if unit not in now.confirmations)
    objecting = tuple(name for unit, name in now.treating_units if now.confirmations.get(unit) == "objection")
    if objecting and silent:
        return say(
            "Invändning från: {units}. Rådet tar ställning. Bekräftelse saknas från: {silent}",
            units=objecting,
            silent=silent,
        )
    if objecting:
        return say("Invändning från: {units}. Rådet tar ställning", units=objecting)
    return say("Bekräftelse saknas från: {units}", units=silent) if silent else None


@guard(say("Alla behandlande enheter har svarat"))
def all_units_answered(now: Situation) -> Message | None:
    """Each treating unit has confirmed or objected, and there is at least one such unit."""
    if not now.treating_units:
        return say("Utse minst en behandlande enhet")
    silent = tuple(name for unit, name in now.treating_units if unit not in now.confirmations)
    return say("Svar saknas från: {units}", units=silent) if silent else None


@guard(say("En behandlande enhet har lämnat en invändning"))
def unit_objects(now: Situation) -> Message | None:
    """At least one treating unit's last answer is an objection."""
    if any(now.confirmations.get(unit) == "objection" for unit, _name in now.treating_units):
        return None
    return say("Ingen enhet har lämnat en invändning")


@guard(say("Finansieringen har löpt ut"))
def financing_over(now: Situation) -> Message | None:
    """The last financed day has passed."""
    until: date | None = now["financed_until"]
    if until is None or until < now.today:
        return None
    return say("Finansieringen gäller till och med {day}", day=until)


@guard(say("Bevakningstiden är slut"))
def watch_over(now: Situation) -> Message | None:
    """The watch after handover has ended."""
    until: date | None = now["watch_until"]
    if until is None or until < now.today:
        return None
    return say("Ärendet bevakas till och med {day}", day=until)


@guard(say("Slutsats av uppföljningen är skriven"))
def conclusion_written(now: Situation) -> Message | None:
    """The follow-up has a conclusion."""
    return None if now["follow_up_conclusion"] else say("Skriv slutsatsen av uppföljningen")


@guard(say("Uppföljningsplanen har mätbara mål"))
def follow_up_planned(now: Situation) -> Message | None:
    """Money is released only when it is said how the introduction will be followed up."""
    ground = now.ground
    planned = ground.goals_planned if isinstance(ground, ClaimGround) else now.goals_planned
    if planned:
        return None
    return say("Uppföljningsplanen saknar mål för jämlikt införande, klinisk nytta eller kostnadseffektivitet")
