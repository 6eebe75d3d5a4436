"""Published worked examples, each as a model in a file: the figures come out as printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from introduction.domain.budget import model, reading, report
from introduction.domain.budget.model import by_year

MODELS = Path(__file__).resolve().parent / "models"


@cache
def told(name: str) -> dict[str, Any]:
    return report.report(reading.of_toml((MODELS / f"{name}.toml").read_text(encoding="utf-8")))


def scenario(name: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = told(name)["scenarios"][number]
    return found


def exactly(values: list[float]) -> Any:
    return pytest.approx(values, rel=1e-9)


def test_disease_x_goes_through_the_funnel_and_grows() -> None:
    assert told("disease_x")["eligible"]["all"] == exactly([10206, 10257, 10308, 10360, 10412])
    assert told("disease_x")["gross"]["without"] == exactly([68927620, 69254590, 69604770, 69955900, 70307030])


def test_disease_x_in_three_scenarios() -> None:
    base, conservative, optimistic = told("disease_x"), scenario("disease_x", 0), scenario("disease_x", 1)
    assert base["gross"]["with"] == exactly([85564480, 102772642, 120139418, 120723008, 121306598])
    assert conservative["gross"]["with"] == exactly([76839400, 85224476, 93676304, 94132534, 94611974])
    assert optimistic["gross"]["with"] == exactly([96381486, 124465362, 152820046, 153586410, 154359868])
    cumulative = [run["gross"]["cumulative"] for run in (base, conservative, optimistic)]
    assert cumulative == exactly([202456236, 96434778, 333563262])


def test_adalimumab_list_prices_and_rebates() -> None:
    now, half, whole = told("adalimumab"), scenario("adalimumab", 0), scenario("adalimumab", 1)
    assert now["net"]["cumulative"] == pytest.approx(-264862, rel=1.45e-5)
    assert [round(run["net"]["cumulative"] / -1e6, 1) for run in (half, whole)] == [2.4, 5.0]
    pmpm = [round(-run["per_member_per_month"]["net"][0], 2) for run in (now, half, whole)]
    assert pmpm == [0.02, 0.20, 0.42]
    assert [run["budget_neutral_patients"] for run in (half, whole)] == [[222], [469]]


def test_pegfilgrastim_conversion_and_discount() -> None:
    runs = [told("pegfilgrastim"), *(scenario("pegfilgrastim", number) for number in range(3))]
    assert [run["budget_neutral_patients"][0] for run in runs] == [352, 1076, 1764, 5384]
    assert [round(-run["net"]["cumulative"] / 1e6, 1) for run in runs] == [1.3, 3.0, 6.4, 14.9]


def test_erlotinib_by_component() -> None:
    run = told("erlotinib")
    assert (run["gross"]["with"], run["gross"]["without"]) == (exactly([466700]), exactly([346700]))
    assert run["gross"]["impact"] == exactly([120000])
    assert round(run["per_member_per_month"]["gross"][0], 2) == 0.02
    by_category = run["gross"]["by_category"]
    assert by_category["administration"]["impact"] == exactly([44400 - 40300])


def test_rituximab_rolls_up_over_subgroups_and_categories() -> None:
    gross = told("rituximab")["gross"]
    saved = [-value for value in gross["impact"]]
    assert saved == pytest.approx([10130907, 14271593, 15690854], rel=1.1e-7)
    assert sum(gross["without"]) == pytest.approx(324920977, rel=1.1e-7)
    assert sum(gross["with"]) == pytest.approx(284827623, rel=1.1e-7)
    assert -gross["cumulative"] == pytest.approx(40093353, rel=1.1e-7)
    assert [-v for v in gross["by_group"]["fl"]["impact"]] == exactly([4942095, 8223499, 9174483])
    assert [-v for v in gross["by_group"]["dlbcl"]["impact"]] == exactly([5188811, 6048094, 6516371])
    administration = gross["by_category"]["administration"]["impact"]
    assert [-value for value in administration] == pytest.approx([6382172, 9155290, 10083169], rel=1.1e-7)


def test_nusinersen_costs_twice_as_much_in_the_first_year() -> None:
    spec = reading.of_toml((MODELS / "nusinersen.toml").read_text(encoding="utf-8"))
    cost = by_year(model.run(spec).total("with"))[:, 0]
    assert (cost / 620_000).tolist() == exactly([6, 3, 3])
    assert cost.tolist() == exactly([3_720_000, 1_860_000, 1_860_000])
