"""Reads a model from TOML or plain data, and says what is wrong with it, place by place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from introduction.domain.budget import checks
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.errors import InvalidInput
from introduction.domain.messages import say


def of_toml(text: str) -> BudgetModel:
    """The model of a file's text. Raises InvalidInput with every problem and its place."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(("", say("Filen går inte att läsa som TOML: {error}", error=str(error)))) from error
    return of_data(given)


def of_data(given: Mapping[str, Any]) -> BudgetModel:
    """The model of plain data. Raises InvalidInput with every problem and its place."""
    try:
        model = BudgetModel.model_validate(dict(given))
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise InvalidInput(
            *((_place(fault["loc"]), say("{fault}", fault=str(fault["msg"]))) for fault in faults)
        ) from error
    found = checks.faults(model)
    if found:
        raise InvalidInput(*((fault.path, fault.what) for fault in found))
    return model


def with_values(model: BudgetModel, changes: Mapping[str, Any]) -> BudgetModel:
    """The model with other values at some paths (``group.all.uptake.to``). Raises InvalidInput for an unknown path.

    A part of a list is entered by its name, where it has one, or by its number; 0 is the first.
    """
    data = _lists(model.model_dump(mode="python", exclude_none=True))
    for path, value in changes.items():
        _put(data, path, value)
    return of_data({**data, "scenario": ()})


def _place(path: Sequence[int | str]) -> str:
    """A place in the file, without the names of the ways in which a figure may be given."""
    return ".".join(str(part) for part in path if not str(part).startswith("<"))


def _lists(data: Any) -> Any:
    """The same with lists for tuples, so that parts of them can be replaced."""
    if isinstance(data, dict):
        return {key: _lists(value) for key, value in data.items()}
    return [_lists(value) for value in data] if isinstance(data, (list, tuple)) else data


def _put(data: Any, path: str, value: Any) -> None:
    place, names = data, path.split(".")
    for name in names[:-1]:
        place = _into(place, name, path)
    last: Any = names[-1]
    if isinstance(place, list):
        last = _number(place, last)
        if last is None:  # a list cannot grow by a path
            raise InvalidInput((path, say("Det finns inget {name} i modellen", name=names[-1])))
    elif not isinstance(place, dict):
        raise InvalidInput((path, say("Det finns inget {name} i modellen", name=last)))
    there = place[last] if isinstance(place, list) else place.get(last)
    place[last] = {**there, "value": value} if _is_input(there, value) else value


def _is_input(there: Any, value: Any) -> bool:
    """A bare number that takes an input's place keeps its evidence, but not its range."""
    if not (isinstance(there, dict) and "value" in there and isinstance(value, (int, float))):
        return False
    for key in ("low", "high", "distribution"):
        there.pop(key, None)
    return True


def _number(place: list[Any], name: str) -> int | None:
    """Where in a list a part stands, by its name or its number."""
    for at, part in enumerate(place):
        if isinstance(part, dict) and name in (part.get("id"), part.get("name")):
            return at
    return int(name) if name.isdecimal() and int(name) < len(place) else None


def _into(place: Any, name: str, path: str) -> Any:
    if isinstance(place, list):
        at = _number(place, name)
        if at is not None:
            return place[at]
    elif isinstance(place, dict) and name in place:
        return place[name]
    raise InvalidInput((path, say("Det finns inget {name} i modellen", name=name)))
