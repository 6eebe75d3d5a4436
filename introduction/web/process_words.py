"""Puts a process into words: distances in time, bodies, reminders, and the stages in their order."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext, ngettext

from introduction.domain.fields import outcome_title
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import (
    ANYWHERE,
    RETURN,
    Action,
    Definition,
    FollowOn,
    Phase,
    Stage,
    Task,
)
from introduction.domain.process.region import Body
from introduction.domain.process.situation import ANCHORS, SERIES
from introduction.domain.process.timing import ProcessReminder, Recipient, Remind, When
from introduction.domain.roles import Role
from introduction.domain.subjects import fields_of
from introduction.web.events import RECORD_TITLES
from introduction.web.words import PHASES, capital, role_title, tell

#: Whom a case names, beside the roles.
RECIPIENTS: dict[str, Message] = {
    "owner": say("den som håller ihop ärendet"),
    "unit_head": say("verksamhetschefen för den berörda enheten"),
    "contact_person": say("ärendets kontaktperson"),
    "next_in_line": say("den som är näst på tur"),
}
DOES: dict[str, Message] = {
    "prepares": say("bereder"),
    "proposes": say("föreslår"),
    "forwards": say("lämnar vidare"),
    "decides": say("beslutar"),
    "carries_out": say("verkställer"),
}
HOW: dict[str, Message] = {
    "vote": say("genom omröstning"),
    "consensus": say("i samförstånd"),
    "official": say("genom tjänstepersoner"),
}
#: Anchors that are called by a noun; the others by a clause ("steget började").
_NOUNS = frozenset({"round_cut_off", "expected_approval", "reassess_by"})


# ------------------------------------------------------------------------------------- time


def distance_words(count: int, unit: str) -> str:
    """``30 arbetsdagar``; the sign is not told."""
    match unit:
        case "months":
            return ngettext("%(num)d månad", "%(num)d månader", abs(count))
        case "working_days":
            return ngettext("%(num)d arbetsdag", "%(num)d arbetsdagar", abs(count))
        case _:
            return ngettext("%(num)d dag", "%(num)d dagar", abs(count))


def offset_words(when: When, *, of_task: bool = False) -> str:
    """``30 arbetsdagar efter att steget började``. A task of the process itself counts from its own opening."""
    count, unit = when.offset.count, when.offset.unit
    noun = when.after in _NOUNS
    opened = of_task and when.after == "stage_entered"
    anchor = gettext("uppgiften öppnades") if opened else tell(ANCHORS[when.after])
    distance = distance_words(count, unit)
    if count == 0:
        return gettext("samma dag som %(anchor)s", anchor=anchor)
    if count > 0 and noun:
        return gettext("%(distance)s efter %(anchor)s", distance=distance, anchor=anchor)
    if count > 0:
        return gettext("%(distance)s efter att %(anchor)s", distance=distance, anchor=anchor)
    if noun:
        return gettext("%(distance)s före %(anchor)s", distance=distance, anchor=anchor)
    return gettext("%(distance)s innan %(anchor)s", distance=distance, anchor=anchor)


def reminder_words(reminder: Remind, region: str) -> str:
    """``5 arbetsdagar efter, till samordnaren``; nobody named means whoever has the matter."""
    told = [_reminder_when(reminder), _reminder_who(reminder, region)]
    if reminder.again is not None:
        offset = reminder.again.offset
        distance = distance_words(offset.count, offset.unit)
        told.append(gettext("och sedan igen efter %(distance)s så länge det gäller", distance=distance))
    if reminder.unless_acknowledged:
        told.append(gettext("om ingen har bekräftat en påminnelse"))
    return ", ".join(told)


def _reminder_when(reminder: Remind) -> str:
    count, unit = reminder.offset.count, reminder.offset.unit
    distance = distance_words(count, unit)
    if isinstance(reminder, ProcessReminder):
        anchor = tell({**ANCHORS, **SERIES}[reminder.after])
        if count == 0:
            return gettext("samma dag som %(anchor)s", anchor=anchor)
        if count > 0:
            return gettext("%(distance)s efter %(anchor)s", distance=distance, anchor=anchor)
        return gettext("%(distance)s före %(anchor)s", distance=distance, anchor=anchor)
    if count == 0:
        return gettext("samma dag")
    if count > 0:
        return gettext("%(distance)s efter", distance=distance)
    return gettext("%(distance)s före", distance=distance)


def _reminder_who(reminder: Remind, region: str) -> str:
    if reminder.to is None:
        return gettext("till den som har uppgiften")
    who = recipient_words(reminder.to, region)
    if reminder.kind == "escalation":
        return gettext("som eskalering till %(role)s", role=who)
    return gettext("till %(role)s", role=who)


def recipient_words(to: Recipient, region: str) -> str:
    """Who is told, in words: a role by its local name, or somebody whom the case names."""
    return role_title(to, region) if isinstance(to, Role) else tell(RECIPIENTS[to])


def to_confirm(definition: Definition) -> int:
    """How many of the process's distances in time are the product's assumptions."""
    distances: list[When | None] = [stage.due for stage in definition.stage]
    distances += [task.due for stage in definition.stage for task in stage.task]
    distances += [task.due for task in definition.task] + [task.opens for task in definition.task]
    distances += [milestone.at for milestone in definition.milestone]
    return sum(when is not None and when.to_confirm for when in distances)


# ------------------------------------------------------------------------------------- stages and actions


def stages_by_phase(definition: Definition) -> list[tuple[str, list[Stage]]]:
    """The stages under the names of their phases, in order; then rest and end."""
    groups: list[tuple[str, list[Stage]]] = []
    for phase in Phase:
        groups.append((tell(PHASES[phase]), [stage for stage in definition.stage if stage.phase == phase]))
    loose = [stage for stage in definition.stage if stage.phase is None]
    groups.append((gettext("Steg"), [stage for stage in loose if stage.kind == "work"]))
    groups.append((gettext("Vila och slut"), [stage for stage in loose if stage.kind != "work"]))
    return [group for group in groups if group[1]]


def origin_words(definition: Definition, action: Action) -> str:
    """The stages from which an action is taken; for a wildcard, those that it leaves out."""
    sources = definition.sources(action)
    if ANYWHERE not in action.from_:
        return _titles(definition, sources)
    left_out = [stage.id for stage in definition.stage if stage.kind != "end" and stage.id not in sources]
    if not left_out:
        return gettext("alla steg före slutet")
    if len(left_out) < len(sources):
        return gettext("alla steg före slutet utom: %(stages)s", stages=_titles(definition, left_out))
    return _titles(definition, sources)


def growth_words(definition: Definition, growth: FollowOn) -> str:
    """The stages from which a new case may grow."""
    sources = [stage.id for stage in definition.stage if growth.grows_from(stage.id)]
    if len(sources) == len(definition.stage):
        return gettext("alla steg")
    left_out = [stage.id for stage in definition.stage if stage.id not in sources]
    if len(left_out) < len(sources):
        return gettext("alla steg utom: %(stages)s", stages=_titles(definition, left_out))
    return _titles(definition, sources)


def goal_words(definition: Definition, action: Action) -> str:
    """The stage to which an action leads."""
    if action.to == RETURN:
        return gettext("steget före vilan")
    if set(definition.sources(action)) == {action.to}:
        return gettext("stannar i steget")
    return tell(definition.stage_named(action.to).title)


def leads_words(definition: Definition, action: Action) -> str:
    """``Leder till Nominerad``, or that the action leaves the stage as it is."""
    goal = goal_words(definition, action)
    if set(definition.sources(action)) == {action.to}:
        return capital(goal)
    return gettext("Leder till: %(stage)s", stage=goal)


def anywhere(definition: Definition) -> list[Action]:
    """The actions that are drawn from nearly every stage."""
    return [action for action in definition.action if ANYWHERE in action.from_]


def actions_at(definition: Definition, stage: Stage) -> list[Action]:
    """The actions of a stage but for those drawn from nearly every one, main ones first."""
    return [action for action in definition.actions_from(stage.id) if ANYWHERE not in action.from_]


def _titles(definition: Definition, stage_ids: Iterable[str]) -> str:
    return ", ".join(tell(definition.stage_named(stage_id).title) for stage_id in stage_ids)


# ------------------------------------------------------------------------------------- who and what


def roles_words(roles: Iterable[Role], region: str) -> str:
    """``Samordnare eller registrator``, with the region's own names."""
    names = list(dict.fromkeys(role_title(role, region) for role in roles))
    if len(names) < 2:
        return capital("".join(names))
    return capital(gettext("%(first)s eller %(last)s", first=", ".join(names[:-1]), last=names[-1]))


def body_words(body: Body) -> str:
    """``beslutar genom omröstning``."""
    return f"{tell(DOES[body.does])} {tell(HOW[body.how])}"


def record_words(action: Action | Task) -> str:
    """What is written beside: ``Beslut: beviljad``; nothing when nothing is."""
    if action.record is None:
        return ""
    title = tell(RECORD_TITLES[action.record])
    outcome = action.outcome if isinstance(action, Action) else None
    return f"{title}: {tell(outcome_title(outcome))}" if outcome else title


def asked_words(definition: Definition, keys: Iterable[str]) -> list[str]:
    """What the keys ask for, by the labels of their fields."""
    known = fields_of(definition.subject)
    return [tell(known[key].label) for key in keys]
