"""The fields that forms are made of: what was typed is always kept as text; what cannot be read says what to write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import Field as WtField
from wtforms import SelectMultipleField, StringField, ValidationError, widgets

from introduction.domain.errors import Refused
from introduction.domain.money import parse_kronor
from introduction.domain.outcome import parse_quantity
from introduction.web.words import tell


class DatePartsField(WtField):
    """A date in three boxes: day, month, year. ``data`` is a date or None."""

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.parts: dict[str, str] = {"day": "", "month": "", "year": ""}
        self.wrong_parts: tuple[str, ...] = ()

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three boxes, or show the date that stands already."""
        self.process_errors: list[str] = []
        self.data = data if isinstance(data, date) else None
        if self.data is not None:
            self.parts = {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}
        names = {part: f"{self.name}-{part}" for part in self.parts}
        if formdata is None or not any(name in formdata for name in names.values()):
            return
        self.parts = {part: formdata.get(name, "").strip() for part, name in names.items()}
        self.data = None
        if any(self.parts.values()):
            self._read()

    def _read(self) -> None:
        missing = [part for part, value in self.parts.items() if not value.isdecimal() or len(value) > 4]
        if missing:
            self.wrong_parts = tuple(missing)
            self.process_errors.append(gettext("Skriv dag, månad och år med siffror, till exempel 1 4 2027"))
            return
        day, month, year = (int(self.parts[part]) for part in ("day", "month", "year"))
        if not 1990 <= year <= 2100:
            self.wrong_parts = ("year",)
            self.process_errors.append(gettext("Skriv ett årtal mellan 1990 och 2100, med fyra siffror"))
            return
        try:
            self.data = date(year, month, day)
        except ValueError:
            self.wrong_parts = ("day", "month")
            self.process_errors.append(gettext("Dagen finns inte i almanackan. Ändra dag eller månad"))


class MoneyField(StringField):
    """An amount in kronor, kept as typed; ``ore`` is what it says."""

    suffix = "kr"

    @property
    def ore(self) -> int | None:
        """The amount in öre; None when nothing is typed. Raises Refused when it cannot be read."""
        return parse_kronor(self.data) if self.data and self.data.strip() else None

    def pre_validate(self, form: Any) -> None:
        """Say at once what is wrong with the amount."""
        try:
            _ = self.ore
        except Refused as refusal:
            raise ValidationError(tell(refusal.reasons[0])) from None


class WholeField(StringField):
    """A whole number, kept as typed."""

    @property
    def whole(self) -> int | None:
        """The number; None when nothing is typed or when it is no number."""
        text = (self.data or "").replace(" ", "").replace("\u00a0", "")
        return int(text) if text.isdecimal() and len(text) < 12 else None

    def pre_validate(self, form: Any) -> None:
        """Say at once when it is no number."""
        if (self.data or "").strip() and self.whole is None:
            raise ValidationError(gettext("Skriv ett heltal med bara siffror, till exempel 25"))


class QuantityField(StringField):
    """A quantity with up to three decimals, kept as typed."""

    @property
    def milli(self) -> int | None:
        """The thousandths; None when nothing is typed. Raises Refused when it cannot be read."""
        return parse_quantity(self.data) if self.data and self.data.strip() else None

    def pre_validate(self, form: Any) -> None:
        """Say at once what is wrong with the quantity."""
        try:
            _ = self.milli
        except Refused as refusal:
            raise ValidationError(tell(refusal.reasons[0])) from None


class GridField(WtField):
    """A box for each of some rows. ``typed`` is what stands in each; ``values`` what it says, rows left empty left out.

    ``read`` reads one box and raises Refused when it cannot.
    """

    def __init__(self, label: str, rows: Sequence[tuple[str, str]], read: Callable[[str], int], **options: Any) -> None:
        super().__init__(label, **options)
        self.rows, self._read = list(rows), read
        self.typed: dict[str, str] = {}
        self.wrong: dict[str, str] = {}
        self.values: dict[str, int] = {}

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Read the boxes, or show what stands already (texts by row)."""
        self.process_errors: list[str] = []
        self.data = self.typed = {key: (data or {}).get(key, "") for key, _title in self.rows}
        self.wrong, self.values = {}, {}
        if formdata is None or not any(f"{self.name}-{key}" in formdata for key, _title in self.rows):
            return
        self.data = self.typed = {key: formdata.get(f"{self.name}-{key}", "").strip() for key, _title in self.rows}
        for key, title in self.rows:
            if not self.typed[key]:
                continue
            try:
                self.values[key] = self._read(self.typed[key])
            except Refused as refusal:
                self.wrong[key] = tell(refusal.reasons[0])
                self.process_errors.append(f"{title}: {self.wrong[key]}")


class TicksField(SelectMultipleField):
    """Several choices as ticks."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()
