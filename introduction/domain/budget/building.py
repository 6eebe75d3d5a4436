"""Makes a budget-impact model of the answers to the questions, or says what is missing, question by question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from introduction.domain.budget import answers as answering
from introduction.domain.budget import composing, reading, sheet, typed
from introduction.domain.budget.answers import Answers
from introduction.domain.budget.questions import INFUSION, MOST_DISPLACED, OWN, SWITCH, Page, Question
from introduction.domain.budget.sheet import Problems, Sheet
from introduction.domain.budget.spec import MOST_COSTS, BudgetModel
from introduction.domain.budget.typed import Measure
from introduction.domain.errors import InvalidInput
from introduction.domain.messages import say

#: More than this in a model of one's own is a mistake.
_MOST_SCENARIOS = 20


@dataclass(frozen=True)
class Built:
    """A model, or the problems that stand in its way: by ``<question>.<box>``."""

    model: BudgetModel | None
    problems: Problems = field(default_factory=dict)


def build(kind: str, title: str, answers: Answers, pages: Sequence[Page]) -> Built:
    """The model of an analysis's answers; or what is missing or wrong, all of it at once."""
    if kind == OWN:
        return _of_file(answers)
    read = sheet.read(kind, title, answers, pages)
    _demand(read)
    if read.problems:
        return Built(None, read.problems)
    try:
        model = reading.of_data(composing.compose(read))
        return Built(model.model_copy(update={"scenario": composing.scenarios(read, model)}))
    except InvalidInput as refusal:
        return Built(None, {_box(key): message for key, message in refusal.problems})


def _of_file(answers: Answers) -> Built:
    try:
        typed_model = reading.of_toml(answering.text(answers, "toml"))
        # As it is kept: what JSON cannot hold, such as a figure without end, is told now and not when it is opened.
        model = reading.of_data(json.loads(typed_model.model_dump_json(exclude_none=True)))
        _demand_own(model)
        for one in model.scenario:
            _demand_same_years(model, reading.with_values(model, one.set))
        return Built(model)
    except InvalidInput as refusal:
        lines = [f"{key}: {message}" if key else str(message) for key, message in refusal.problems]
        return Built(None, {"toml.value": say("{problems}", problems=tuple(lines))})
    except (RecursionError, ValueError) as error:  # thousands of brackets or digits
        return Built(None, {"toml.value": say("Filen går inte att läsa som TOML: {error}", error=str(error))})


def _demand_same_years(model: BudgetModel, changed: BudgetModel) -> None:
    """A scenario stands beside the analysis year by year. Raises InvalidInput."""
    if (model.start, model.years, model.currency) != (changed.start, changed.years, changed.currency):
        raise InvalidInput(("scenario", say("Ett scenario har samma år och valuta som modellen")))


def _demand_own(model: BudgetModel) -> None:
    """What a region's analysis asks of a model beside what any model must be. Raises InvalidInput."""
    if model.start % 12 or not typed.FIRST_YEAR <= model.start // 12 <= typed.LAST_YEAR:
        raise InvalidInput(("start", say("Börja i januari: beloppen läggs ihop per budgetår")))
    if model.currency != "SEK":
        raise InvalidInput(("currency", say("Skriv beloppen i kronor (SEK)")))
    if len(model.scenario) > _MOST_SCENARIOS:
        raise InvalidInput(("scenario", say("Beskriv högst {most} scenarier", most=_MOST_SCENARIOS)))
    for treatment in model.treatment:
        if len(treatment.cost) > MOST_COSTS:
            what = say("Beskriv högst {most} kostnader för en behandling", most=MOST_COSTS)
            raise InvalidInput((f"treatment.{treatment.id}.cost", what))


def _demand(read: Sheet) -> None:
    """What must be there beside the questions that are required by themselves."""
    _demand_patients(read)
    if read.kind == INFUSION:
        _demand_price(read)
    for number in range(1, MOST_DISPLACED + 1):
        _demand_name(read, f"old{number}")
    _demand_all_taken(read)
    _demand_prices(read)
    _demand_shares(read, [key for key in read.questions if key.startswith("area_")], whole=True)
    for part in ("share", "later", "taken"):
        _demand_shares(read, [f"old{n}_{part}" for n in range(1, MOST_DISPLACED + 1)], whole=False)


def _demand_patients(read: Sheet) -> None:
    if (read.has("incidence") or read.kind == SWITCH) and not read.has("uptake"):
        read.fault("uptake", say("Fyll i: {field}", field=read.questions["uptake"].label))
    if read.has("prevalence") or read.has("incidence"):
        return
    if read.kind == SWITCH:
        read.fault("prevalence", say("Skriv hur många som har sjukdomen i dag"))
    elif "prevalence.value" not in read.problems:
        both = say("Skriv hur många som insjuknar varje år, hur många som har sjukdomen i dag, eller båda")
        read.fault("incidence", both)


def _demand_price(read: Sheet) -> None:
    if any(read.has(key) for key in ("price_mg", "dose", "size")):
        for key in ("price_mg", "dose", "size"):
            if not read.has(key):
                read.fault(key, say("Fyll i: {field}", field=read.questions[key].label))
        if read.has("price_dose"):
            read.fault("price_dose", say("Skriv priset per dos eller per mg, inte båda"))
        if "vials" not in read.lists:
            read.fault("vials", say("Skriv vilka förpackningar som finns, till exempel 100, 400"))
    elif not read.has("price_dose"):
        read.fault("price_dose", say("Skriv priset per dos, eller priset per mg och dosen"))


def _demand_name(read: Sheet, key: str) -> None:
    """A displaced treatment has a name and today's share, or nothing at all."""
    told = any(read.has(f"{key}_{part}") for part in ("share", "taken", "month", "care"))
    if told and not read.text(f"{key}_name"):
        read.fault(f"{key}_name", say("Skriv vad behandlingen heter"))
    elif read.text(f"{key}_name") and not read.has(f"{key}_share"):
        read.fault(f"{key}_share", say("Skriv hur stor andel av patienterna som har den i dag"))


def _demand_all_taken(read: Sheet) -> None:
    """What the new treatment takes is told of all the others, or of none: a gap would mean that it takes nobody."""
    without = [key for key in read.displaced if not read.has(f"{key}_taken")]
    if len(without) < len(read.displaced):
        for key in without:
            read.fault(f"{key}_taken", say("Skriv andelen för alla behandlingar, eller för ingen av dem"))


def _demand_prices(read: Sheet) -> None:
    """A price is not below nought; what care costs may be, where the treatment spares it."""
    for key in read.questions:
        if key.startswith("price_") or (key.startswith("old") and key.endswith("_month")):
            figure = read.figures.get(key)
            if figure is not None and min(figure.value, figure.low or 0) < 0:
                read.fault(key, say("Skriv 0 eller ett tal som är större"), "value" if figure.value < 0 else "low")


def _demand_shares(read: Sheet, keys: Sequence[str], *, whole: bool) -> None:
    told = [key for key in keys if read.has(key)]
    total = sum(read.value(key) for key in told)
    if told and (total > 1 + 1e-6 or (whole and total < 1 - 1e-6)):
        limit = say("De ska bli 100 % tillsammans") if whole else say("De får vara högst 100 % tillsammans")
        shown = typed.plain(round(total * 100, 4))
        read.fault(told[-1], say("Andelarna blir {total} %. {limit}", total=shown, limit=limit))


#: The questions that a medicine's dosing is made of.
_OF_DOSING = {"every_days": "interval", "per_size": "dose", "size": "size", "size_sd": "size_sd"}


def _box(path: str) -> str:
    """The box that a fault of the model belongs to."""
    parts = path.split(".")
    if "uptake" in parts:
        return "first_patient.value" if parts[-1] == "start" else "uptake.value"
    if {"takes_from", "mix", "mix_to"} & {*parts}:
        part = {"takes_from": "taken", "mix": "share", "mix_to": "later"}[parts[2]]
        return f"{parts[3] if len(parts) > 3 else 'old1'}_{part}.value"
    if parts[0] == "group" and parts[-1] in ("population", "growth", "mortality"):
        return f"{parts[-1]}.value"
    if parts[-1] in _OF_DOSING and "dosing" in parts:
        return f"{_OF_DOSING[parts[-1]]}.value"
    if parts[0] == "treatment":
        return "price_dose.value" if parts[1] == composing.MEDICINE else f"{parts[1]}_month.value"
    return f"{parts[0]}.value"  # a question of its own, such as a scenario's name


#: What a what-if asks beside the analysis; see composing.changed.
LEVERS: tuple[Question, ...] = (
    Question("uptake", say("Får behandlingen när den är införd"), Measure.SHARE),
    Question("patients", say("Patienter, fler eller färre än i beräkningen"), Measure.CHANGE, unit=say("%")),
    Question("price", say("Läkemedlets pris, högre eller lägre än i beräkningen"), Measure.CHANGE, unit=say("%")),
    Question("delay", say("Försening"), Measure.MONTHS),
)
