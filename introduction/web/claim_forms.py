"""The forms of a new claim and of a correction."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from wtforms import Field, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from introduction.domain.fields import CLAIM_FIELDS
from introduction.services import claims, results
from introduction.services.claimable import Claimable
from introduction.services.desk import Desk
from introduction.services.opening import way_in
from introduction.web.forms.builder import Asked, Choices, Question, ask, offered_id
from introduction.web.forms.fields import MoneyField
from introduction.web.outcome_words import COUNTED
from introduction.web.words import tell

UNIT, QUANTITY, LESS, EXPLANATION = "unit_id", "quantity_milli", "less_ore", "explanation"


def new(desk: Desk, chosen: Claimable) -> Asked:
    """What a claim begins with: the unit, where there are several to choose from, and the figures."""
    of = chosen.open.case or chosen.open.application
    assert of is not None, "a grant is of something"
    way = way_in(claims.process_of(desk, of.region_id), claims.WAY_IN)
    questions = [Question(CLAIM_FIELDS[key], required=True) for key in way.asks]
    questions += [Question(CLAIM_FIELDS[key], required=False) for key in way.may]
    extra: dict[str, Any] = {}
    if len(chosen.units) > 1:
        options = [SelectChoice("", gettext("Välj")), *(SelectChoice(str(unit), name) for unit, name in chosen.units)]
        label = gettext("Vilken enhet har haft kostnaden?")
        extra[UNIT] = SelectField(label, choices=options, validate_choice=False)
    asked = ask(questions, Choices(), extra)
    if UNIT in asked.form:
        asked.form[UNIT].flags.required = True
    if QUANTITY in asked.form:
        analysis = results.approved_of(desk, chosen.open.case.id) if chosen.open.case is not None else None
        _say_what_counts(asked.form[QUANTITY], analysis.counted if analysis is not None else None)
    return asked


def _say_what_counts(field: Field, counted: str | None) -> None:
    """Say at the quantity what it counts, as the case's analysis does; where there is none the clinic says it."""
    if counted is None:
        field.description = gettext("Till exempel antal doser. Skriv under Förklaring vad ni räknar.")
    else:
        field.suffix, field.description = tell(COUNTED[counted]), gettext("I samma enhet som i beräkningen.")


def unit_of(asked: Asked, chosen: Claimable) -> int:
    """The unit that a new claim is for; 0, which there is none of, where nothing was chosen."""
    return offered_id(asked.form[UNIT].data or "") if UNIT in asked.form else chosen.units[0][0]


def correction() -> Asked:
    """How much is to be taken back, and why."""
    fields: dict[str, Any] = {
        LESS: MoneyField(
            gettext("Hur mycket ska räknas av?"),
            description=gettext("Bara det som ska bort, utan minus. Till exempel 12 500."),
            render_kw={"class": "govuk-input--width-10", "inputmode": "decimal"},
        ),
        EXPLANATION: TextAreaField(gettext("Vad rättas, och varför?"), render_kw={"rows": 4}),
    }
    asked = ask((), Choices(), fields)
    for each in asked.form:
        if each.name in fields:
            each.flags.required = True
    return asked
