"""A handover in words: the answer under the title, what is missing, and where each unit stands."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from introduction.domain.process.definition import Phase
from introduction.services.handover_file import HandoverFile
from introduction.services.handover_view import Handover, UnitLine
from introduction.web.words import plain_day


def lead(file: HandoverFile) -> str:
    """Who bears the cost from when, and how many units have answered."""
    found = file.handover
    if not found.every:
        return gettext("Behandlande enheter är inte utsedda än.")
    changed = [line.change for line in found.every if line.change is not None and line.change.to_payer != "fund"]
    if len(changed) == len(found.every):
        day = plain_day(max(change.takes_effect_on for change in changed))
        if any(change.to_payer == "central" for change in changed):
            return gettext("Enheterna och regionen centralt bär kostnaden sedan %(day)s.", day=day)
        return gettext("Enheterna bär kostnaden själva sedan %(day)s.", day=day)
    if found.first_day is None:
        return gettext("Det är inte bestämt när regionens pengar tar slut.")
    if file.case.subject.phase != Phase.HANDOVER:
        assert found.begins is not None, "it is counted from the end"
        return gettext(
            "Enheterna bär kostnaden från och med %(day)s. Överlämningen börjar senast %(begins)s.",
            day=plain_day(found.first_day), begins=plain_day(found.begins),
        )  # fmt: skip
    passes = gettext("Kostnaden går över %(day)s.", day=plain_day(found.first_day))
    return f"{answered(found.every)} {passes}"


def answered(lines: Sequence[UnitLine]) -> str:
    """``1 av 3 enheter har bekräftat, 1 invänder och 1 har inte svarat.``"""
    states = [line.state for line in lines]
    confirmed, objecting = states.count("confirmed"), states.count("objection")
    silent = len(states) - confirmed - objecting
    if confirmed == len(states):
        return ngettext("Enheten har bekräftat.", "Alla %(num)d enheter har bekräftat.", len(states))
    told = gettext("%(count)s av %(all)s enheter har bekräftat", count=confirmed, all=len(states))
    if objecting and silent:
        more = gettext(", %(objecting)s invänder och %(silent)s har inte svarat.", objecting=objecting, silent=silent)
    elif objecting:
        more = gettext(", %(objecting)s invänder.", objecting=objecting)
    else:
        more = gettext(", %(silent)s har inte svarat.", silent=silent)
    return told + more


def forecast_title(found: Handover) -> str:
    """``Prognos 2028`` with how many months it is about, where that is not the whole year."""
    year = found.years[0]
    if found.months == 12:
        return gettext("Prognos %(year)s", year=year)
    return gettext("Prognos %(year)s, %(months)s månader", year=year, months=found.months)


def state_title(line: UnitLine) -> str:
    """What the unit has answered."""
    return {
        "confirmed": gettext("Bekräftat"),
        "objection": gettext("Invändning"),
        "silent": gettext("Inget svar än"),
        "": gettext("Inte tillfrågad än"),
    }[line.state]


def payer_title(line: UnitLine) -> str:
    """Who bears the cost after the handover."""
    return line.unit if line.bears_cost else gettext("regionen centralt")


def source_title(found: Handover) -> str:
    """Where the forecast comes from."""
    return {
        "analysis": gettext("Prognosen är enhetens del av beräkning %(number)s.", number=found.analysis),
        "nomination": gettext("Prognosen bygger på nomineringen: ingen beräkning är godkänd."),
        "": gettext("Ingen har beräknat kostnaden."),
    }[found.source]
