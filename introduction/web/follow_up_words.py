"""What the pages of a follow-up say: goals, verdicts, who has not reported, and the sentence under the title."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from introduction.domain.fields import FOLLOW_UP_OUTCOMES
from introduction.domain.followup.plan import DIMENSIONS, DIRECTIONS
from introduction.domain.outcome import text_of_quantity
from introduction.services.conclusions import Conclusion
from introduction.services.follow_up import Counts, Summary, UnitLine
from introduction.services.follow_up_expected import Expected
from introduction.services.follow_up_goals import GoalLine, Reached
from introduction.services.follow_up_ground import Waiting
from introduction.services.follow_up_groups import Division
from introduction.services.follow_up_plan import PlanView
from introduction.store.indicator import Indicator
from introduction.web.amounts import number, percent
from introduction.web.words import capital, plain_day, tell

HIDDEN = "1–4"


def amount(milli: int, measure: str) -> str:
    """``92,5 procent``."""
    return f"{_decimals(milli)}\N{NO-BREAK SPACE}{measure}"


def _decimals(milli: int) -> str:
    return number(milli / 1000, len(text_of_quantity(milli).partition(",")[2]))


def aim(row: Indicator) -> str:
    """``minst 80 procent``."""
    return f"{tell(DIRECTIONS[row.direction])} {amount(row.goal_milli, row.measure)}"


def goal_text(row: Indicator) -> str:
    """``Andel i registret, procent (mål: minst 80)``."""
    goal = f"{tell(DIRECTIONS[row.direction])} {_decimals(row.goal_milli)}"
    return gettext("%(title)s, %(measure)s (mål: %(goal)s)", title=row.title, measure=row.measure, goal=goal)


def dimensions(keys: list[str]) -> str:
    """Dimensions in a sentence: ``jämlikt införande och klinisk nytta``."""
    titles = [tell(DIMENSIONS[key]) for key in keys]
    if len(titles) < 2:
        return "".join(titles)
    return gettext("%(some)s och %(last)s", some=", ".join(titles[:-1]), last=titles[-1])


def plan_lead(view: PlanView) -> str:
    """What a plan lacks, or that it is whole."""
    if not view.indicators:
        return gettext("Planen är tom. Pengar släpps först när det finns ett mätbart mål av varje slag.")
    if view.lacking:
        what = dimensions(list(view.lacking))
        return gettext("Planen saknar mål för %(what)s. Pengar släpps först när planen har det.", what=what)
    return ngettext("Planen har ett mål.", "Planen har %(num)s mål, minst ett av varje slag.", len(view.indicators))


# ------------------------------------------------------------------------------------- the summary


def lead(found: Summary) -> str:
    """The sentence under the title."""
    if not found.lines:
        return gettext("Inga behandlande enheter är utsedda än.")
    if not found.reported:
        return gettext("Ingen enhet har rapporterat än.")
    said = [_how_many(found)]
    if found.together is not None:
        said.append(
            gettext(
                "%(started)s patienter har börjat och %(going)s fortsätter.",
                started=number(found.together.started), going=number(found.together.continuing),
            )
        )  # fmt: skip
    if found.overdue:
        late = ngettext(
            "En enhet är sen med sin rapport.", "%(num)s enheter är sena med sina rapporter.", len(found.overdue)
        )
        said.append(late)
    return " ".join(said)


def _how_many(found: Summary) -> str:
    came, every = len(found.reported), len(found.lines)
    if came == every:
        return gettext("Alla enheter har rapporterat.")
    return gettext("%(came)s av %(every)s enheter har rapporterat.", came=came, every=every)


def outcome_text(outcome: str | None) -> str:
    """What is concluded: ``Fortsätt som hittills``; empty for a conclusion in words alone."""
    return capital(tell(FOLLOW_UP_OUTCOMES[outcome])) if outcome else ""


def written(one: Conclusion) -> str:
    """``Skriven 12 november 2026 av Anna Ek.``"""
    day = plain_day(one.on) if one.on else gettext("datum okänt")
    return gettext("Skriven %(day)s av %(who)s.", day=day, who=one.by or gettext("Systemet"))


def waiting_text(one: Waiting) -> str:
    """``Uppföljningsrapport efter 6 månader, skulle ha kommit 1 oktober 2026``."""
    if one.due_on is None:
        return tell(one.title)
    if one.late:
        return gettext("%(title)s, skulle ha kommit %(day)s", title=tell(one.title), day=plain_day(one.due_on))
    return gettext("%(title)s, senast %(day)s", title=tell(one.title), day=plain_day(one.due_on))


def count(counts: Counts | None, key: str, *, hidden: bool = False) -> str:
    """A count as it may be shown; ``dolt`` where it is hidden, empty where it was not reported."""
    if counts is None:
        return gettext("dolt") if hidden else ""
    value = getattr(counts, key)
    return "" if value is None else number(value)


def coverage(counts: Counts | None, *, hidden: bool = False) -> str:
    """How many of those who have begun stand in the register: ``92 %``."""
    if counts is None:
        return gettext("dolt") if hidden else ""
    return "" if counts.coverage is None else percent(counts.coverage)


def late_text(line: UnitLine) -> str:
    """``Kom 12 dagar sent``; empty for a report in time."""
    if not line.late_days:
        return ""
    return ngettext("Kom en dag sent", "Kom %(num)s dagar sent", line.late_days)


def verdict(expected: Expected | None) -> str:
    """Whether more or fewer go on than chance would give; empty within the limits."""
    if expected is None or not expected.beyond:
        return ""
    return gettext("fler än väntat") if expected.beyond > 0 else gettext("färre än väntat")


def limits(expected: Expected) -> str:
    """``12–28``."""
    return f"{number(expected.low)}–{number(expected.high)}"


def ratio(expected: Expected | None) -> str:
    """Observed through expected with its interval: ``1,24 (0,93–1,63)``; empty where nothing can be said."""
    if expected is None or expected.against is None:
        return ""
    told = expected.against
    return f"{number(told.value, 2)} ({number(told.low, 2)}–{number(told.high, 2)})"


def reached(line: GoalLine, one: Reached) -> str:
    """What a unit reached: ``92,5 procent``, ``dolt``, or that it has not been reported."""
    if one.hidden:
        return gettext("dolt")
    if one.value_milli is None:
        return gettext("inte rapporterat")
    return amount(one.value_milli, line.indicator.measure)


def met(one: Reached) -> str:
    """``når målet``, ``når inte målet`` or nothing."""
    if one.met is None:
        return ""
    return gettext("når målet") if one.met else gettext("når inte målet")


def goals_met(line: GoalLine) -> str:
    """How many of the units that have told have reached a goal."""
    if not line.known and any(one.hidden for one in line.reached):
        return gettext("Utfallet är dolt: en enhet har så få patienter att de kan pekas ut.")
    if not line.known:
        return gettext("Ingen enhet har rapporterat ett värde.")
    return ngettext("%(met)s av en enhet når målet.", "%(met)s av %(num)s enheter når målet.", line.known, met=line.met)


def area_verdict(beyond: int) -> str:
    """Whether an area lies beyond its limits."""
    return {1: gettext("över gränsen"), -1: gettext("under gränsen"), 0: ""}[beyond]


def not_adjusted() -> str:
    """Why a difference between areas may be no more than a difference in age."""
    return gettext(
        "Inte åldersstandardiserat: invånarnas ålder är inte känd per kommun, så en skillnad kan bero på den. Källa: "
        "SCB, 31 december 2024."
    )


def part_share(found: Summary, division: Division, part: int | None) -> str:
    """A group's share of all that are divided: ``56 %``; empty where the group or the whole is hidden."""
    if part is None or found.together is None:
        return ""
    whole = found.together.stopped if division.key == "stopped_why" else found.together.started
    return percent(part / whole) if whole else ""
