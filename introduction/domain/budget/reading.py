"""Reads a model from TOML or plain data, and says what is wrong with it, place by place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
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
            *((".".join(map(str, fault["loc"])), say("{fault}", fault=str(fault["msg"]))) for fault in faults)
        ) from error
    found = checks.faults(model)
    if found:
        raise InvalidInput(*((fault.path, fault.what) for fault in found))
    return model


def with_values(model: BudgetModel, changes: Mapping[str, Any]) -> BudgetModel:
    """The model with other values at some paths (``group.all.uptake.to``). Raises InvalidInput for an unknown path.

    A list is entered by the number or, where its parts have names, by the name.
    """
    data = model.model_dump(mode="python", exclude_none=True, by_alias=True)
    data = deepcopy(data)
    for path, value in changes.items():
        _put(data, path, value)
    return of_data({**data, "scenario": ()})


def _put(data: Any, path: str, value: Any) -> None:
    place, names = data, path.split(".")
    for name in names[:-1]:
        place = _into(place, name, path)
    last = names[-1]
    if isinstance(place, (list, tuple)):
        raise InvalidInput((path, say("Sökvägen ska sluta i ett värde")))
    place[last] = {**place[last], "value": value} if _is_input(place.get(last), value) else value


def _is_input(there: Any, value: Any) -> bool:
    """A bare number that takes an input's place keeps its evidence, but not its range."""
    if not (isinstance(there, dict) and "value" in there and isinstance(value, (int, float))):
        return False
    for key in ("low", "high", "distribution"):
        there.pop(key, None)
    return True


def _into(place: Any, name: str, path: str) -> Any:
    if isinstance(place, (list, tuple)):
        found = [part for part in place if isinstance(part, dict) and part.get("id") == name]
        if not found and name.isdecimal() and int(name) < len(place):
            found = [place[int(name)]]
        if found:
            return found[0]
    elif isinstance(place, dict) and name in place:
        return place[name]
    raise InvalidInput((path, say("Det finns inget {name} i modellen", name=name)))
