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
    ],
)
def test_a_group_that_cannot_be(group: dict[str, Any], path: str, words: str) -> None:
    assert words in told(group)[path]


def test_a_price_with_a_gap_names_the_first_month_without_one() -> None:
    cost = [{"amount": 1, "valid_to": "2027-03"}, {"amount": 2, "valid_from": "2027-06"}]
    found = told(treatment=[{"id": "new", "cost": cost}, {"id": "old"}])
    assert "2027-04" in found["treatment.new.cost"]


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


def test_the_command_tells_what_is_wrong_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTRODUCTION_STATE", str(tmp_path))
    file = tmp_path / "model.toml"
    file.write_text('title = "t"\nstart = "2027-13"\n', encoding="utf-8")
    answer = CliRunner().invoke(main, ["budget", "run", str(file)])
    assert answer.exit_code == 1
    assert "start: " in answer.output and "group: Field required" in answer.output
    file.write_text("title = ", encoding="utf-8")
    assert "TOML" in CliRunner().invoke(main, ["budget", "run", str(file)]).output
