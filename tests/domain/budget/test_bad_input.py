"""A model that cannot be computed: every fault is told with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from introduction.cli import main
from introduction.domain.budget import reading
from introduction.domain.errors import InvalidInput

GROUP = {
    "id": "all",
    "population": 1000,
    "mix": {"old": 0.6},
    "new": "new",
    "uptake": {"curve": "step", "to": 0.2},
}
TREATMENTS = [{"id": "new", "cost": [{"amount": 100}]}, {"id": "old"}]


def told(group: dict[str, Any] | None = None, **model: Any) -> dict[str, str]:
    """The faults by place."""
    given = {"title": "t", "start": "2027-01", "years": 2, "treatment": TREATMENTS, **model}
    try:
        reading.of_data({**given, "group": [{**GROUP, **(group or {})}]})
    except InvalidInput as refusal:
        return {path: str(what) for path, what in refusal.problems}
    return {}


def test_a_whole_model_has_no_fault() -> None:
    assert told() == {}


@pytest.mark.parametrize(
    ("group", "path", "words"),
    [
        ({"mix": {"old": 0.8, "new": 0.3}}, "group.all.mix", "1.1 tillsammans"),
        ({"funnel": [{"name": "too many", "share": 1.2}]}, "group.all.funnel.0.share", "från 0 till 1"),
        (
            {"funnel": [{"name": "s", "share": {"value": 0.9, "low": 0.5, "high": 1.3}}]},
            "group.all.funnel.0.share",
            "1",
        ),
        ({"takes_from": {"old": 1.0}, "uptake": {"curve": "step", "to": 0.9}}, "group.all.takes_from.old", "old har"),
        ({"uptake": {"curve": "step", "to": 0.2, "start": "2029-01"}}, "group.all.uptake.start", "tid är slut"),
        ({"uptake": {"curve": "step", "to": 0.2, "delay": 24}}, "group.all.uptake.start", "tid är slut"),
        ({"uptake": {"curve": "step", "to": 1.4}}, "group.all.uptake.to", "från 0 till 1"),
        ({"new": "other"}, "group.all.new", "finns inte"),
        ({"uptake": None}, "group.all.uptake", "Ange både"),
        ({"population": 1e30}, "group.all.population", "högst tio miljarder"),
        ({"population": [10, -1]}, "group.all.population", "högst tio miljarder"),
        ({"mix": {"old": [0.4, 0.7], "new": 0.4}}, "group.all.mix", "1.1 tillsammans"),
        ({"mix_with": {"new": 0.3}}, "group.all.mix_with", "antingen"),
        ({"kind": "pool", "mix": {"old": 0.5, "new": 0.1}}, "group.all.mix.new", "väntar"),
        ({"kind": "pool", "mix": {}, "takes_from": {"old": 0.4}}, "group.all.takes_from.old", "i dag"),
        ({"uptake": {"to": {"value": 0.9, "low": 0.7, "high": 1.1}}}, "group.all.uptake.to", "från 0 till 1"),
        ({"growth": 2}, "group.all.growth", "0,02 är två procent"),
        ({"mortality": -0.1}, "group.all.mortality", "från 0 till 1"),
        ({"capacity": [10, -5]}, "group.all.capacity.1", "0 eller"),
    ],
)
def test_a_group_that_cannot_be(group: dict[str, Any], path: str, words: str) -> None:
    assert words in told(group)[path]


def test_a_price_with_a_gap_names_the_first_month_without_one() -> None:
    cost = [{"amount": 1, "valid_to": "2027-03"}, {"amount": 2, "valid_from": "2027-06"}]
    found = told(treatment=[{"id": "new", "cost": cost}, {"id": "old"}])
    assert "2027-04" in found["treatment.new.cost"]


def test_costs_around_a_medicine_may_come_and_go() -> None:
    course = {"category": "other", "per": "start", "amount": 5, "valid_to": "2027-12"}
    assert told(treatment=[{"id": "new", "cost": [course]}, {"id": "old"}]) == {}


def test_a_price_must_stand_in_both_worlds() -> None:
    cost = [{"amount": 1, "world": "with"}, {"amount": 2, "world": "without", "valid_from": "2027-06"}]
    found = told(treatment=[{"id": "new", "cost": cost}, {"id": "old"}])
    assert "2027-01" in found["treatment.new.cost"]


@pytest.mark.parametrize(
    ("treatment", "path", "words"),
    [
        ({"persistence": {"curve": "exponential", "yearly": 70}}, "persistence.yearly", "från 0 till 1"),
        ({"persistence": {"curve": "table", "shares": [1, 1.2]}}, "persistence.shares.1", "från 0 till 1"),
        ({"persistence": {"curve": "weibull", "scale": 0, "shape": 1}}, "persistence.scale", "större än 0"),
        ({"dosing": {"every_days": 0}}, "dosing.every_days", "större än 0"),
        ({"dosing": {"dose": {"per_size": -1, "size": 70, "vials": [1]}}}, "dosing.dose.per_size", "0 eller"),
        ({"dosing": {"dose": {"per_size": 1e9, "size": 70, "vials": [1]}}}, "dosing.dose.per_size", "orimligt stor"),
        ({"cost": {"amount": 1, "rebate": 1.5}}, "cost.0.rebate", "från 0 till 1"),
    ],
)
def test_a_treatment_that_cannot_be(treatment: dict[str, Any], path: str, words: str) -> None:
    assert words in told(treatment=[{"id": "new", **treatment}, {"id": "old"}])[f"treatment.new.{path}"]


def test_areas_and_financing_that_cannot_be() -> None:
    assert "De ska bli 1" in told(split={"12": 0.5, "su": 0.4})["split"]
    assert "från 0 till 1" in told(split={"12": 1.5, "su": -0.5})["split.su"]
    assert told(split={"12": 0.6, "su": 0.4}) == {}
    assert "före den första" in told(financed={"first": "2027-05", "last": "2027-04"})["financed.last"]
    assert told(financed={"first": "2027-05", "last": "2027-05"}) == {}
    assert "större än 0" in told(members=0)["members"]


def test_a_year_is_no_month() -> None:
    assert "2027-01" in told(start=2027)["start"]


def test_a_dose_without_dosing_and_an_absurd_amount() -> None:
    found = told(treatment=[{"id": "new", "cost": [{"per": "dose", "amount": 1e15}]}, {"id": "old"}])
    assert set(found) == {"treatment.new.cost.0.amount", "treatment.new.dosing"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": 5, "low": 6, "high": 8}, "does not hold the value"),
        ({"value": 5, "low": 4}, "both low and high"),
        ({"value": 5, "distribution": "normal"}, "needs low and high"),
        ({"value": 0.5, "low": 0.0, "high": 1.0, "distribution": "gamma"}, "above zero"),
        ({"value": 0.5, "low": -3.0, "high": 4.0, "distribution": "beta"}, "between 0 and 1"),
        (float("inf"), "finite"),
    ],
)
def test_a_range_that_cannot_be(given: Any, words: str) -> None:
    (what,) = told({"population": given}).values()
    assert words in what


def test_all_faults_are_told_at_once() -> None:
    found = told({"mix": {"old": 2}, "funnel": [{"name": "s", "share": -1}], "new": "other"})
    assert {"group.all.mix.old", "group.all.mix", "group.all.funnel.0.share", "group.all.new"} <= set(found)


def test_other_values_by_path_and_a_path_that_is_not_there() -> None:
    spec = reading.of_data({"title": "t", "start": "2027-01", "group": [GROUP], "treatment": TREATMENTS})
    assert reading.with_values(spec, {"group.all.uptake.to": 0.3}).group[0].uptake.to.value == 0.3
    with pytest.raises(InvalidInput, match="nobody"):
        reading.with_values(spec, {"group.nobody.uptake.to": 0.3})


def test_other_values_in_lists_by_name_and_by_number() -> None:
    group = {**GROUP, "population": [1000, 1100], "funnel": [{"name": "diagnosed", "share": 0.5}]}
    spec = reading.of_data({"title": "t", "start": "2027-01", "group": [group], "treatment": TREATMENTS})
    changed = reading.with_values(spec, {"group.all.population.1": 900, "group.all.funnel.diagnosed.share": 0.4})
    assert [one.value for one in changed.group[0].population] == [1000, 900]
    assert changed.group[0].funnel[0].share.value == 0.4
    for path in (
        "group.all.population.2",
        "group.all.funnel.treated.share",
        "title.0",
        "group.all.funnel.diagnosed.x.y",
    ):
        with pytest.raises(InvalidInput):
            reading.with_values(spec, {path: 1})


def test_the_command_tells_what_is_wrong_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTRODUCTION_STATE", str(tmp_path))
    file = tmp_path / "model.toml"
    file.write_text('title = "t"\nstart = "2027-13"\n', encoding="utf-8")
    answer = CliRunner().invoke(main, ["budget", "run", str(file)])
    assert answer.exit_code == 1
    assert "start: " in answer.output and "group: Field required" in answer.output
    file.write_text("title = ", encoding="utf-8")
    assert "TOML" in CliRunner().invoke(main, ["budget", "run", str(file)]).output
