"""Who the patients are: by sex, age and residence area, why they stopped, and use per inhabitant; counts only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from introduction.domain.chance import poisson_limits
from introduction.domain.fields import AGE_GROUPS, SEXES, STOP_REASONS
from introduction.domain.followup.small import shown_parts
from introduction.domain.messages import Message, say
from introduction.domain.process.region import Region
from introduction.services import population
from introduction.store.follow_up import FollowUpReport

_PER = 100_000


@dataclass(frozen=True)
class Seen:
    """The units' last reports: those that the reader knows, and those whose small counts are protected."""

    known: Sequence[FollowUpReport]
    others: Sequence[FollowUpReport]
    sums: bool  #: the sums of all units may be told


@dataclass(frozen=True)
class Part:
    """A group of a division; ``count`` is None where it is hidden."""

    key: str
    title: object  #: a Message, or a Text of the region
    count: int | None


@dataclass(frozen=True)
class Division:
    """Patients divided into groups. ``unknown`` are those of whom it is not told; None where that is hidden."""

    key: str
    title: Message
    parts: Sequence[Part]
    unknown: int | None

    @property
    def hidden(self) -> bool:
        """True when nothing of it may be seen."""
        return self.unknown is None and all(part.count is None for part in self.parts)


@dataclass(frozen=True)
class AreaLine:
    """A residence area: inhabitants, patients who have begun (None: hidden), and the limits of chance."""

    key: str
    title: object
    inhabitants: int
    treated: int | None
    low: int
    high: int

    @property
    def rate(self) -> float | None:
        """Patients per 100 000 inhabitants."""
        return None if self.treated is None else self.treated / self.inhabitants * _PER

    @property
    def beyond(self) -> int:
        """1 above the limits, -1 below them, 0 within or hidden."""
        if self.treated is None:
            return 0
        return 1 if self.treated > self.high else -1 if self.treated < self.low else 0


@dataclass(frozen=True)
class Areas:
    """Use per residence area, with the region's mean per 100 000 inhabitants; no lines where nothing can be told."""

    lines: Sequence[AreaLine] = field(default_factory=list)
    mean: float = 0.0
    hidden: bool = False  #: something has been reported, and none of it may be told


def divisions(seen: Seen, region: Region) -> list[Division]:
    """Those who have begun by sex, age and area."""
    every: list[tuple[str, Message, Mapping[str, object]]] = [
        ("by_sex", say("Kön"), dict(SEXES)),
        ("by_age", say("Ålder"), dict(AGE_GROUPS)),
        ("by_area", say("Bostadsområde"), {area.id: area.title for area in region.area}),
    ]
    made = (_division(seen, key, title, groups, "patients_started") for key, title, groups in every)
    return [one for one in made if one is not None]


def stopped(seen: Seen) -> Division | None:
    """Those who have stopped, by reason; None where nobody has, or no reason is reported."""
    if not any(report.patients_stopped for report in (*seen.known, *seen.others)):
        return None
    return _division(seen, "stopped_why", say("Varför de slutade"), dict(STOP_REASONS), "patients_stopped")


def areas(seen: Seen, region: Region) -> Areas:
    """Use per residence area against the limits within which chance alone would keep it."""
    told = next((one for one in divisions(seen, region) if one.key == "by_area"), None)
    if told is None:
        return Areas()
    reports = [*seen.known, *seen.others]
    begun = sum(sum((report.by_area or {}).values()) for report in reports)
    living = {area.id: population.of_municipalities(area.municipalities) for area in region.area}
    if not begun or not seen.sums or told.unknown is None:
        return Areas(hidden=begun > 0)
    mean = begun / sum(living.values())
    lines = [
        AreaLine(part.key, part.title, living[part.key], part.count, *poisson_limits(mean * living[part.key]))
        for part in told.parts
    ]
    return Areas(lines, mean * _PER)


def _division(seen: Seen, key: str, title: Message, groups: Mapping[str, object], whole: str) -> Division | None:
    if not any(getattr(report, key) for report in (*seen.known, *seen.others)):
        return None
    own, others = _cells(seen.known, key, groups, whole), _cells(seen.others, key, groups, whole)
    shown: Sequence[int | None] = shown_parts(own, others) if seen.sums else [None] * len(own)
    parts = [Part(group, words, count) for (group, words), count in zip(groups.items(), shown, strict=False)]
    return Division(key, title, parts, shown[-1])


def _cells(reports: Sequence[FollowUpReport], key: str, groups: Mapping[str, object], whole: str) -> list[int]:
    """The counts of the groups and, last, of those who are in none of them."""
    told = [getattr(report, key) or {} for report in reports]
    counts = [sum(one.get(group, 0) for one in told) for group in groups]
    return [*counts, sum(getattr(report, whole) for report in reports) - sum(counts)]
