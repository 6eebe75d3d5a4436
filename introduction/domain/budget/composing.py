"""Composes the model that an analysis's answers describe, as plain data for ``reading.of_data``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from introduction.domain.budget.inputs import Input
from introduction.domain.budget.questions import INFUSION, MOST_SCENARIOS, ONE_OFF, SWITCH, TABLETS
from introduction.domain.budget.reading import with_values
from introduction.domain.budget.sheet import Sheet
from introduction.domain.budget.spec import BudgetModel, Scenario
from introduction.domain.errors import InvalidInput
from introduction.domain.messages import say

#: The new treatment's id in every model that is made of answers; the displaced ones are ``old1`` … .
MEDICINE = "medicine"
#: How steep an S-curve is: from a twentieth to nineteen twentieths in the time that is told.
_S_STEEPNESS = 5.888877957976559  # 2 ln 19


def compose(sheet: Sheet) -> dict[str, Any]:
    """The whole model but for its scenarios."""
    data: dict[str, Any] = {
        "title": sheet.title,
        "start": f"{int(sheet.value('first_patient')) // 12}-01",
        "years": int(sheet.choice("years")),
        "group": _groups(sheet),
        "treatment": [_medicine(sheet), *(_displaced(sheet, key) for key in sheet.displaced)],
        "split": {key[5:]: sheet.input(key) for key in sheet.figures if key.startswith("area_")},
        "threshold": {"limit": sheet.value("threshold")} if sheet.value("threshold") > 0 else {},
    }
    if sheet.value("financed") >= 1:
        first = int(sheet.value("first_patient") + round(sheet.value("delay")))
        data["financed"] = {"first": first, "last": first + int(sheet.value("financed")) - 1}
    return data


def _funnel(sheet: Sheet, first: str) -> list[dict[str, Any]]:
    """From the population to those who can be treated; of 100,000 inhabitants first, then by shares."""
    steps = [{"name": first, "share": sheet.input(first, 1 / 100_000)}]
    return steps + [{"name": key, "share": sheet.input(key)} for key in ("diagnosed", "subgroup", "eligible")]


def _groups(sheet: Sheet) -> list[dict[str, Any]]:
    shared = _shared(sheet)
    if sheet.kind == SWITCH:
        return [_group(sheet, shared, "treated", "present", "prevalence", ("uptake", "uptake_months"))]
    groups = []
    if sheet.has("incidence"):
        groups.append(_group(sheet, shared, "new", "new", "incidence", ("uptake", "uptake_months")))
    if sheet.has("prevalence"):
        waiting = _group(sheet, shared, "waiting", "pool", "prevalence", ("waiting_uptake", "waiting_months"))
        waiting["mortality"] = sheet.input("mortality")
        if sheet.has("capacity"):
            waiting["capacity"] = [sheet.input("capacity")]
        groups.append(waiting)
    return groups


def _shared(sheet: Sheet) -> dict[str, Any]:
    """What all groups of the analysis have in common: the population, and what it has without the new treatment."""
    now = {key: sheet.input(f"{key}_share") for key in sheet.displaced}
    later = {key: sheet.input(f"{key}_later") for key in sheet.displaced if sheet.has(f"{key}_later")}
    taken = {key: sheet.input(f"{key}_taken") for key in sheet.displaced if sheet.has(f"{key}_taken")}
    told: dict[str, Any] = {
        "population": sheet.input("population"),
        "growth": sheet.input("growth"),
        "mix": now,
        "new": MEDICINE,
    }
    if later:
        told |= {"mix_to": now | later, "mix_months": 36}
    if taken:
        told["takes_from"] = taken
    return told


def _group(
    sheet: Sheet, shared: Mapping[str, Any], name: str, kind: str, counted: str, uptake: tuple[str, str]
) -> dict[str, Any]:
    told = {"id": name, "kind": kind, **shared, "funnel": _funnel(sheet, counted), "uptake": _uptake(sheet, *uptake)}
    return told


def _uptake(sheet: Sheet, to: str, months: str) -> dict[str, Any]:
    curve = sheet.choice("curve")
    told: dict[str, Any] = {
        "curve": curve,
        "to": sheet.input(to),
        "start": int(sheet.value("first_patient")),
        "delay": sheet.input("delay"),
    }
    if curve == "step" or sheet.value(months) < 1:
        return told | {"curve": "step"}
    if curve == "s_curve":
        slope = _S_STEEPNESS / sheet.value(months)
        return told | {"curve": "logistic", "midpoint": sheet.input(months, 0.5), "slope": slope}
    return told | {"curve": "linear", "months": sheet.input(months)}


def _medicine(sheet: Sheet) -> dict[str, Any]:
    told: dict[str, Any] = {"id": MEDICINE, "title": sheet.title, "cost": [_price(sheet), *_care(sheet)]}
    if sheet.kind == INFUSION:
        told["dosing"] = _dosing(sheet)
    if sheet.kind == ONE_OFF:
        told["persistence"] = {"curve": "none"}
    elif sheet.value("kept", 1.0) < 1 or (sheet.has("kept") and sheet.figures["kept"].low is not None):
        told["persistence"] = {"curve": "exponential", "yearly": sheet.input("kept")}
    if sheet.has("longest"):
        told["persistence"] = {**told.get("persistence", {}), "stop_after": max(1, int(sheet.value("longest")))}
    return told


def _price(sheet: Sheet) -> dict[str, Any]:
    purse = sheet.choice("purse") or ("prescription_benefit" if sheet.kind in (TABLETS, SWITCH) else "clinic")
    if sheet.kind == ONE_OFF:
        return {"category": "drug", "per": "start", "amount": sheet.input("price_once"), "purse": purse}
    if sheet.kind == INFUSION:
        per, key = ("mg", "price_mg") if sheet.has("price_mg") else ("dose", "price_dose")
        return {"category": "drug", "per": per, "amount": sheet.input(key), "purse": purse}
    return {"category": "drug", "per": "month", "amount": sheet.input("price_month"), "purse": purse}


def _dosing(sheet: Sheet) -> dict[str, Any]:
    told: dict[str, Any] = {"every_days": sheet.input("interval", 7)}
    if "loading" in sheet.lists:
        told["loading"] = sorted(sheet.lists["loading"])
    if sheet.has("price_mg"):
        dose: dict[str, Any] = {"per_size": sheet.input("dose"), "size": sheet.input("size")}
        dose["vials"] = sheet.lists["vials"]
        if sheet.has("size_sd"):
            dose["size_sd"] = sheet.input("size_sd")
        told["dose"] = {**dose, "shared": sheet.choice("shared") == "yes"}
    return told


#: What the care around a treatment costs: the question, the category, and when it arises.
_CARE = (
    ("start_cost", "diagnostics", "start", "clinic"),
    ("given_cost", "administration", "dose", "clinic"),
    ("given_once", "administration", "start", "clinic"),
    ("monitoring", "monitoring", "year", "clinic"),
    ("side_effects", "side_effects", "year", "clinic"),
    ("other", "other", "year", "clinic"),
    ("fixed", "other", "fixed_year", "clinic"),
    ("condition", "condition", "year", "region"),
)


def _care(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {"category": category, "per": per, "amount": sheet.input(key), "purse": purse}
        for key, category, per, purse in _CARE
        if sheet.has(key)
    ]


def _displaced(sheet: Sheet, key: str) -> dict[str, Any]:
    purse = sheet.choice(f"{key}_purse") or _price(sheet)["purse"]
    costs = []
    if sheet.has(f"{key}_month"):
        costs.append({"category": "drug", "per": "month", "amount": sheet.input(f"{key}_month"), "purse": purse})
    if sheet.has(f"{key}_care"):
        costs.append({"category": "other", "per": "year", "amount": sheet.input(f"{key}_care"), "purse": "clinic"})
    told: dict[str, Any] = {"id": key, "title": sheet.text(f"{key}_name"), "cost": costs}
    if sheet.value(f"{key}_kept", 1.0) < 1:
        told["persistence"] = {"curve": "exponential", "yearly": sheet.input(f"{key}_kept")}
    return told


# ------------------------------------------------------------------------------------- scenarios


def scenarios(sheet: Sheet, model: BudgetModel) -> tuple[Scenario, ...]:
    """The scenarios that are told of. Raises InvalidInput where one is not told whole, or cannot be computed."""
    found = []
    for number in range(1, MOST_SCENARIOS + 1):
        key = f"scenario{number}"
        levers = ("uptake", "patients", "price", "delay")
        changes = changed(
            model, {lever: sheet.value(f"{key}_{lever}") for lever in levers if sheet.has(f"{key}_{lever}")}
        )
        name, reason = sheet.text(f"{key}_name"), sheet.text(f"{key}_reason")
        if not name and not changes:
            continue
        if not name:
            raise InvalidInput((f"{key}_name", say("Skriv vad scenariot heter")))
        if not reason:
            raise InvalidInput((f"{key}_reason", say("Skriv varför scenariot är tänkbart")))
        if not changes:
            raise InvalidInput((f"{key}_uptake", say("Ändra minst ett värde i scenariot")))
        try:
            with_values(model, changes)
        except InvalidInput as refusal:
            raise InvalidInput(*((f"{key}_uptake", reason) for reason in refusal.reasons)) from refusal
        found.append(Scenario(name=name, reason=reason, set=changes))
    return tuple(found)


def changed(model: BudgetModel, asked: Mapping[str, float]) -> dict[str, Any]:
    """What a few levers change in a model, by path: ``uptake`` (share), ``delay`` (months), and ``patients`` and
    ``price`` as changes from what stands (0.2 is a fifth more). The uptake of those who wait stays as it is, unless
    nobody else has the treatment.
    """
    changes: dict[str, Any] = {}
    only_waiting = all(group.kind == "pool" for group in model.group if group.uptake is not None)
    for group in model.group:
        if group.uptake is None:
            continue
        if "uptake" in asked and (group.kind != "pool" or only_waiting) and group.uptake.to is not None:
            changes[f"group.{group.id}.uptake.to"] = asked["uptake"]
        if "delay" in asked:
            changes[f"group.{group.id}.uptake.delay"] = asked["delay"]
        if "patients" in asked and isinstance(group.population, Input):
            changes[f"group.{group.id}.population"] = group.population.value * (1 + asked["patients"])
    for treatment in model.treatment:
        if "price" not in asked or treatment.id not in model.introduced:
            continue
        for number, cost in enumerate(treatment.cost):
            if cost.category == "drug" and isinstance(cost.amount, Input):
                path = f"treatment.{treatment.id}.cost.{number}.amount"
                changes[path] = cost.amount.value * (1 + asked["price"])
    return changes
