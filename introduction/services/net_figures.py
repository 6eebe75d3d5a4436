"""What an analysis comes to before and after secret rebates: computed at each reading that was noted, and kept nowhere.

What was approved is gross. A rebate is taken off those figures, which therefore stay as they were to the öre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain import secrecy
from introduction.domain.budget import net, reading
from introduction.domain.budget.net import Net, Rebate
from introduction.domain.budget.result import Range, Result
from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say
from introduction.services import net_prices, results
from introduction.services.desk import Desk
from introduction.services.net_prices import Reading
from introduction.store.analysis import Analysis
from introduction.store.net_price import NetPrice

#: An analysis computed again may differ from its stored figures by rounding: so many öre, or so small a part.
_A_KRONA, _A_HAIR = 100, 1e-6


@dataclass(frozen=True)
class TreatmentLine:
    """A treatment's part of the budget impact, in öre by year."""

    title: str
    gross: tuple[int, ...]
    rebate: tuple[int, ...] | None  #: none where no rebate is known
    net: tuple[int, ...]


@dataclass(frozen=True)
class NetFigures:
    """An analysis before and after rebates, in öre by year."""

    number: int
    title: str
    years: tuple[int, ...]
    gross: tuple[int, ...]
    gross_range: Range
    rebate: tuple[int, ...]
    net: tuple[int, ...]
    net_range: Range
    all_gross_range: Range  #: all years together
    all_net_range: Range
    treatments: Sequence[TreatmentLine]
    provisions: Sequence[str]  #: the grounds of secrecy
    gives_away: Message | None  #: why even the sum tells a single agreement; none where it does not
    level: float
    draws: int


def of_reading(desk: Desk, given: Reading) -> NetFigures:
    """An analysis before and after the rebates that hold, computed now and kept nowhere. Raises NotAllowed, Refused."""
    assert given.analysis_id is not None, "the reading is of an analysis"
    analysis = desk.session.get_one(Analysis, given.analysis_id)
    stored, model = results.result_of(analysis), reading.of_data(results.model_of(analysis))
    prices = [line.row for line in net_prices.rebates(desk, given) if line.row.ended_at is None]
    known = {one.id: one.title or one.id for one in model.treatment}
    used = [price for price in prices if price.treatment in known]
    found = net.net_of(
        model, [_as_rebate(price) for price in used], draws=stored.draws, seed=stored.seed, level=stored.level
    )
    gross = _settled(stored, found)
    none = (0,) * len(stored.years)
    rebate = {name: found.rebate.get(name, none) for name in known}
    lines = [
        TreatmentLine(title, gross.get(name, none), found.rebate.get(name), _minus(gross.get(name, none), rebate[name]))
        for name, title in known.items()
    ]
    whole = tuple(sum(parts) for parts in zip(*rebate.values(), strict=True))
    return NetFigures(
        number=analysis.number,
        title=analysis.title,
        years=stored.years,
        gross=stored.impact(),
        gross_range=stored.ranges["impact"],
        rebate=whole,
        net=_minus(stored.impact(), whole),
        net_range=found.net_range,
        all_gross_range=stored.ranges["cumulative"],
        all_net_range=found.cumulative_range,
        treatments=lines,
        provisions=sorted({price.provision for price in used}),
        gives_away=secrecy.may_show_total(list(found.by_agreement.values())) if used else None,
        level=stored.level,
        draws=found.draws,
    )


def _as_rebate(price: NetPrice) -> Rebate:
    """A rebate as the model takes it: agreements are told apart by their registry numbers."""
    return Rebate(
        price.source,
        price.treatment,
        price.rebate_ppm,
        _month(price.valid_from),
        _month(price.valid_to) if price.valid_to is not None else None,
    )


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _settled(stored: Result, found: Net) -> dict[str, tuple[int, ...]]:
    """The stored figures by treatment, which the model must still give: a rebate is taken off what was approved."""
    gross = stored.by("treatment")
    for name, now in found.gross.items():
        for then, again in zip(gross.get(name, (0,) * len(now)), now, strict=True):
            if abs(then - again) > max(_A_KRONA, _A_HAIR * abs(then)):
                raise Refused(
                    say("Den här versionen räknar inte fram analysens belopp. Nettobelopp kan inte visas för den")
                )
    return gross


def _minus(whole: tuple[int, ...], part: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one - other for one, other in zip(whole, part, strict=True))
