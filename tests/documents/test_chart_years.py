"""Charts along time: lines, bands and bars lie where the amounts are that they were drawn from."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest

from introduction.documents.charts import Payer, Series, cost_by_year, look, plan_and_outcome, stacked_years
from tests.documents.chart_samples import (
    COST,
    DRAWINGS,
    HIGH,
    LIKELY,
    LOW,
    OUTCOME,
    PAYERS,
    STACK,
    YEARS,
    costs,
    months,
    stacked,
)
from tests.documents.drawn import Read, read, sizes

# --- cost by year


def _scale(found: Read, known: dict[float, float]) -> Callable[[float], float]:
    """Where an amount should lie by two ticks of the axis, whose letters stand 4.5 px below their lines."""
    (one, y), (other, other_y) = known.items()
    return lambda value: y + (value - one) / (other - one) * (other_y - y)


def _ticks(found: Read, *texts: str) -> dict[float, float]:
    lines = sorted(box.top for box in found.boxes("") if box.high == 0)
    shown = {}
    for text in texts:
        middle = found.where(text).bottom - 0.2 * 14 - 4
        shown[float(text.replace("−", "-").replace("\xa0", "").replace(",", "."))] = min(
            lines, key=lambda line: abs(line - middle)
        )
    return shown


def test_the_line_lies_where_the_amounts_are() -> None:
    found = read(costs().wide)
    on_axis = _scale(found, _ticks(found, "5", "20"))
    (first, high_up) = (y for _, y in (found.points("likely")[0], found.points("high")[-1]))
    per_unit = (first - high_up) / (HIGH[-1] - LIKELY[0])
    for layer, amounts in (("likely", LIKELY), ("dots", LIKELY), ("high", HIGH), ("low", LOW)):
        points = found.points(layer)
        assert [y for _, y in points] == pytest.approx([on_axis(amount) for amount in amounts], abs=1.5), layer
        exact = [first - per_unit * (amount - LIKELY[0]) for amount in amounts]
        assert [y for _, y in points] == pytest.approx(exact, abs=0.05), layer
        steps = [after - before for (before, _), (after, _) in pairwise(points)]
        assert steps == pytest.approx([steps[0]] * 4, abs=0.05)
    assert sorted(found.points("band")) == sorted(found.points("high") + found.points("low"))


def test_each_amount_stands_at_its_dot_and_the_last_with_its_interval() -> None:
    found = read(costs().wide)
    for text, (x, y) in zip(("3,1", "7,8", "10,4", "11,6"), found.points("dots"), strict=False):
        box = found.where(text)
        assert abs((box.left + box.right) / 2 - x) < 10 and abs((box.top + box.bottom) / 2 - y) < 40
    assert {"12,1 mest troligt", "18,1 högt utfall", "7,8 lågt utfall", "mnkr", *map(str, YEARS)} <= set(found.told)
    assert found.where("18,1 högt utfall").bottom < found.where("12,1 mest troligt").top


def test_the_narrow_drawing_says_what_the_band_is() -> None:
    told = read(costs().narrow).told
    assert {"mnkr. Bandet: 80 procents span", "12,1", "18,1 högt utfall", "7,8 lågt utfall"} <= set(told)


def test_who_pays_lies_along_the_years() -> None:
    for svg in sizes(costs(payers=PAYERS)).values():
        found = read(svg)
        (region,), (units,), (axis,) = found.boxes("region"), found.boxes("units"), found.boxes("axis")
        assert region.left == pytest.approx(axis.left, abs=1) and units.right == pytest.approx(axis.right, abs=2)
        assert units.left == pytest.approx(axis.left + 0.45 * axis.wide, abs=2)
        assert found.fills("region") == [look.ACCENT] and found.fills("units") == [look.PAPER]
        assert "31 mars 2029" in " ".join(found.told)


def test_a_payer_who_pays_nothing_has_no_part() -> None:
    payers = [Payer("Ingen", 0.0, True), Payer("Verksamheterna", 0.6, False), Payer("Bakåt", 0.4, True)]
    found = read(costs(payers=[*payers, Payer("Landet", 1.7, False)]).wide)
    assert found.boxes("region") == [] and not {"Ingen", "Bakåt"} & set(found.told)
    (units, state), (axis,) = found.boxes("units"), found.boxes("axis")
    assert (units.wide / axis.wide, state.wide / axis.wide) == pytest.approx((0.6, 0.4), abs=0.01)


def test_the_limit_is_a_rust_line_with_its_amount() -> None:
    found = read(costs(limit=10.0).wide)
    (line,) = found.boxes("limit")
    assert line.top == pytest.approx(_scale(found, _ticks(found, "5", "20"))(10), abs=1)
    (label,) = (element for text, _, element in found.texts if text == "Ram 10,0")
    assert label.get("fill") == look.LATE


def test_savings_lie_below_the_line_of_zero() -> None:
    found = read(DRAWINGS["cost that is a saving"]().wide)
    (zero,) = found.boxes("axis")
    above = [y < zero.top for _, y in found.points("dots")]
    assert above == [True, True, False, False, False]
    assert "−6,2 mest troligt" in found.told and "−10" in found.told


def test_one_year_has_a_band_of_some_width() -> None:
    found = read(costs(1).wide)
    xs = [x for x, _ in found.points("band")]
    assert max(xs) - min(xs) == pytest.approx(80, abs=1)
    assert len(found.points("dots")) == 1


def test_costs_of_other_years_than_were_given_are_refused() -> None:
    with pytest.raises(ValueError, match="equally many"):
        cost_by_year([2027], [1, 2], [1, 2], [1, 2], unit="tkr", label="Diagram", words=COST)
    with pytest.raises(ValueError, match="at least one"):
        cost_by_year([], [], [], [], unit="tkr", label="Diagram", words=COST)


def test_english_figures() -> None:
    drawing = cost_by_year(
        [2027], [12345.0], [9000.0], [21000.0], unit="tkr", label="Diagram", words=COST, limit=19000.0, language="en"
    )
    assert {"12,345 mest troligt", "10,000", "Ram 19,000"} <= set(read(drawing.wide).told)


# --- the portfolio


def test_parts_are_stacked_from_zero_as_high_as_their_amounts() -> None:
    found = read(stacked([8, 9], [4, 6]).wide)
    (zero,) = found.boxes("axis")
    parts = found.boxes("part")
    scale = parts[0].high / 8
    assert [part.high / scale for part in parts] == pytest.approx([8, 9, 4, 6], abs=0.02)
    assert parts[0].bottom == pytest.approx(zero.top, abs=1) and parts[2].bottom == pytest.approx(parts[0].top, abs=0.1)
    assert {"12,0", "15,0"} <= set(found.told)


def test_savings_hang_below_zero_and_the_total_stands_at_its_dot() -> None:
    found = read(stacked([8, 9], [9, 12], [-6, -9], low=[8, 10], high=[14, 16]).wide)
    (zero,) = found.boxes("axis")
    parts = found.boxes("part")
    assert all(part.top == pytest.approx(zero.top, abs=1) for part in parts[4:])
    scale = parts[0].high / 8
    for (x, y), total, interval, low, high in zip(
        found.points("total"), (11, 12), found.boxes("interval"), (8, 10), (14, 16), strict=True
    ):
        assert zero.top - y == pytest.approx(total * scale, abs=1)
        assert zero.top - interval.bottom == pytest.approx(low * scale, abs=1)
        assert zero.top - interval.top == pytest.approx(high * scale, abs=1)
        label = found.where(f"{total},0")
        assert label.left > x and abs((label.top + label.bottom) / 2 - y) < 4


def test_a_ceiling_is_one_line_for_the_years_it_holds() -> None:
    drawing = stacked([9, 9, 9, 9], ceiling=[12, 12, 14, None])
    found = read(drawing.wide)
    first, second = found.boxes("ceiling")
    parts, (zero,) = found.boxes("part"), found.boxes("axis")
    assert zero.top - first.top == pytest.approx(12 / 9 * parts[0].high, abs=1)
    assert zero.top - second.top == pytest.approx(14 / 9 * parts[0].high, abs=1)
    assert first.wide == pytest.approx(2 * second.wide, abs=5)
    assert {"Ram 12,0", "14,0"} <= set(found.told)
    assert "Ram 12,0\xa0(2026–2027), 14,0\xa0(2028)" in read(drawing.narrow).told


def test_each_part_is_named_and_looks_different() -> None:
    drawing = stacked(*([index + 1.0] for index in range(5)))
    for svg in sizes(drawing).values():
        found = read(svg)
        assert len(set(found.fills("part"))) == 5
        assert sum(text.startswith("Fas") for text in found.told) == 5
        assert "Summa, 80 procents span" in found.told


def test_a_portfolio_takes_one_to_five_parts_of_equal_length() -> None:
    for wrong in ([], [[1.0]] * 6):
        with pytest.raises(ValueError, match="one to five series"):
            stacked_years(
                [2026],
                [Series("Fas", values) for values in wrong],
                low=[None],
                high=[None],
                ceiling=[None],
                unit="tkr",
                label="Diagram",
                words=STACK,
            )
    with pytest.raises(ValueError, match="as many amounts"):
        stacked([1, 2], ceiling=[1])


# --- plan and outcome


def test_the_line_breaks_where_an_outcome_is_missing() -> None:
    found = read(months(12, [1, None, 3, 4, None, None, 6.5]).wide)
    paths = [shape.get("d", "") for shape, _, _ in found.shapes["outcome"]]
    assert [len(re.findall("[ML]", path)) for path in paths] == [1, 2, 1]
    assert len(found.points("dots")) == 4
    assert [x for x, _ in found.points("dots")] == pytest.approx(
        [found.points("plan")[n][0] for n in (0, 2, 3, 6)], abs=0.1
    )


def test_the_plan_is_dashed_and_both_ends_are_named() -> None:
    found = read(DRAWINGS["outcome"]().wide)
    (plan,) = (shape for shape, _, _ in found.shapes["plan"])
    assert plan.get("stroke-dasharray")
    assert {"9,5 plan", "10,9 utfall", "mnkr. Bandet: 80 procents span"} <= set(found.told)


def test_marked_months_are_triangles_that_point_away_from_the_plan_and_have_a_word() -> None:
    above = read(DRAWINGS["outcome"]().wide)
    assert len(above.points("over")) == 2 and above.points("under") == []
    for triangle, point in zip(above.points("over"), above.points("outcome")[10:12], strict=True):
        assert triangle == pytest.approx(point, abs=0.1)
    assert set(above.fills("over")) == {look.LATE}
    assert above.told.count("Utanför två månader i rad") == 1
    below = read(months(12, [1.2, 2.2, 1, 1.1], [2, 3, 9]).wide)
    assert len(below.points("under")) == 2 and below.points("over") == []


def test_of_many_months_only_some_dots_and_names_are_drawn() -> None:
    drawing = months(60, [6.0] * 30)
    assert len(read(drawing.wide).points("dots")) == 30
    narrow = read(drawing.narrow)
    assert len(narrow.points("dots")) == 1
    assert [text for text in narrow.told if text.startswith("jan")] == ["jan 2027", "jan 2029", "jan 2031"]


def test_an_outcome_to_come_leaves_the_plan() -> None:
    found = read(DRAWINGS["no outcome"]().wide)
    assert found.points("outcome") == [] and len(found.points("plan")) == 18
    assert not any("utfall" in text for text in found.told)


def test_months_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="equally many"):
        plan_and_outcome(["jan"], [1], [1], [1], [], unit="tkr", label="Diagram", words=OUTCOME)
