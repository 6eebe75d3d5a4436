"""Reads the data files that ship with the product. data/README.md says where each of them comes from."""

from __future__ import annotations

import csv
import functools
import json
import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file, by the names of its columns."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(name: str, key: str) -> list[dict[str, Any]]:
    """The list that stands under a key in a JSON or TOML file."""
    text = (DATA / name).read_text(encoding="utf-8")
    content: dict[str, Any] = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    found: list[dict[str, Any]] = content[key]
    return found


@functools.cache
def population(county_code: str) -> int:
    """The inhabitants of a county in the last year known, added up from its municipalities. KeyError without any."""
    county_of = {row["municipality_code"]: row["county_code"] for row in table("municipalities.csv")}
    years: dict[int, int] = {}
    for row in table("municipality_year.csv"):
        if county_of.get(row["municipality_code"]) == county_code:
            year = int(row["year"])
            years[year] = years.get(year, 0) + int(row["population"])
    if not years:
        raise KeyError(county_code)
    return years[max(years)]
