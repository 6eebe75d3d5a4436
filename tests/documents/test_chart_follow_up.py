"""Charts of follow-up: units and areas side by side, and counts of 1 to 4 never told."""

from __future__ import annotations

import pytest

from introduction.documents.charts import AreaUse, SmallCount, UnitUse, look
from tests.documents.chart_samples import AREA_ROWS, DRAWINGS, UNIT_ROWS, areas, units
from tests.documents.drawn import read, sizes

# --- units


def test_bars_are_as_long_as_what_was_reported_and_lines_stand_at_what_was_expected() -> None:
    for svg in sizes(units(*UNIT_ROWS)).values():
        found = read(svg)
        first, second, other, none = found.boxes("observed")
        scale = first.wide / 46
        assert [bar.wide / scale for bar in (second, other, none)] == pytest.approx([9, 7, 0], abs=0.05)
        expected = [(line.left - first.left) / scale for line in found.boxes("expected")]
        assert expected == pytest.approx([41, 22, 12, 18, 4, 6], abs=0.1)
        assert {"46", "av 41", "9", "av 22", "0", "av 6", "7"} <= set(found.told)


def test_a_unit_without_a_report_has_a_sign_and_words_and_no_bar() -> None:
    for svg in sizes(units(*UNIT_ROWS)).values():
        found = read(svg)
        assert len(found.shapes["silent"]) == 2
        assert found.told.count("Ingen rapport") == 2
        (_, _, mark_y), *_ = found.shapes["silent"]
        assert not any(bar.top < mark_y < bar.bottom for bar in found.boxes("observed"))


def test_a_line_never_runs_through_the_words_of_a_missing_report() -> None:
    for svg in sizes(units(UnitUse("Stor", 40, 40), UnitUse("Liten", 4, None))).values():
        found = read(svg)
        assert found.boxes("expected")[1].left < found.where("Ingen rapport").left


def test_a_small_count_is_a_span_of_one_to_four_and_no_number() -> None:
    for svg in sizes(units(UnitUse("Norra", 12, SmallCount()), UnitUse("Södra", 40, 20))).values():
        found = read(svg)
        (span,), (bar,) = found.boxes("small"), found.boxes("observed")
        scale = bar.wide / 20
        assert [(span.left - bar.left) / scale, (span.right - bar.left) / scale] == pytest.approx([1, 4], abs=0.05)
        assert found.fills("small") == [look.PAPER]
        assert "1–4" in found.told and not {"1", "2", "3", "4"} & set(found.told)


def test_two_units_with_small_counts_are_drawn_alike() -> None:
    found = read(units(UnitUse("Norra", None, SmallCount()), UnitUse("Södra", None, SmallCount())).wide)
    one, other = found.boxes("small")
    assert (one.left, one.right) == (other.left, other.right)


def test_units_beside_each_other_need_units_and_amounts() -> None:
    for wrong in ((), (UnitUse("Norra", -1, None),)):
        with pytest.raises(ValueError, match="units"):
            units(*wrong)


# --- areas


def test_the_area_with_most_inhabitants_stands_first() -> None:
    for svg in sizes(areas(*AREA_ROWS, mean=24.1)).values():
        found = read(svg)
        heights = [found.where(name).top for name in ("Storköping", "Norrhamn", "Åkerby", "Söderfors", "Lillviken")]
        assert heights == sorted(heights)


def test_use_lies_per_inhabitants_in_the_band_of_its_limits() -> None:
    for svg in sizes(areas(*AREA_ROWS, mean=24.1)).values():
        found = read(svg)
        bands, dots = found.boxes("band"), found.points("dots")
        zero, scale = bands[4].left, (found.boxes("mean")[0].left - bands[4].left) / 24.1
        assert (dots[0][0] - zero) / scale == pytest.approx(31 / 1.82, abs=0.3)
        assert [(end - zero) / scale for end in (bands[0].left, bands[0].right)] == pytest.approx(
            [26 / 1.82, 65 / 1.82], abs=0.3
        )
        assert "17,0" in found.told and "Regionen 24,1" in found.told


def test_beyond_the_limits_stands_a_triangle_and_a_word() -> None:
    for svg in sizes(areas(*AREA_ROWS, mean=24.1)).values():
        found = read(svg)
        bands = found.boxes("band")
        ((over, _),), ((under, _),) = found.points("over"), found.points("under")
        assert over > bands[1].right and under < bands[2].left
        assert set(found.fills("over")) == set(found.fills("under")) == {look.LATE}
        assert found.told.count("över gränsen") == found.told.count("under gränsen") == 1


def test_a_count_on_the_limit_lies_within() -> None:
    within = [AreaUse("Norra", 50_000, 5, 5, 20), AreaUse("Södra", 40_000, 20, 5, 20)]
    found = read(areas(*within, mean=24.1).wide)
    assert len(found.points("dots")) == 2 and not {"över gränsen", "under gränsen"} & set(found.told)


def test_a_small_count_has_no_dot_and_is_beyond_a_limit_only_if_each_of_one_to_four_would_be() -> None:
    found = read(areas(AreaUse("Norra", 50_000, SmallCount(), 3, 20), mean=24.1).wide)
    assert found.points("dots") == [] and "under gränsen" not in found.told
    assert "1–4\xa0personer" in found.told
    sure = read(areas(AreaUse("Norra", 50_000, SmallCount(), 5, 20), mean=24.1).wide)
    assert "under gränsen" in sure.told


def test_limits_of_the_smallest_area_do_not_set_the_scale() -> None:
    small = AreaUse("Liten", 300, 0, 0, 2)  # its limit is 667 per 100 000
    found = read(areas(AreaUse("Stor", 100_000, 24, 11, 40), small, mean=24.1).wide)
    big, cut = found.boxes("band")
    assert big.wide > cut.wide / 4
    assert len(found.boxes("ends")) == 3  # the fourth lies beyond the drawing


def test_use_per_area_needs_areas_with_inhabitants() -> None:
    for wrong in ((), (AreaUse("Öde", 0, 0, 0, 0),)):
        with pytest.raises(ValueError, match="inhabitants"):
            areas(*wrong, mean=1)


def test_thirty_units_keep_their_titles_in_the_narrow_drawing() -> None:
    told = read(DRAWINGS["units of thirty"]().narrow).told
    assert len([text for text in told if text.startswith("Enhet")]) == 30
