"""Secret shares: how they are typed, and what a sum of them would give away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from introduction.domain.budget.inputs import Input
from introduction.domain.budget.reading import with_values
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say

WHOLE = 1_000_000  #: parts per million
FEWEST_AGREEMENTS = 3
LARGEST_PART = 0.8
PROVISION = "OSL 31 kap. 16 §"  #: the ground of secrecy unless another is given
_NO_REBATE = say("Återbäring skrivs aldrig i beräkningen")


def share_of_text(text: str) -> int:
    """A share typed in per cent with at most four decimals, as parts per million.

    Raises Refused. The reason never repeats what was typed: that may be the secret.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f]", "", text).removesuffix("%")
    match = re.fullmatch(r"([0-9]{1,3})(?:[,.]([0-9]{1,4}))?", cleaned)
    if match is not None:
        ppm = int(match[1]) * 10_000 + int((match[2] or "").ljust(4, "0"))
        if 0 < ppm <= WHOLE:
            return ppm
    raise Refused(say("Skriv andelen i procent, över 0 och högst 100, med högst fyra decimaler, till exempel 12,5"))


def text_of_share(ppm: int) -> str:
    """``12,5``: parts per million in per cent, with the decimals that it has."""
    whole, rest = divmod(ppm, 10_000)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole},{decimals}" if decimals else str(whole)


def may_show_total(parts: Sequence[int]) -> Message | None:
    """None when a sum hides what each agreement comes to; otherwise why not. ``parts``: each agreement's sum in öre.

    At least three agreements must contribute, and none more than 80 % of the whole, counted without signs.
    """
    sizes = [abs(part) for part in parts if part]
    if len(sizes) < FEWEST_AGREEMENTS:
        return say("Färre än tre avtal bidrar, så summan röjer ett enskilt avtal")
    if max(sizes) > LARGEST_PART * sum(sizes):
        return say("Ett enda avtal står för mer än 80 procent, så summan röjer det")
    return None


def demand_no_rebate(model: BudgetModel) -> None:
    """Raise InvalidInput with the path of every rebate in a model, and of those that its scenarios would put there.

    What is saved with a case is read by everybody who sees the case.
    """
    found = list(_rebates(model, ""))
    for number, one in enumerate(model.scenario):
        path = f"scenario.{number}.set"
        named = [f"{path}.{key}" for key in one.set if "rebate" in key.split(".")[2:]]  # the second is a name
        found += named
        if not named:
            found += [f"{path}.{inside}" for inside in _rebates_set(model, number)]
    if found:
        raise InvalidInput(*((path, _NO_REBATE) for path in found))


def _rebates_set(model: BudgetModel, number: int) -> Iterator[str]:
    """The rebates of a scenario that replaces whole costs; none where it cannot be read, as then it has no figures."""
    try:
        changed = with_values(model, model.scenario[number].set)
    except InvalidInput:
        return
    yield from _rebates(changed, "")


def _rebates(model: BudgetModel, before: str) -> Iterator[str]:
    for treatment in model.treatment:
        for number, cost in enumerate(treatment.cost):
            if _is_something(cost.rebate):
                yield f"{before}treatment.{treatment.id}.cost.{number}.rebate"


def _is_something(rebate: Input) -> bool:
    """A rebate of nought that says more, such as a source or a range, tells of an agreement too."""
    return rebate != Input(value=0)
