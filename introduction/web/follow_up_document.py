"""What the printed conclusion of a follow-up tells: what it rested on the day it was drawn."""

from __future__ import annotations

from flask_babel import gettext

from introduction.documents.follow_up_conclusion import (
    ConclusionTold,
    Counts,
    Goal,
    Missing,
    Obstacle,
    UnitFigures,
)
from introduction.documents.layout import Picture
from introduction.documents.printing import Letterhead
from introduction.services import follow_up
from introduction.services.follow_up import Summary, UnitLine
from introduction.services.follow_up_goals import GoalLine
from introduction.web import follow_up_charts, follow_up_words
from introduction.web.words import tell

_COUNCIL = "council"


def told(found: Summary) -> ConclusionTold:
    """A conclusion that is whole, as ``follow_up.concluded`` reads it. It carries the time when it was drawn."""
    concluded = found.conclusion
    assert concluded is not None and concluded.outcome and concluded.at and concluded.on, "it has been drawn"
    chart = follow_up_charts.units(found)
    return ConclusionTold(
        letterhead=Letterhead(
            region=tell(found.subject.region.name),
            number=found.case.public_number,
            made=concluded.at,
            example=found.case.example,
        ),
        medicine=found.about.medicine,
        indication=found.about.indication,
        followed_from=found.started,
        followed_to=found.until,
        body=tell(found.subject.region.body_named(_COUNCIL).title),
        decided_on=concluded.on,
        outcome=concluded.outcome,
        reasons=concluded.text,
        goals=tuple(_goal(line) for line in found.goals),
        units=tuple(_unit(line) for line in found.lines),
        together=_counts(found.together) if found.together else None,
        missing=tuple(
            Missing(line.name, line.overdue.due_on) for line in found.overdue if line.overdue and line.overdue.due_on
        ),
        obstacles=tuple(Obstacle(line.name, line.obstacles) for line in found.lines if line.obstacles),
        chart=Picture("units", chart) if chart is not None else None,
    )


def _unit(line: UnitLine) -> UnitFigures:
    hidden = gettext("dolt")
    counts = Counts(hidden, hidden, hidden, None) if line.hidden else None
    return UnitFigures(
        unit=line.name,
        counts=_counts(line.counts) if line.counts else counts,
        cost_ore=line.cost_ore,
        forecast_ore=line.expected.cost_ore if line.expected else None,
    )


def _counts(counts: follow_up.Counts) -> Counts:
    return Counts(
        started=follow_up_words.count(counts, "started"),
        continuing=follow_up_words.count(counts, "continuing"),
        stopped=follow_up_words.count(counts, "stopped"),
        coverage=follow_up_words.coverage(counts) or None,
    )


def _goal(line: GoalLine) -> Goal:
    row = line.indicator
    outcomes = tuple(
        (one.unit, " – ".join(part for part in (follow_up_words.reached(line, one), follow_up_words.met(one)) if part))
        for one in line.reached
    )
    return Goal(
        title=row.title,
        indicator=row.measure,
        source=row.source,
        goal=follow_up_words.aim(row),
        outcomes=outcomes,
    )
