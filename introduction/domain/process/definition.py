"""The shape of a process: what a TOML file under workflows/ may say.

A process is stages, joined by actions that people take. Parallel work is tasks. Everything that is due
is a distance from an anchor. See workflows/README.md for the format in a page; checks.py for what must
hold beyond the shape.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from introduction.domain.process.timing import ByClock, Model, Name, ProcessReminder, Recipient, Remind, Text, When
from introduction.domain.roles import Role
from introduction.domain.subjects import SUBJECTS

RETURN = "@return"
ANYWHERE = "*"


class Phase(StrEnum):
    """The five phases of a case, in their order. Every region's stages belong to one of them."""

    NATIONAL_RECOMMENDATION = "national_recommendation"
    REGIONAL_DECISION = "regional_decision"
    INTRODUCTION_FINANCING = "introduction_financing"
    FOLLOW_UP = "follow_up"
    HANDOVER = "handover"

    @property
    def number(self) -> int:
        """One to five."""
        return list(Phase).index(self) + 1


class Task(Model):
    """Work that belongs to a stage: it opens with the stage and goes when the stage is left."""

    id: Name
    title: Text
    by: Role
    asks: tuple[Name, ...] = ()  #: facts that must be given for the task to be done
    may: tuple[Name, ...] = ()  #: facts that may be given with it
    record: Name | None = None  #: a kind of record (fields.RECORDS) that doing the task adds
    per: Literal["treating_unit"] | None = None  #: one task for each treating unit
    optional: bool = False
    due: When | None = None
    remind: tuple[Remind, ...] = ()


class ProcessTask(Task):
    """Work that outlives stages: it opens by a date, or by something that happens."""

    opens: When | None = None
    on: Literal["recommendation_changed"] | None = None
    until: tuple[Name, ...] = ()  #: entering one of these stages cancels it

    @model_validator(mode="after")
    def _opens_somehow(self) -> ProcessTask:
        if (self.opens is None) == (self.on is None):
            raise ValueError("give exactly one of opens and on")
        return self


class Stage(Model):
    """Where a case can be. Its phase may be left out only for a hold or an end: it keeps the one it had."""

    id: Name
    title: Text
    kind: Literal["work", "hold", "end"] = "work"
    phase: Phase | None = None
    about: Text | None = None
    owner: Role | None = None
    due: When | None = None
    remind: tuple[Remind, ...] = ()
    fixed: bool = False  #: what was handed in stays as it is: no file is added or taken away
    task: tuple[Task, ...] = ()


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Action(Model):
    """A step that a person takes. ``to`` may be ``@return``: back to the stage that a hold was entered from.

    An action that leads to the stage where it stands does not leave it: tasks and date of entry stay.
    """

    id: Name
    title: Text
    from_: Names = Field(alias="from")
    except_: Names = Field(default=(), alias="except")
    to: str
    by: tuple[Role, ...]
    body: Name | None = None  #: the body whose step it is (region.toml), for "who decides what"
    needs: tuple[Name, ...] = ()  #: guards, by name
    asks: tuple[Name, ...] = ()
    may: tuple[Name, ...] = ()
    record: Name | None = None
    outcome: Name | None = None  #: how a record that settles the matter says so: one of fields.RECORD_OUTCOMES
    does: tuple[Name, ...] = ()  #: what else it does to the books and the organisation, by name (effects.py)
    clears: tuple[Name, ...] = ()  #: facts that no longer hold after it
    joins_round: bool = False  #: the case comes into the region's next round
    note: Literal["none", "optional", "required"] = "optional"
    main: bool = False  #: the step that the page offers first
    tells: tuple[Recipient, ...] = ()  #: who is told when it has been taken
    clock: ByClock | None = None  #: the clock takes it at a date, unless somebody has taken it before
    backwards: bool = False  #: it may lead to an earlier phase


class FollowOn(Model):
    """A new instance that grows out of this one and is linked to it (re-nomination, widened indication, renewal)."""

    id: Name
    title: Text
    from_: Names = Field(alias="from")
    except_: Names = Field(default=(), alias="except")
    by: tuple[Role, ...]
    link: Name  #: how the new one hangs together with the old: one of the links of the subject
    start: Name
    new_indication: bool = False

    def grows_from(self, stage: str) -> bool:
        """True when a new one may grow out of one that is in the stage; ``*`` is every stage."""
        return (stage in self.from_ or ANYWHERE in self.from_) and stage not in self.except_


class Milestone(Model):
    """A date worth knowing, shown on the case's page; nobody has to do anything by it."""

    id: Name
    title: Text
    at: When


class Start(Model):
    """A way in: a stage in which a case may begin, and who may begin it there."""

    stage: Name
    title: Text
    by: tuple[Role, ...]
    origin: Literal["horizon_scan", "recommendation", "nomination", "application"]
    asks: tuple[Name, ...] = ()
    may: tuple[Name, ...] = ()


def _subject(value: str) -> str:
    if value not in SUBJECTS:
        raise ValueError(f"nothing of the kind follows a process; known: {', '.join(SUBJECTS)}")
    return value


class Definition(Model):
    """One version of one process."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    version: Annotated[int, Field(ge=1)]
    subject: Annotated[str, AfterValidator(_subject)]
    title: Text
    about: Text | None = None
    start: tuple[Start, ...]
    remind: tuple[Remind, ...] = ()  #: for every due date that names no reminders of its own
    stage: tuple[Stage, ...]
    action: tuple[Action, ...]
    task: tuple[ProcessTask, ...] = ()
    follow_on: tuple[FollowOn, ...] = ()
    milestone: tuple[Milestone, ...] = ()
    reminder: tuple[ProcessReminder, ...] = ()  #: of what is no due date: counted from anchors

    def __hash__(self) -> int:
        # A definition is read once and then only passed around: hashing all its text at each step would be waste.
        return id(self)

    @property
    def region(self) -> str:
        """The folder that the process belongs to: a region, or ``national``."""
        return self.id.split(".")[0]

    def stage_named(self, stage_id: str) -> Stage:
        """The stage; KeyError when there is none of the name."""
        for stage in self.stage:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    def action_named(self, action_id: str) -> Action:
        """The action; KeyError when there is none of the name."""
        for action in self.action:
            if action.id == action_id:
                return action
        raise KeyError(action_id)

    def actions_from(self, stage_id: str) -> tuple[Action, ...]:
        """The actions drawn from a stage, the main ones first, else in the file's order."""
        drawn = (action for action in self.action if stage_id in self.sources(action))
        return tuple(sorted(drawn, key=lambda action: not action.main))

    def next_step(self, stage_id: str) -> Text:
        """What is next, in words: the main action; the stage's own title where there are several to choose from."""
        main = [action for action in self.actions_from(stage_id) if action.main]
        return main[0].title if len(main) == 1 else self.stage_named(stage_id).title

    def remembers(self, stage_id: str) -> bool:
        """True when the stage left must be kept on entering this one, for an action leads back to it."""
        return any(action.to == RETURN and stage_id in self.sources(action) for action in self.action)

    def sources(self, action: Action) -> tuple[str, ...]:
        """The stages from which an action is drawn, wildcards written out.

        ``*`` means every stage that is no end and not the action's own goal.
        """
        if ANYWHERE not in action.from_:
            return tuple(stage for stage in action.from_ if stage not in action.except_)
        return tuple(
            stage.id
            for stage in self.stage
            if stage.kind != "end" and stage.id != action.to and stage.id not in action.except_
        )
