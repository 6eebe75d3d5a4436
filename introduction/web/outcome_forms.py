"""The forms of outcomes: one unit's month, and a file."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext
from wtforms import BooleanField, FileField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from introduction.documents.outcome_file import MOST_BYTES
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.outcome import Given, parse_count, parse_month, parse_quantity
from introduction.web.forms.builder import Form, offered_id
from introduction.web.forms.fields import MoneyField
from introduction.web.words import tell

#: A kept copy longer than this does not fit in a form.
_LONGEST_KEPT = 900_000
CONFIRM = "confirm"


class _Read(StringField):
    """A text that is read as something; kept as typed."""

    reads: ClassVar[staticmethod[[str], Any]]  #: reads a text. Raises Refused.

    def read(self) -> Any:
        """What it says; None when nothing is typed. Raises Refused when it cannot be read."""
        return type(self).reads(self.data) if self.data and self.data.strip() else None

    def pre_validate(self, form: Any) -> None:
        """Say at once what is wrong."""
        try:
            self.read()
        except Refused as refusal:
            raise ValidationError(tell(refusal.reasons[0])) from None


class MonthField(_Read):
    """A month, typed as 2026-09: its first day."""

    reads = staticmethod(parse_month)


class CountField(_Read):
    """A number of patients."""

    reads = staticmethod(parse_count)


class QuantityField(_Read):
    """A quantity, in thousandths."""

    reads = staticmethod(parse_quantity)


def typed(units: Sequence[tuple[int, str]], counted: str, month: date) -> Form:
    """The form of a unit's month; ``counted`` is what the quantity counts, in words."""
    short = {"class": "govuk-input--width-10", "spellcheck": "false"}
    options = [SelectChoice("", gettext("Välj")), *(SelectChoice(str(unit), name) for unit, name in units)]
    fields: dict[str, Any] = {
        "month": MonthField(gettext("Månad"), description=gettext("Till exempel 2026-09."), render_kw=short),
        "unit": SelectField(gettext("Enhet"), choices=options, validate_choice=False),
        "patients": CountField(
            gettext("Patienter på behandling"),
            description=gettext("Hur många som hade läkemedlet någon gång under månaden."),
            render_kw={**short, "class": "govuk-input--width-5", "inputmode": "numeric"},
        ),
        "quantity": QuantityField(
            gettext("Mängd, %(counted)s", counted=counted),
            description=gettext("Högst tre decimaler, till exempel 12,5."),
            render_kw={**short, "inputmode": "decimal"},
        ),
        "cost": MoneyField(
            gettext("Kostnad"),
            description=gettext("Listpris utan moms för det nya läkemedlet. Dra inte av någon återbäring."),
            render_kw={**short, "inputmode": "decimal"},
        ),
        "source": StringField(
            gettext("Källa"), description=gettext("Varifrån uppgiften kommer, till exempel läkemedelsstatistiken.")
        ),
        CONFIRM: BooleanField(gettext("Uppgifterna är kontrollerade och stämmer")),
    }
    kind = type("OutcomeForm", (Form,), fields)
    known = {"month": f"{month:%Y-%m}", "unit": str(units[0][0]) if len(units) == 1 else ""}
    form: Form = kind(data=known) if request.method == "POST" else kind(formdata=None, data=known)
    for name in ("month", "unit", "patients", "quantity", "cost", "source"):
        form[name].flags.required = True
    return form


def given_by(form: Form) -> tuple[int, Given]:
    """The unit and what is said of its month. Raises InvalidInput for each field that is empty."""
    month, patients, quantity = form["month"].read(), form["patients"].read(), form["quantity"].read()
    cost, source = form["cost"].ore, (form["source"].data or "").strip()
    read = {"month": month, "unit": form["unit"].data, "patients": patients, "quantity": quantity, "cost": cost}
    problems = [(name, _missing(form, name)) for name, value in read.items() if value in (None, "")]
    if not source:
        problems.append(("source", _missing(form, "source")))
    if problems:
        raise InvalidInput(*problems)
    return offered_id(form["unit"].data), Given(month, patients, quantity, cost, source)


def _missing(form: Form, name: str) -> Message:
    return say("Fyll i: {field}", field=form[name].label.text)


# ------------------------------------------------------------------------------------- a file


def upload(regions: Sequence[tuple[int, str]]) -> Form:
    """The form that asks for a file; and for the region, where there are several to choose."""
    fields: dict[str, Any] = {
        "file": FileField(
            gettext("Fil med utfall"),
            description=gettext("CSV med semikolon, i UTF-8 eller Windows-1252. Högst 1 MB."),
            render_kw={"accept": ".csv,text/csv"},
        )
    }
    if len(regions) > 1:
        options = [SelectChoice("", gettext("Välj")), *(SelectChoice(str(region), name) for region, name in regions)]
        fields["region"] = SelectField(gettext("Region"), choices=options, validate_choice=False)
    form: Form = type("UploadForm", (Form,), fields)()
    for name in fields:
        form[name].flags.required = True
    return form


def packed(data: bytes) -> str:
    """A file's bytes as text that a form carries to its next step; a browser leaves every sign of it alone.

    Raises Refused when it is too long for that.
    """
    text = base64.b64encode(zlib.compress(data, 9)).decode()
    if len(text) > _LONGEST_KEPT:
        raise Refused(say("Filen är för stor. Dela den i flera"))
    return text


def unpacked(text: str) -> bytes:
    """The bytes that ``packed`` made text of. Raises Refused for anything else."""
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(base64.b64decode(text, validate=True), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        data = b""
    if not data or not reader.eof:
        raise Refused(say("Filen kom inte fram hel. Välj den igen"))
    return data
