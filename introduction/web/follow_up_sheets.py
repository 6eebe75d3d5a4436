"""The tables of a follow-up and of its plan as a spreadsheet. Amounts are öre here and kronor in the sheet."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from introduction.documents.spreadsheet import COUNT, DAY, MONEY, SHARE, Column, Sheet
from introduction.domain.followup.plan import DIMENSIONS
from introduction.services.follow_up import Counts, Summary, UnitLine
from introduction.services.follow_up_groups import Division
from introduction.services.follow_up_plan import PlanView
from introduction.store.indicator import Indicator
from introduction.web import follow_up_words
from introduction.web.case_sheets import above, book, or_hidden
from introduction.web.words import capital, plain_day, tell

_KEYS = ("started", "continuing", "stopped", "registry", "start_met", "stop_met")


def of_case(found: Summary) -> bytes:
    """Everything that the page of a follow-up shows: units, goals, who the patients are, areas and reports."""
    lines = above(
        found.about,
        found.case.public_number,
        follow_up_words.lead(found),
        gettext("Antal sedan införandet började. Kostnad i kronor, listpris utan moms."),
        example=found.case.example,
        shows_small=found.shows_small,
    )
    who = _groups(gettext("Vilka patienterna är"), *found.divisions)
    why = _groups(gettext("Varför de slutade"), *([found.stopped] if found.stopped else []))
    return book(lines, [_units(found), _goals(found), why, who, _areas(found), _waiting(found), _reports(found)])


def of_plan(view: PlanView) -> bytes:
    """A plan: its goals, and those that have been ended."""
    lines = above(view.about, view.subject.number, follow_up_words.plan_lead(view), example=view.subject.row.example)
    columns = (
        Column(gettext("Vad följs upp"), width=24),
        Column(gettext("Vad mäts"), width=50),
        Column(gettext("Mål"), width=24),
        Column(gettext("Källa"), width=34),
        Column(gettext("Vem rapporterar"), width=28),
        Column(gettext("När"), width=28),
        Column(gettext("Avslutat"), width=20),
    )
    rows = [_planned(row) for row in (*view.indicators, *view.ended)]
    return book(lines, [Sheet(gettext("Uppföljningsplan"), columns, rows)])


def _planned(row: Indicator) -> list[Any]:
    ended = plain_day(row.ended_at) if row.ended_at is not None else None
    told = (row.title, follow_up_words.aim(row), row.source, row.reported_by, row.reported_when, ended)
    return [capital(tell(DIMENSIONS[row.dimension])), *told]


# ------------------------------------------------------------------------------------- the sheets


def _counted() -> list[Column]:
    """The columns of a unit's counts, in the order of the keys."""
    titles = (
        gettext("Har börjat"),
        gettext("Fortsätter"),
        gettext("Har slutat"),
        gettext("I registret"),
        gettext("Uppfyllde startkriterierna"),
        gettext("Har uppfyllt ett stoppkriterium"),
    )
    return [Column(title, COUNT) for title in titles]


def _counts(counts: Counts) -> list[int | None]:
    return [getattr(counts, key) for key in _KEYS]


def _units(found: Summary) -> Sheet:
    columns = (
        Column(gettext("Enhet"), width=34),
        Column(gettext("Till och med"), DAY),
        *_counted(),
        Column(gettext("Väntat att fortsätta"), COUNT),
        Column(gettext("Slumpens gränser"), width=16),
        Column(gettext("Mot väntat"), width=18),
        Column(gettext("Kostnad"), MONEY),
        Column(gettext("Prognos"), MONEY),
        Column(gettext("Utfall av prognos"), SHARE),
        Column(gettext("Hinder"), width=60),
    )
    rows = [_unit(line) for line in found.lines]
    if found.together is not None:
        rows.append([gettext("Alla enheter"), None, *_counts(found.together), *[None] * 7])
    bold = frozenset({len(rows) - 1}) if found.together is not None else frozenset()
    return Sheet(gettext("Enheter"), columns, rows, bold=bold)


def _unit(line: UnitLine) -> list[Any]:
    expected, hidden = line.expected, or_hidden(None) if line.hidden else None
    forecast = expected.cost_ore if expected else None
    return [
        line.name,
        line.until,
        *(_counts(line.counts) if line.counts else [hidden] * len(_KEYS)),
        round(expected.patients, 1) if expected else None,
        follow_up_words.limits(expected) if expected else None,
        follow_up_words.ratio(expected) or None,
        hidden or line.cost_ore,
        forecast,
        line.cost_ore / forecast if line.cost_ore is not None and forecast else None,
        line.obstacles,
    ]


def _goals(found: Summary) -> Sheet:
    columns = (
        Column(gettext("Mål"), width=44),
        Column(gettext("Mäts i"), width=16),
        Column(gettext("Ska nå"), width=22),
        Column(gettext("Enhet"), width=34),
        Column(gettext("Utfall"), COUNT),
        Column(gettext("Når målet"), width=14),
        Column(gettext("Till och med"), DAY),
    )
    reaches = {True: gettext("ja"), False: gettext("nej"), None: None}
    rows = [
        [
            line.indicator.title,
            line.indicator.measure,
            follow_up_words.aim(line.indicator),
            one.unit,
            or_hidden(None) if one.hidden else None if one.value_milli is None else one.value_milli / 1000,
            reaches[one.met],
            one.until,
        ]
        for line in found.goals
        for one in line.reached
    ]
    return Sheet(gettext("Mål"), columns, rows)


def _groups(name: str, *divisions: Division) -> Sheet:
    columns = (
        Column(gettext("Indelning"), width=26),
        Column(gettext("Grupp"), width=34),
        Column(gettext("Antal"), COUNT),
    )
    rows: list[list[Any]] = []
    for one in divisions:
        parts = [(capital(tell(part.title)), part.count) for part in one.parts]
        parts.append((gettext("Inte känt"), one.unknown))
        rows += [[tell(one.title), title, or_hidden(count)] for title, count in parts]
    return Sheet(name, columns, rows)


def _areas(found: Summary) -> Sheet:
    columns = (
        Column(gettext("Bostadsområde"), width=34),
        Column(gettext("Invånare"), COUNT),
        Column(gettext("Har börjat"), COUNT),
        Column(gettext("Per 100 000 invånare"), COUNT),
        Column(gettext("Nedre gräns"), COUNT),
        Column(gettext("Övre gräns"), COUNT),
        Column(gettext("Läge"), width=18),
    )
    rows = [
        [
            tell(line.title), line.inhabitants, or_hidden(line.treated),
            or_hidden(None if line.rate is None else round(line.rate, 2)), line.low, line.high,
            follow_up_words.area_verdict(line.beyond) or None,
        ]
        for line in found.areas.lines
    ]  # fmt: skip
    return Sheet(gettext("Bostadsområden"), columns, rows, [follow_up_words.not_adjusted()])


def _waiting(found: Summary) -> Sheet:
    columns = (
        Column(gettext("Enhet"), width=34),
        Column(gettext("Rapport"), width=44),
        Column(gettext("Senast"), DAY),
        Column(gettext("Läge"), width=12),
    )
    late = gettext("sen")
    rows = [
        [line.name, tell(one.title), one.due_on, late if one.late else None]
        for line in found.lines
        for one in line.waiting
    ]
    return Sheet(gettext("Väntas"), columns, rows)


def _reports(found: Summary) -> Sheet:
    columns = (
        Column(gettext("Till och med"), DAY),
        Column(gettext("Enhet"), width=34),
        *_counted(),
        Column(gettext("Kostnad"), MONEY),
        Column(gettext("Hur det går mot målen"), width=60),
    )
    names = {line.unit_id: line.name for line in found.lines}
    rows = [
        [row.period_end, names.get(row.unit_id or 0, ""), *_counts(Counts.of(row)), row.cost_ore, row.goals_result]
        for row in found.reports
    ]
    return Sheet(gettext("Rapporter"), columns, rows)
