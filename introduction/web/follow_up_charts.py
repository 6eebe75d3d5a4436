"""The drawings of a follow-up: the units beside each other, and use per residence area."""

from __future__ import annotations

from flask_babel import gettext

from introduction.documents.charts import AreaUse, AreaWords, UnitUse, UnitWords, units_beside, use_per_area
from introduction.documents.charts.drawing import Drawing
from introduction.services.follow_up import Summary
from introduction.web import follow_up_words
from introduction.web.words import language, tell


def units(found: Summary) -> Drawing | None:
    """Patients on treatment per unit beside what was expected; None where there is nothing to draw.

    A unit whose counts are hidden is left out: the table says that it is.
    """
    rows = [
        UnitUse(
            line.name,
            line.expected.patients if line.expected else None,
            float(line.counts.continuing) if line.counts else None,
        )
        for line in found.lines
        if not line.hidden
    ]
    if not any(row.observed is not None for row in rows):
        return None
    words = UnitWords(
        observed=gettext("fortsätter"),
        expected=gettext("väntat"),
        of=gettext("väntat"),
        no_report=gettext("Ingen rapport"),
    )
    label = follow_up_words.lead(found)
    return units_beside(rows, unit=gettext("patienter"), label=label, words=words, language=language())


def areas(found: Summary) -> Drawing | None:
    """Patients who have begun per 100 000 inhabitants and residence area; None where nothing may be told."""
    drawn = [
        AreaUse(tell(line.title), line.inhabitants, line.treated, line.low, line.high)
        for line in found.areas.lines
        if line.treated is not None
    ]
    if not drawn:
        return None
    words = AreaWords(
        mean=gettext("Regionen"),
        over=gettext("över gränsen"),
        under=gettext("under gränsen"),
        persons=gettext("personer"),
        band=gettext("Bandet: vad slumpen ensam kan ge"),
    )
    beyond = sum(1 for line in found.areas.lines if line.beyond)
    label = (
        gettext("Användningen per område ligger inom vad slumpen ensam kan ge")
        if not beyond
        else gettext("%(some)s av %(every)s områden ligger utanför gränserna", some=beyond, every=len(drawn))
    )
    unit = gettext("Patienter som har börjat per 100 000 invånare")
    return use_per_area(drawn, mean=found.areas.mean, unit=unit, label=label, words=words, language=language())
