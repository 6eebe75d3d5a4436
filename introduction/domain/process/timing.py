"""What a TOML file says of time: distances from anchors, reminders, and what the clock does by itself."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from introduction.domain import calendar
from introduction.domain.roles import Role


class Model(BaseModel):
    """The ground of all that TOML files say: nothing unknown, and never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Model):
    """A title in the two languages of the interface."""

    sv: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``sv`` or ``en``; Swedish for anything else."""
        return self.en if language == "en" else self.sv

    def __str__(self) -> str:
        return self.sv


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]

#: Who is told: everybody with a role, or somebody that the case names. ``owner`` keeps the case together,
#: ``unit_head`` heads the unit concerned, ``next_in_line`` is who comes after the one that has the matter.
Recipient = Role | Literal["owner", "unit_head", "contact_person", "next_in_line"]


class Distance(Model):
    """A distance in time: exactly one of days, working days and months, backwards when negative."""

    days: int | None = None
    working_days: int | None = None
    months: int | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Distance:
        if sum(value is not None for value in (self.days, self.working_days, self.months)) != 1:
            raise ValueError("give exactly one of days, working_days and months")
        return self

    @property
    def offset(self) -> calendar.Offset:
        """The distance as the calendar takes it."""
        if self.days is not None:
            return calendar.Offset(self.days, "days")
        if self.working_days is not None:
            return calendar.Offset(self.working_days, "working_days")
        return calendar.Offset(self.months or 0, "months")


class When(Distance):
    """A day told as a distance from an anchor: ``{ months = 3, after = "introduction_start" }``."""

    after: str = "stage_entered"
    #: The figure is this product's assumption, not the region's stated rule.
    to_confirm: bool = False


class Again(Distance):
    """How long after a reminder the next one comes, for as long as the matter is not done."""

    @model_validator(mode="after")
    def _forwards(self) -> Again:
        if self.offset.count < 1:
            raise ValueError("again counts forwards: give at least 1")
        return self


class Remind(Distance):
    """When somebody is reminded, counted from a due date; before it when negative."""

    to: Recipient | None = None  #: nobody named: whoever has the matter
    kind: Literal["reminder", "escalation", "digest"] = "reminder"
    again: Again | None = None  #: once more, at this distance, until it is done
    at: int | None = None  #: the hour and minute (HHMM); when nothing is said, as the office opens
    unless_acknowledged: bool = False  #: not sent once somebody has acknowledged a reminder of the same date
    template: Name | None = None  #: the words, by the name of a mail template
    to_confirm: bool = False

    @model_validator(mode="after")
    def _a_time_of_day(self) -> Remind:
        if self.at is not None:
            time(self.at // 100, self.at % 100)  # ValueError for what is no time
        return self


class ProcessReminder(Remind):
    """A reminder of something that is no due date, counted from an anchor or from each date of a series."""

    id: Name
    title: Text
    after: str
    stages: tuple[Name, ...] = ()  #: where it holds; none named: in every stage that is no end
    unless: tuple[Name, ...] = ()  #: guards; when all of them hold, there is nothing to remind of


class RegionReminder(Remind):
    """A reminder of something that belongs to no case: named in region.toml."""

    id: Name
    title: Text
    about: str  #: one of situation.OCCASIONS


class ByClock(Model):
    """An action that the clock takes on a day, with facts that the region's settings give.

    ``gives = { watch_until = "watch_months" }``: the fact is the day as many months on as the setting says.
    """

    at: When
    gives: dict[Name, str] = Field(default_factory=dict)
