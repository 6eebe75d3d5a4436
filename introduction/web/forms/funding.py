"""The forms of funds and grants: an appropriation, a reservation, and decisions about a grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from introduction.domain.errors import Overtaken, Refused
from introduction.domain.funding import HOLDERS
from introduction.domain.money import kronor
from introduction.services.books import Minutes
from introduction.services.funds import NewMoney
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.web.forms.builder import Form
from introduction.web.forms.fields import DatePartsField, MoneyField, WholeField
from introduction.web.words import capital, tell

_MONEY = {"class": "govuk-input--width-10", "inputmode": "decimal"}
_MINUTES = ("decided_on", "body", "section", "registry_number", "reasons")


class MinutesForm(Form):
    """What the minutes say of a decision."""

    decided_on = DatePartsField()
    body = StringField()
    section = StringField(render_kw={"class": "govuk-input--width-10"})
    registry_number = StringField(render_kw={"class": "govuk-input--width-10"})
    reasons = TextAreaField(render_kw={"rows": 4})

    #: The fields in the order in which they are asked.
    order: Sequence[str] = _MINUTES

    def asked(self) -> list[Any]:
        """The fields in the order in which they are asked."""
        return [self[name] for name in self.order]

    def minutes(self) -> Minutes:
        """What was typed of the decision."""
        return Minutes(
            decided_on=self.decided_on.data,
            reasons=self.reasons.data or "",
            body=self.body.data,
            section=self.section.data,
            registry_number=self.registry_number.data,
        )


class StandingForm(MinutesForm):
    """A new amount in the place of one that stands. The form carries the one that the person saw, in öre."""

    seen_ore = HiddenField()
    #: The field of the new amount.
    amount_field = ""

    @property
    def seen(self) -> int:
        """What stood when the page was drawn; -1, which nothing is, when the form does not say."""
        text = self.seen_ore.data or ""
        return int(text) if text.isdecimal() and len(text) < 15 else -1

    def draw_from(self, standing_ore: int) -> None:
        """Say at the field what stands. A form that was posted goes on carrying what its page showed."""
        if not self.is_submitted():
            self.seen_ore.data = str(standing_ore)
        self[self.amount_field].description = gettext("Beloppet är %(amount)s nu.", amount=kronor(standing_ore))

    def take_problems(self, refusal: Refused, prefix: str = "") -> list[str]:
        """As any form. One that was overtaken carries what stands now: whoever saves again has seen that."""
        left = super().take_problems(refusal, prefix)
        if isinstance(refusal, Overtaken):
            self.draw_from(refusal.standing_ore)
            self.seen_ore.data = str(refusal.standing_ore)
        return left


class AppropriationForm(StandingForm):
    """How much a fund has in a budget year."""

    amount_field = "amount"
    budget_year = WholeField(render_kw={"class": "govuk-input--width-5", "inputmode": "numeric"})
    held_by = RadioField(validate_choice=False)
    amount = MoneyField(render_kw=_MONEY)
    source = StringField()
    budget_line = StringField(render_kw={"class": "govuk-input--width-20"})
    order: Sequence[str] = ("budget_year", "held_by", "amount", "source", "budget_line", *_MINUTES)

    def money(self) -> NewMoney:
        """What was typed of the money."""
        return NewMoney(
            budget_year=self.budget_year.whole,
            amount_ore=self.amount.ore,
            source=self.source.data or "",
            held_by=self.held_by.data or "",
            budget_line=self.budget_line.data or "",
        )


class ReservationForm(Form):
    """How much of a fund is held for a case."""

    case = StringField(render_kw={"class": "govuk-input--width-10", "spellcheck": "false"})
    amount = MoneyField(render_kw=_MONEY)
    reason = TextAreaField(render_kw={"rows": 3})

    def asked(self) -> list[Any]:
        """The fields in the order in which they are asked."""
        return [self.case, self.amount, self.reason]


class ChangeForm(StandingForm):
    """What a grant is changed to."""

    amount_field = "ceiling_ore"
    ceiling_ore = MoneyField(render_kw=_MONEY)
    order: Sequence[str] = ("seen_ore", "ceiling_ore", *_MINUTES)


class MoveForm(MinutesForm):
    """How much of a grant goes to another administration."""

    unit_id = SelectField(validate_choice=False)
    amount_ore = MoneyField(render_kw=_MONEY)
    order: Sequence[str] = ("unit_id", "amount_ore", *_MINUTES)


class SettleForm(MinutesForm):
    """How much of what is left of a grant is carried over to the next year."""

    carry_over_ore = MoneyField(render_kw=_MONEY)
    order: Sequence[str] = ("carry_over_ore", *_MINUTES)


def appropriation_form(fund: Fund | None = None) -> AppropriationForm:
    """The form for a fund: a new one, or what one that stands has got. Year and holder of that one are not asked."""
    known = {} if fund is None else {"source": fund.source, "budget_line": fund.budget_line}
    form = AppropriationForm(data={"held_by": "region", **known})
    form.budget_year.label.text = gettext("Budgetår")
    form.held_by.label.text = gettext("Vems fond är det?")
    form.held_by.choices = [SelectChoice(key, capital(tell(title))) for key, title in HOLDERS.items()]
    form.amount.label.text = gettext("Anslaget för hela året")
    form.amount.description = gettext("Till exempel 90 000 000 eller 90 mnkr.")
    form.source.label.text = gettext("Varifrån kommer pengarna?")
    form.source.description = gettext("Till exempel ”Regionfullmäktiges budget för 2028”.")
    form.budget_line.label.text = gettext("Budgetrad eller ansvarskod")
    _name_minutes(form, required=("budget_year", "held_by", "amount", "source"))
    if fund is not None:
        form.order = ("seen_ore", *AppropriationForm.order[2:])
        form.draw_from(fund.appropriated_ore)
    return form


def reservation_form() -> ReservationForm:
    """The form for a reservation."""
    form = ReservationForm()
    form.case.label.text = gettext("Ärendets nummer")
    form.case.description = gettext("Till exempel VGR-2027-0012.")
    form.amount.label.text = gettext("Belopp att reservera")
    form.amount.description = gettext("Ersätter det som fonden redan reserverar för ärendet.")
    form.reason.label.text = gettext("Varför?")
    for each in form.asked():
        each.flags.required = True
    return form


def change_form(grant: GrantRow) -> ChangeForm:
    """The form for a changed ceiling."""
    form = ChangeForm()
    form.ceiling_ore.label.text = gettext("Nytt belopp, upp till")
    form.draw_from(grant.ceiling_ore)
    _name_minutes(form, required=("ceiling_ore",))
    return form


def move_form(administrations: Sequence[tuple[int, str]]) -> MoveForm:
    """The form for a reallocation."""
    form = MoveForm()
    form.unit_id.label.text = gettext("Till vilken förvaltning?")
    offered = (SelectChoice(str(unit_id), name) for unit_id, name in administrations)
    form.unit_id.choices = [SelectChoice("", gettext("Välj")), *offered]
    form.amount_ore.label.text = gettext("Belopp att flytta")
    _name_minutes(form, required=("unit_id", "amount_ore"))
    return form


def settle_form() -> SettleForm:
    """The form for the settlement of a grant."""
    form = SettleForm()
    form.carry_over_ore.label.text = gettext("Belopp att föra över till nästa år")
    form.carry_over_ore.description = gettext("Lämna tomt om allt som är kvar går tillbaka till fonden.")
    _name_minutes(form, required=())
    return form


def _name_minutes(form: MinutesForm, required: Sequence[str]) -> None:
    form.decided_on.label.text = gettext("När fattades beslutet?")
    form.decided_on.description = gettext("Dagen enligt protokollet.")
    form.body.label.text = gettext("Vem beslutade?")
    form.body.description = gettext("Till exempel Regionstyrelsen.")
    form.section.label.text = gettext("Paragraf i protokollet")
    form.section.description = gettext("Till exempel § 112.")
    form.registry_number.label.text = gettext("Diarienummer")
    form.reasons.label.text = gettext("Skäl för beslutet")
    for name in (*required, "decided_on", "reasons"):
        form[name].flags.required = True
