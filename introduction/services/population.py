"""How many people live in a region, of a sex and an age: what the funnel of an analysis begins with."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from introduction.domain.messages import Message, say

_FILES = Path(__file__).resolve().parent.parent / "reference"
SEXES = ("all", "women", "men")
#: The oldest age that the figures tell apart.
OLDEST = 90


@dataclass(frozen=True)
class Population:
    """A number of people, with where it comes from."""

    people: int
    source: Message
    dated: str  #: ISO date that the figures are of


def of_county(
    county_code: str | None, *, sex: str = "all", age_from: int = 0, age_to: int | None = None
) -> Population | None:
    """The people of a county; None for one that no figures are known of.

    ``sex`` is one of SEXES; ages are whole years, both included, without ``age_to`` all who are older. The county's
    people of 2024 are divided by sex and age as in 2015, evenly within five years.
    """
    whole = _whole().get(county_code or "")
    if whole is None:
        return None
    if sex == "all" and age_from <= 0 and age_to is None:
        return Population(whole, say("SCB, folkmängd 31 december 2024"), "2024-12-31")
    rows = [row for row in _divided() if row[0] == county_code]
    everybody = sum(people for _county, _sex, _age, people in rows)
    chosen = sum(people * _share_of_band(age, age_from, age_to) for _c, of, age, people in rows if sex in ("all", of))
    source = say("SCB, folkmängd 31 december 2024, med kön och ålder fördelade som 2015")
    return Population(round(whole * chosen / everybody), source, "2024-12-31")


def of_municipalities(codes: Iterable[str]) -> int:
    """The people of some municipalities on 31 December 2024. KeyError for a code that there is not."""
    return sum(_municipalities()[code] for code in codes)


def _share_of_band(age: int, age_from: int, age_to: int | None) -> float:
    """How large a part of a five-year band lies between two ages."""
    last = age + 4 if age < OLDEST else 110
    first, end = max(age, age_from), min(last, age_to if age_to is not None else last)
    return max(0, end - first + 1) / (last - age + 1)


@functools.cache
def _whole() -> dict[str, int]:
    return {row["county_code"]: int(row["population_2024"]) for row in _rows("county_population.csv")}


@functools.cache
def _municipalities() -> dict[str, int]:
    return {row["municipality_code"]: int(row["population_2024"]) for row in _rows("municipality_population.csv")}


@functools.cache
def _divided() -> tuple[tuple[str, str, int, int], ...]:
    rows = _rows("county_age_sex_2015.csv")
    return tuple((r["county_code"], r["sex"], int(r["age_from"]), int(r["population"])) for r in rows)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FILES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
