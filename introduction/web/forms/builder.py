"""Forms made from what a process asks for: fields of the catalogue become WTForms fields.

What was typed is always kept as text; a field that cannot be read says what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field as WtField
from wtforms import (
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.fields import Field, Kind
from introduction.domain.messages import say
from introduction.domain.money import parse_kronor
from introduction.domain.outcome import parse_count, parse_quantity, text_of_quantity
from introduction.web.forms.fields import (
    DatePartsField,
    GridField,
    MoneyField,
    QuantityField,
    TicksField,
    WholeField,
)
from introduction.web.words import NBSP, tell


class Form(FlaskForm):
    """The ground of every form: fields, the token, and room for faults that belong to no field."""

    def validate(self, extra_validators: Any = None) -> bool:
        """When something cannot be read, say also what is missing: all there is to put right, at once."""
        if super().validate(extra_validators):
            return True
        for each in self:
            if each.flags.required and not each.errors and _blank(each.data):
                each.errors = [*each.errors, tell(say("Fyll i: {field}", field=each.label.text))]
        return False

    def take_problems(self, refusal: Refused, prefix: str = "") -> list[str]:
        """Put each problem at its field; return those that belong to none."""
        left: list[str] = []
        problems = refusal.problems if isinstance(refusal, InvalidInput) else [("", r) for r in refusal.reasons]
        for key, message in problems:
            target = self._fields.get(prefix + key) or self._fields.get(key)
            if target is None:
                left.append(tell(message))
            else:
                target.errors = [*target.errors, tell(message)]
        return left


def _blank(data: Any) -> bool:
    return not (data.strip() if isinstance(data, str) else data)


@dataclass(frozen=True)
class Choices:
    """The units and people that fields may offer, by id."""

    units: Sequence[tuple[int, str]] = ()
    administrations: Sequence[tuple[int, str]] = ()
    people: Sequence[tuple[int, str]] = ()
    groups: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)  #: the region's own, as its areas
    months: Sequence[tuple[str, str]] = ()  #: "2027-03" with its words


@dataclass(frozen=True)
class Question:
    """A field of the catalogue as a form asks it."""

    field: Field
    required: bool
    value: Any = None
    prefix: str = ""

    @property
    def name(self) -> str:
        """The input's name."""
        return self.prefix + self.field.key


@dataclass
class Asked:
    """A form made from questions."""

    form: Form
    questions: Sequence[Question] = field(default_factory=list)

    def values(self, prefix: str = "") -> dict[str, Any]:
        """What was answered, typed, for the questions of a prefix."""
        return {
            question.field.key: _typed(question.field, self.form[question.name])
            for question in self.questions
            if question.prefix == prefix and _was_asked(question)
        }


def ask(questions: Iterable[Question], choices: Choices, extra: Mapping[str, Any] | None = None) -> Asked:
    """Build a form for the questions (and extra WTForms fields), filled from the request or from what is known."""
    listed = list(questions)
    attributes: dict[str, Any] = {question.name: _field(question, choices) for question in listed}
    attributes |= extra or {}
    kind = type("AskedForm", (Form,), attributes)
    known = {question.name: _shown(question.field, question.value) for question in listed}
    form: Form = kind(data=known) if request.method == "POST" else kind(formdata=None, data=known)
    return Asked(form, listed)


class _Asked:
    """A validator that only marks the field as required; the service is what demands."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        return None


def _field(question: Question, choices: Choices) -> WtField:
    asked = question.field
    label = tell(asked.label)
    options: dict[str, Any] = {
        "description": tell(asked.hint) if asked.hint else "",
        "validators": [_Asked()] if question.required else [],
    }
    match asked.kind:
        case Kind.LONG_TEXT:
            return TextAreaField(label, render_kw={"rows": 5}, **options)
        case Kind.MONEY:
            return MoneyField(label, render_kw={"class": "govuk-input--width-10", "inputmode": "decimal"}, **options)
        case Kind.WHOLE:
            return WholeField(label, render_kw={"class": "govuk-input--width-5", "inputmode": "numeric"}, **options)
        case Kind.DATE:
            return DatePartsField(label, **options)
        case Kind.TEXT:
            return StringField(label, **options)
        case Kind.QUANTITY | Kind.QUANTITIES | Kind.COUNTS | Kind.MONTHS:
            return _number_field(question, label, options, choices)
    return _choice_field(question, label, options, choices)


def _number_field(question: Question, label: str, options: dict[str, Any], choices: Choices) -> WtField:
    asked = question.field
    if asked.kind is Kind.QUANTITY:
        look = {"class": "govuk-input--width-10", "inputmode": "decimal"}
        return QuantityField(label, render_kw=look, **options)
    if asked.kind is Kind.MONTHS:
        return GridField(label, choices.months, parse_kronor, **options)
    rows = [(key, _capital(tell(title))) for key, title in asked.choices]
    read = parse_quantity if asked.kind is Kind.QUANTITIES else parse_count
    return GridField(label, rows or choices.groups.get(asked.of_region or "", ()), read, **options)


def _choice_field(question: Question, label: str, options: dict[str, Any], choices: Choices) -> WtField:
    asked = question.field
    match asked.kind:
        case Kind.YES_NO:
            offered = [SelectChoice("yes", tell(say("Ja"))), SelectChoice("no", tell(say("Nej")))]
            return RadioField(label, choices=offered, validate_choice=False, **options)
        case Kind.CHOICE:
            offered = [SelectChoice(value, _capital(tell(title))) for value, title in asked.choices]
            kind = RadioField if len(offered) <= 5 else SelectField
            if kind is SelectField:
                offered.insert(0, SelectChoice("", gettext("Välj")))
            return kind(label, choices=offered, validate_choice=False, **options)
        case Kind.CHOICES:
            offered = [SelectChoice(value, _capital(tell(title))) for value, title in asked.choices]
            return TicksField(label, choices=offered, validate_choice=False, **options)
        case Kind.UNITS:
            offered = [SelectChoice(str(unit), name) for unit, name in choices.units]
            return TicksField(label, choices=offered, validate_choice=False, **options)
    listed = choices.people
    if asked.kind is Kind.UNIT:
        listed = choices.administrations if asked.unit_kind else choices.units
    offered = [SelectChoice("", gettext("Välj")), *(SelectChoice(str(value), name) for value, name in listed)]
    return SelectField(label, choices=offered, validate_choice=False, **options)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(asked: Field, value: Any) -> Any:
    """A stored value as the form shows it."""
    show = _SHOWN.get(asked.kind)
    return value if value is None or show is None else show(value)


def _kronor(ore: int) -> str:
    """``1 142 700``: in groups of three, as it is read, in whatever language the page is."""
    whole, rest = divmod(abs(ore), 100)
    sign, figures = "\u2212" if ore < 0 else "", f"{whole:,}".replace(",", NBSP)
    return f"{sign}{figures}" if not rest else f"{sign}{figures},{rest:02d}"


_SHOWN: dict[Kind, Callable[[Any], Any]] = {
    Kind.YES_NO: lambda value: "yes" if value else "no",
    Kind.MONEY: _kronor,
    Kind.WHOLE: str,
    Kind.UNIT: str,
    Kind.PERSON: str,
    Kind.UNITS: lambda value: [str(unit) for unit in value],
    Kind.CHOICES: list,
    Kind.QUANTITY: text_of_quantity,
    Kind.COUNTS: lambda value: {key: str(number) for key, number in value.items()},
    Kind.MONTHS: lambda value: {key: _kronor(amount) for key, amount in value.items()},
}


def _was_asked(question: Question) -> bool:
    """False for ticks that the posted form did not show: nothing ticked there does not mean that none are."""
    ticks = question.field.kind in (Kind.UNITS, Kind.CHOICES)
    return not ticks or question.name in request.form or f"{question.name}-shown" in request.form


def _typed(asked: Field, answered: WtField) -> Any:
    """What an answered field says, as the services take it."""
    data = answered.data
    match asked.kind:
        case Kind.QUANTITY:
            return answered.milli
        case Kind.QUANTITIES | Kind.COUNTS | Kind.MONTHS:
            return dict(answered.values)
        case Kind.YES_NO:
            return {"yes": True, "no": False, "": None}.get(data or "", data)
        case Kind.MONEY:
            return answered.ore
        case Kind.WHOLE:
            return answered.whole
        case Kind.UNIT | Kind.PERSON:
            return offered_id(data) if data else None
        case Kind.UNITS:
            return tuple(offered_id(unit) for unit in data or ())
        case Kind.CHOICES:
            return tuple(data or ())
    return data or None


def offered_id(text: str) -> int:
    """An id that a form offers; 0, which nothing has, for what no form has offered."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
