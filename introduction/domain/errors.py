"""What can go wrong, as four kinds of error. Edges turn each kind into one kind of page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from introduction.domain.messages import Message


class IntroductionError(Exception):
    """The mother of the errors that people are told about."""


class Refused(IntroductionError):
    """The rules say no. ``reasons`` says why, in words that somebody can act on; never empty."""

    def __init__(self, *reasons: Message) -> None:
        assert reasons, "a refusal has a reason"
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons: tuple[Message, ...] = reasons


class InvalidInput(Refused):
    """Something typed cannot be used. ``problems`` pairs a field's key with what to do about it."""

    def __init__(self, *problems: tuple[str, Message]) -> None:
        super().__init__(*(message for _key, message in problems))
        self.problems: tuple[tuple[str, Message], ...] = problems


class Overtaken(InvalidInput):
    """An amount was typed against another than what stands by now: ``standing_ore``."""

    def __init__(self, key: str, message: Message, standing_ore: int) -> None:
        super().__init__((key, message))
        self.standing_ore = standing_ore


class NotAllowed(Refused):
    """The person lacks the right."""


class NotFound(IntroductionError):
    """There is no such thing, or the person may not know that there is."""


class Conflict(IntroductionError):
    """The object changed after the page was drawn. ``revision`` is the one that it has now."""

    def __init__(self, drawn_from: int, revision: int) -> None:
        super().__init__(f"drawn from revision {drawn_from}, now {revision}")
        self.drawn_from = drawn_from
        self.revision = revision


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a file: which file, where in it (``stage.3.task.0.by``), and what."""

    file: str
    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.what}"


class BadDefinition(IntroductionError):
    """One or more definition files cannot be used; all problems found are listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
