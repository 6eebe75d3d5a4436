"""Months, figures and shares of an analysis's model in a language: the parts of its report are told with these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

from introduction.documents.amounts import number, percent
from introduction.documents.analysis_view import View
from introduction.documents.wording import tell
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel, ByYear
from introduction.domain.budget.typed import as_day
from introduction.domain.messages import say
from introduction.services.analysis_file import AnalysisFile


@dataclass(frozen=True)
class Words:
    """An analysis, what is told of its figures, and the language that it is told in."""

    file: AnalysisFile
    view: View
    language: str

    @property
    def model(self) -> BudgetModel:
        """The model that was computed."""
        assert self.file.model is not None, "there are figures"
        return self.file.model

    def t(self, message: object) -> str:
        """A message in the report's language."""
        return tell(message, self.language)

    def month(self, months: int) -> str:
        """``april 2027``, of months since year 0."""
        return format_date(as_day(months), "MMMM y", locale=self.language)

    def plain(self, given: Input) -> str:
        """An input's value without its unit."""
        return number(given.value, decimals(given.value), language=self.language)

    def people(self, value: float) -> str:
        """How many; with a decimal where they are few."""
        return number(value, 0 if value >= 10 else 1, language=self.language)

    def share(self, value: float) -> str:
        """A share as per cent; a very small one as so many of 100,000."""
        if 0 < value < 0.001:
            rate = value * 100_000
            return self.t(say("{rate} per 100 000", rate=number(rate, decimals(rate), language=self.language)))
        return percent(value, decimals(value * 100), language=self.language)

    def shares(self, given: ByYear | Sequence[Input] | None) -> str:
        """A share, or one for each year with commas between; nothing for none."""
        if given is None:
            return ""
        listed = (given,) if isinstance(given, Input) else given
        return ", ".join(self.share(one.value) for one in listed)


def decimals(value: float) -> int:
    """As many decimals as a figure has, at most two."""
    return next((count for count in (0, 1) if abs(round(value, count) - value) < 1e-9), 2)
