"""The shape of region.toml: a region's bodies, local names of roles, rounds and settings.

Every setting has the date from which it holds and, where it is our assumption, ``to_confirm``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from introduction.domain.process.timing import Model, Name, RegionReminder, Text
from introduction.domain.roles import NEXT_IN_LINE, Role

#: The settings that every region must give, and what they mean. Amounts are whole kronor.
SETTINGS: dict[str, str] = {
    "threshold_one_level_kr": "least extra cost a year for ordered introduction, one care level",
    "threshold_several_levels_kr": "the same, several care levels",
    "financed_months": "how long the introduction is financed",
    "handover_months_before_end": "handover begins at the latest this long before the financing ends",
    "budget_calendar_opens": "month and day (MMDD) when the work with next year's budget opens",
    "watch_months": "how long the case is watched after handover",
    "demands_national_advice": "1 when the region wants national advice before its own decision, else 0",
    "demands_budget_impact": "1 when the region demands an approved analysis of the cost before its decision, else 0",
    "months_from_cut_off_to_decision": "months from a round's cut-off date to its decision",
    "claim_months_after_year": "how many months after a budget year claims on it are taken",
    "claim_price_band_percent": "how far a claim's price may lie from the analysis before it is explained, in per cent",
    "demands_own_savings": "1 when own savings are examined before extra money is given, else 0",
    "answer_within_days": "how many days an application for extra money may wait for its answer",
    "office_opens": "hour and minute (HHMM) when the office opens, and reminders go",
    "office_closes": "hour and minute (HHMM) when the office closes: no reminder goes later",
}


class Body(Model):
    """A council, board or group: whether it prepares, proposes or decides, and how."""

    id: Name
    title: Text
    does: Literal["prepares", "proposes", "forwards", "decides", "carries_out"]
    how: Literal["vote", "consensus", "official"]
    valid_from: date | None = None
    valid_to: date | None = None
    to_confirm: bool = False
    source: str | None = None


class Setting(Model):
    """A value from a date on."""

    key: str
    value: int
    valid_from: date
    to_confirm: bool = False
    source: str | None = None


class Round(Model):
    """A yearly cut-off date for nominations (month and day)."""

    id: Name
    title: Text
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    valid_from: date
    decides_next_year: bool = False  #: the round that decides on next year's money of running introductions
    to_confirm: bool = False

    @model_validator(mode="after")
    def _every_year(self) -> Round:
        date(2023, self.month, self.day)  # ValueError for a day that not every year has
        return self

    def days(self, years: Iterable[int]) -> list[date]:
        """The cut-off dates of some years, as far as the round was there."""
        found = (date(year, self.month, self.day) for year in years)
        return [day for day in found if day >= self.valid_from]

    def next_after(self, on: date) -> date:
        """The first cut-off date that is neither before the day nor before the round was introduced."""
        earliest = max(on, self.valid_from)
        day = date(earliest.year, self.month, self.day)
        return day if day >= earliest else day.replace(year=day.year + 1)


class Area(Model):
    """A part of the region in which people live, by its municipalities' codes."""

    id: Name
    title: Text
    municipalities: Annotated[tuple[str, ...], Field(min_length=1)]
    to_confirm: bool = False
    source: str | None = None


class Region(Model):
    """A region, or the national level (without county, bodies only)."""

    id: Name
    name: Text
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    county_code: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    role_titles: dict[Role, Text] = Field(default_factory=dict)
    body: tuple[Body, ...] = ()
    setting: tuple[Setting, ...] = ()
    round: tuple[Round, ...] = ()
    area: tuple[Area, ...] = ()
    reminder: tuple[RegionReminder, ...] = ()
    next_in_line: dict[Role, Role] = Field(default_factory=dict)  #: who comes after whom; else roles.NEXT_IN_LINE

    def value(self, key: str, on: date) -> int:
        """The setting that holds on a day; the earliest one for days before all. KeyError when unknown."""
        values = sorted((s for s in self.setting if s.key == key), key=lambda s: s.valid_from)
        if not values:
            raise KeyError(key)
        return next((s.value for s in reversed(values) if s.valid_from <= on), values[0].value)

    def body_named(self, body_id: str) -> Body:
        """The body; KeyError when there is none of the name."""
        for body in self.body:
            if body.id == body_id:
                return body
        raise KeyError(body_id)

    def comes_after(self, role: Role) -> Role:
        """The role that is told when nobody with the role can be, or when nobody answers."""
        return self.next_in_line.get(role, NEXT_IN_LINE[role])

    def next_cut_off(self, on: date) -> date | None:
        """The first cut-off date on or after a day; None for a region without rounds."""
        return min((r.next_after(on) for r in self.round), default=None)
