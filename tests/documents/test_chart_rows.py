"""Charts that are a list: bars and dots are as long and as far apart as the amounts say."""

from __future__ import annotations

import pytest

from introduction.documents.charts import TornadoBar, look
from tests.documents.chart_samples import BARS, DRAWINGS, MEDICINE, bars, compared, waterfall
from tests.documents.drawn import read, sizes

# --- tornado


def test_the_widest_bar_stands_first_and_bars_are_as_long_as_the_differences() -> None:
    for svg in sizes(bars(BARS, 10.4)).values():
        found = read(svg)
        titles = ["Andel som får behandling", "Pris per patient och år", MEDICINE]
        heights = [found.where(title).top for title in titles]
        assert heights == sorted(heights)
        lower, higher = found.boxes("lower"), found.boxes("higher")
        scale = lower[0].wide / 2.4
        assert [bar.wide / scale for bar in lower] == pytest.approx([2.4, 1.3, 0.5], abs=0.02)
        assert [bar.wide / scale for bar in higher] == pytest.approx([2.4, 1.3, 0.2], abs=0.02)
        assert [bar.right for bar in lower] == pytest.approx([bar.left for bar in higher], abs=0.1)
        assert set(found.fills("lower")) == {look.PAPER} and set(found.fills("higher")) == {look.ACCENT}


def test_at_each_end_stands_the_result_and_its_assumption() -> None:
    found = read(bars(BARS, 10.4).wide)
    assert {"8,0 vid 50 %", "12,8 vid 80 %", "9,9 vid juli 2027", "10,4\xa0mnkr", "blir lägre"} <= set(found.told)
    assert found.where("8,0 vid 50 %").right < found.boxes("lower")[0].left
    assert found.where("12,8 vid 80 %").left > found.boxes("higher")[0].right
    assert {"8,0", "12,8"} <= set(read(bars(BARS, 10.4).narrow).told)


def test_a_range_to_one_side_of_the_base_is_drawn_where_it_is() -> None:
    found = read(DRAWINGS["tornado to one side"]().wide)
    (under,), (over,), (base,) = found.boxes("lower"), found.boxes("higher"), found.boxes("base")
    assert under.right < base.left < over.left
    assert over.wide == pytest.approx(2 * under.wide, abs=1)


def test_a_tornado_needs_bars_from_low_to_high() -> None:
    for wrong in ([], [TornadoBar("Bakvänd", 2, 1, "", "")]):
        with pytest.raises(ValueError, match="from its lowest to its highest"):
            bars(wrong, 1)


# --- parts of a difference


def test_each_part_begins_where_the_one_before_ended() -> None:
    for svg in sizes(waterfall(7.8, 0.8, 3.1, -0.6)).values():
        found = read(svg)
        (plan, outcome), (price, volume), (mix,) = found.boxes("whole"), found.boxes("more"), found.boxes("less")
        assert (price.left, volume.left) == pytest.approx((plan.right, price.right), abs=0.1)
        assert (mix.right, mix.left) == pytest.approx((volume.right, outcome.right), abs=0.1)
        scale = plan.wide / 7.8
        widths = [bar.wide / scale for bar in (price, volume, mix, outcome)]
        assert widths == pytest.approx([0.8, 3.1, 0.6, 11.1], abs=0.02)
        assert {"7,8", "+0,8", "+3,1", "−0,6", "11,1"} <= set(found.told)


def test_parts_may_lead_below_zero() -> None:
    found = read(waterfall(2.8, -1.8, -3.1, 0.9).wide)
    plan, outcome = found.boxes("whole")
    assert outcome.right == pytest.approx(plan.left, abs=0.1)
    assert {"−1,2", "+0,9", "−3,1"} <= set(found.told)


# --- scenarios


def test_scenarios_lie_on_one_scale_with_the_base_filled() -> None:
    for svg in sizes(DRAWINGS["scenarios"]()).values():
        found = read(svg)
        ((base_x, _),) = (point for point in found.points("base"))
        (faster, _), (last, _) = found.points("dots")
        scale = (faster - base_x) / (52.3 - 45)
        assert (last - base_x) / scale == pytest.approx(41 - 45, abs=0.1)
        first, second = found.boxes("interval")
        assert (first.wide / scale, second.wide / scale) == pytest.approx((61.4 - 32.1, 70.2 - 37), abs=0.2)
        assert {"45,0", "32,1", "61,4", "41,0"} <= set(found.told)


def test_no_scenario_is_no_chart() -> None:
    with pytest.raises(ValueError, match="no scenario"):
        compared()
