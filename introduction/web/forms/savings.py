"""The form for a saving, year by year with least and greatest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from introduction.services.savings import KIND_TITLES, Amount, NewSaving
from introduction.web.forms.builder import Form, offered_id
from introduction.web.forms.fields import MoneyField
from introduction.web.words import capital, tell


class SavingForm(Form):
    """A saving. The amounts of each year are ``amount-2028``, ``low-2028`` and ``high-2028``."""

    kind = RadioField(validate_choice=False)
    title = StringField()
    atc = StringField(render_kw={"class": "govuk-input--width-10", "spellcheck": "false"})
    unit_id = SelectField(validate_choice=False)
    source = TextAreaField(render_kw={"rows": 2})


def saving_form(years: Sequence[int], administrations: Sequence[tuple[int, str]], *, blank: bool = False) -> Any:
    """The form for a saving in some years, filled from the request unless it is to be blank."""
    amounts = {
        f"{end}-{year}": MoneyField(label, render_kw={"class": "govuk-input--width-10", "inputmode": "decimal"})
        for year in years
        for end, label in (
            ("amount", gettext("Troligt %(year)s", year=year)),
            ("low", gettext("Minst %(year)s", year=year)),
            ("high", gettext("Mest %(year)s", year=year)),
        )
    }
    kind = type("YearsForm", (SavingForm,), amounts)
    form = kind(formdata=None) if blank else kind()
    form.kind.label.text = gettext("Vad kommer besparingen av?")
    form.kind.choices = [SelectChoice(kind, capital(tell(title))) for kind, title in KIND_TITLES.items()]
    form.title.label.text = gettext("Vad gäller den?")
    form.title.description = gettext("Till exempel ”Biosimilarer till Examplumab”.")
    form.atc.label.text = gettext("ATC-kod")
    form.atc.description = gettext("Hela koden eller början på den.")
    form.unit_id.label.text = gettext("Förvaltning")
    whole = SelectChoice("", gettext("Hela regionen"))
    form.unit_id.choices = [whole, *(SelectChoice(str(unit_id), name) for unit_id, name in administrations)]
    form.source.label.text = gettext("Varifrån kommer beloppen?")
    for name in ("kind", "title", "source"):
        form[name].flags.required = True
    return form


def typed_saving(form: Any, years: Sequence[int]) -> NewSaving:
    """What was typed. A year with a likely amount only has no interval; a year without any is left out."""
    amounts = {}
    for year in years:
        likely, low, high = (form[f"{end}-{year}"].ore for end in ("amount", "low", "high"))
        if (likely, low, high) != (None, None, None):
            known = likely if likely is not None else low if low is not None else high
            amounts[year] = Amount(known, known if low is None else low, known if high is None else high)
    return NewSaving(
        kind=form.kind.data or "",
        title=form.title.data or "",
        source=form.source.data or "",
        amounts=amounts,
        atc=form.atc.data or "",
        unit_id=offered_id(form.unit_id.data) if form.unit_id.data else None,
    )
