"""Puts events into words for the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import gettext, ngettext

from introduction.domain.fields import LEVELS, RECORDS, Field, Kind, outcome_title
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Definition
from introduction.domain.subjects import fields_of
from introduction.services.files import InstanceFile
from introduction.services.past import Entry
from introduction.services.subjects import task_named
from introduction.web import words
from introduction.web.event_words import FOLLOW_UP_EVENTS, MONEY_EVENTS
from introduction.web.words import LINKS, tell

RECORD_TITLES: dict[str, Message] = {
    "decision": say("Beslut"),
    "funding_decision": say("Beslut om pengar"),
    "grant": say("Beviljade medel"),
    "follow_up_report": say("Uppföljningsrapport"),
    "handover_proposal": say("Förslag inför överlämningen"),
    "handover_confirmation": say("Svar om kostnadsansvar"),
    "recommendation_version": say("Rekommendation"),
}
ANALYSIS_EVENTS: dict[str, Message] = {
    "analysis_started": say("Vad det kostar började räknas"),
    "analysis_discarded": say("Ett utkast kastades"),
    "analysis_submitted": say("Kostnaden lämnades för granskning"),
    "analysis_returned": say("Kostnadsberäkningen återlämnades"),
    "analysis_reviewed": say("Kostnadsberäkningen granskades"),
    "analysis_approved": say("Kostnadsberäkningen godkändes"),
}


def describe(file: InstanceFile, entry: Entry) -> dict[str, Any]:
    """An event as the history shows it: when, time_iso, text, detail, big."""
    recorded = datetime.fromisoformat(entry.recorded_at)
    afterwards = entry.kind == "history_recorded"
    when = (
        words.partial_day(entry.happened_on if entry.what.get("happened_on") else None)
        if afterwards
        else f"{words.short_day(recorded)}, {words.clock_time(recorded)}"
    )
    return {
        "when": words.capital(when),
        "time_iso": entry.happened_on if afterwards else recorded.isoformat(),
        "text": _text(file, entry),
        "who": _who(entry),
        "detail": _detail(file, entry),
        "big": entry.changes_phase,
        "note": entry.what.get("note"),
        "changes": _changes(file, entry.what),
    }


def _who(entry: Entry) -> str:
    """Who did it: a person, the clock as the process lets it, or the system."""
    if entry.by:
        return entry.by
    return gettext("Klockan") if entry.what.get("actor") == "clock" else gettext("Systemet")


def _stage(definition: Definition, stage_id: str | None) -> str:
    for stage in definition.stage:
        if stage.id == stage_id:
            return tell(stage.title)
    return stage_id or ""


def _text(file: InstanceFile, entry: Entry) -> str:
    what, definition = entry.what, file.subject.definition
    match entry.kind:
        case "case_started":
            return gettext("Ärendet öppnades i steget %(stage)s", stage=_stage(definition, what["goal"]))
        case "recommendation_started":
            return gettext(
                "Den nationella processen öppnades i steget %(stage)s", stage=_stage(definition, what["goal"])
            )
        case "action_taken":
            return _action_text(definition, what)
        case "task_done":
            return gettext("Uppgift klar: %(task)s", task=_task(file, what))
        case "task_assigned":
            who = file.people.get(what["changes"]["assignee"][1] or 0)
            if who:
                return gettext("%(who)s fick uppgiften: %(task)s", who=who, task=_task(file, what))
            return gettext("Uppgiften lämnades tillbaka till rollen: %(task)s", task=_task(file, what))
        case "task_reopened":
            return gettext("Uppgiften öppnades igen: %(task)s", task=_task(file, what))
        case _:
            return _other_text(file, entry)


def _other_text(file: InstanceFile, entry: Entry) -> str:
    what = entry.what
    match entry.kind:
        case "facts_changed":
            return gettext("Uppgifter ändrades")
        case "commented":
            return gettext("Intern anteckning") if what.get("internal") else gettext("Kommentar")
        case "case_linked":
            outgoing, incoming = LINKS[what["kind_of_link"]]
            words_of = outgoing if what["kind_of_link"] == "related" else incoming
            return f"{tell(words_of)} {what['other']}"
        case "owner_changed":
            who = file.people.get(what["changes"]["owner"][1] or 0)
            return gettext("%(who)s håller ihop ärendet", who=who) if who else gettext("Ingen håller ihop ärendet")
        case "advice_changed":
            level = tell(LEVELS[what["level"]])
            return gettext(
                "Ny nationell rekommendation, version %(version)s: %(level)s", version=what["version"], level=level
            )
        case "advice_linked":
            return gettext(
                "Ärendet vilar på %(number)s, version %(version)s",
                number=what["recommendation"],
                version=what["version"],
            )
        case kind if kind in ANALYSIS_EVENTS:
            return gettext("%(what)s: beräkning %(number)s", what=tell(ANALYSIS_EVENTS[kind]), number=what["number"])
        case "history_recorded":
            return _history_text(file, what)
        case "dates_derived_again":
            return ngettext(
                "Datumen räknades om: en dag flyttades",
                "Datumen räknades om: %(num)d dagar flyttades",
                len(what["moved"]),
            )
    return _last_text(file, entry.kind, what)


def _last_text(file: InstanceFile, kind: str, what: Mapping[str, Any]) -> str:
    if kind == "mail_sent_again":
        return gettext("Ett mejl skickades igen")
    if kind == "outcome_recorded":
        unit, month = file.unit_names.get(what["unit_id"], ""), words.partial_day(what["month"])
        if what["replaced"]:
            return gettext("Utfallet rättades: %(unit)s, %(month)s", unit=unit, month=month)
        return gettext("Utfall lades in: %(unit)s, %(month)s", unit=unit, month=month)
    if kind == "outcomes_imported":
        return gettext(
            "Utfall lästes in från %(file)s: %(new)s nya rader, %(replaced)s ersatta",
            file=what["file"],
            new=what["new"],
            replaced=what["replaced"],
        )
    if kind == "attachment_added":
        return gettext("En fil bifogades: %(name)s", name=what["name"])
    if kind == "attachment_removed":
        return gettext("En fil togs bort: %(name)s", name=what["name"])
    told = MONEY_EVENTS.get(kind) or FOLLOW_UP_EVENTS.get(kind)
    return told(file, what) if told is not None else kind


def _action_text(definition: Definition, what: Mapping[str, Any]) -> str:
    title = next((tell(action.title) for action in definition.action if action.id == what["action"]), what["action"])
    if what["origin"] == what["goal"]:
        return title
    return gettext(
        "%(action)s. Från %(origin)s till %(goal)s",
        action=title,
        origin=_stage(definition, what["origin"]),
        goal=_stage(definition, what["goal"]),
    )


def _history_text(file: InstanceFile, what: Mapping[str, Any]) -> str:
    record = what.get("record") or {}
    if "recommendation_version" in record:
        version = record["recommendation_version"]
        return gettext(
            "Version %(version)s: %(level)s", version=version["version"], level=tell(LEVELS[version["level"]])
        )
    if "decision" in record:
        return gettext(
            "Registrerat i efterhand: %(outcome)s", outcome=tell(outcome_title(record["decision"]["outcome"]))
        )
    return gettext("Registrerat i efterhand: %(stage)s", stage=_stage(file.subject.definition, what.get("goal")))


def _task(file: InstanceFile, what: Mapping[str, Any]) -> str:
    title = tell(task_named(file.subject.definition, what["task"]).title)
    unit = file.unit_names.get(what.get("unit_id") or 0)
    return f"{title}, {unit}" if unit else title


def _detail(file: InstanceFile, entry: Entry) -> str:
    parts = [_who(entry)]
    if entry.what.get("source"):
        parts.append(gettext("Källa: %(source)s", source=entry.what["source"]))
    for record, told in (entry.what.get("record") or {}).items():
        if record in RECORDS and isinstance(told, dict):
            parts.append(_record_detail(file, record, told))
    return ". ".join(part for part in parts if part)


def _record_detail(file: InstanceFile, record: str, told: Mapping[str, Any]) -> str:
    names = {"unit": file.unit_names, "person": file.people}
    shown = []
    if told.get("outcome"):
        shown.append(tell(outcome_title(told["outcome"])))
    for key, field in RECORDS[record].items():
        if told.get(key) is not None and field.kind is not Kind.LONG_TEXT:
            shown.append(f"{_label(field)}: {words.fact_value(field, told[key], names)}")
    if record == "recommendation_version":  # its first field says what it is
        return "; ".join(shown)
    return f"{tell(RECORD_TITLES[record])}: " + "; ".join(shown) if shown else ""


def _label(field: Field) -> str:
    """A field's label before its value: the question without its question mark."""
    return tell(field.label).removesuffix("?")


def _changes(file: InstanceFile, what: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What facts changed, as (label, before, after) in words."""
    fields: Mapping[str, Field] = fields_of(file.subject.definition.subject)
    names = {"unit": file.unit_names, "person": file.people}
    return [
        (
            _label(fields[key]),
            str(words.fact_value(fields[key], old, names)),
            str(words.fact_value(fields[key], new, names)),
        )
        for key, (old, new) in (what.get("changes") or {}).items()
        if key in fields
    ]


def set_up(app: Flask) -> None:
    """Let templates ask ``file | described(entry)``."""
    app.jinja_env.filters["described"] = describe
