"""Charts of money granted: parts lie end to end, and the line stands where the money ends."""

from __future__ import annotations

from itertools import pairwise

import pytest

from introduction.documents.charts import YearEnd, fund_over_year, look
from tests.documents.chart_samples import APPLICATIONS, DRAWINGS, FUND, FUND_YEAR, PRIORITY, fund, fund_year, order
from tests.documents.drawn import read, sizes

# --- the position of a fund


def test_the_six_parts_lie_end_to_end_and_add_up_to_what_was_appropriated() -> None:
    amounts = (12.4, 3.1, 2.2, 9.6, 8.2, 6.5)
    for svg in sizes(fund(*amounts)).values():
        found = read(svg)
        parts, (end,), (zero,) = found.boxes("part"), found.boxes("appropriated"), found.boxes("zero")
        assert len(parts) == 6
        assert all(one.right == pytest.approx(other.left, abs=0.1) for one, other in pairwise(parts))
        assert (parts[0].left, parts[-1].right) == pytest.approx((zero.left, end.left), abs=0.6)
        scale = (parts[-1].right - parts[0].left) / sum(amounts)
        assert [part.wide / scale for part in parts] == pytest.approx(amounts, abs=0.05)


def test_every_part_has_its_name_and_amount_in_the_key() -> None:
    for svg in sizes(DRAWINGS["fund without forecast"]()).values():
        found = read(svg)
        amounts = ["12\xa0400", "0", "180", "9\xa0600", "0", "6\xa0500"]
        for name, amount in zip(FUND.parts, amounts, strict=True):
            name_box = found.where(name)
            beside = [box for text, box, _ in found.texts if text == amount and abs(box.top - name_box.top) < 2]
            assert any(box.left > name_box.right for box in beside), (name, amount)
        assert "Anslaget 28\xa0680" in found.told


def test_what_is_surest_is_filled_and_what_is_not_reserved_is_hollow_with_a_dashed_frame() -> None:
    found = read(fund(12.4, 3.1, 2.2, 9.6, 8.2, 6.5).wide)
    fills = found.fills("part")
    assert fills[0] == look.ACCENT and fills[4:] == [look.PAPER, look.PAPER]
    dashed = [shape.get("stroke-dasharray") is not None for shape, _, _ in found.shapes["part"]]
    assert dashed == [False] * 5 + [True]
    paid, approved = found.boxes("part")[:2]
    stripes = found.boxes("stripes")
    assert any(approved.left < stripe.left < approved.right for stripe in stripes)
    assert not any(paid.left < stripe.left < paid.right and stripe.bottom <= paid.bottom for stripe in stripes)


def test_the_forecast_is_an_interval_on_the_same_scale() -> None:
    drawing = fund(12.4, 3.1, 2.2, 9.6, 8.2, 6.5, forecast=YearEnd(33.8, 29.6, 38.1))
    for svg in sizes(drawing).values():
        found = read(svg)
        (band,), ((expected, _),), parts = found.boxes("band"), found.points("expected"), found.boxes("part")
        zero, scale = parts[0].left, (parts[-1].right - parts[0].left) / 42
        measured = [(at - zero) / scale for at in (band.left, expected, band.right)]
        assert measured == pytest.approx([29.6, 33.8, 38.1], abs=0.1)
        assert "33,8 (29,6–38,1)" in " ".join(found.told)
        assert found.boxes("limit") == []  # nothing is over: no rust
        assert look.LATE not in svg


def test_what_was_appropriated_is_a_limit_where_the_forecast_may_pass_it() -> None:
    for svg in sizes(DRAWINGS["fund that may not suffice"]()).values():
        found = read(svg)
        (band,), limits, last = found.boxes("band"), found.boxes("limit"), found.boxes("part")[-1]
        assert len(limits) == 2 and all(line.left == pytest.approx(last.right, abs=0.6) for line in limits)
        assert band.left < limits[0].left < band.right
        (label,) = (element for text, _, element in found.texts if text == "Anslaget 42,0")
        assert label.get("fill") == look.LATE


def test_a_correction_lies_left_of_zero_and_stands_in_the_key() -> None:
    found = read(DRAWINGS["fund with a correction"]().wide)
    (zero,) = found.boxes("zero")
    assert len([part for part in found.boxes("part") if part.right <= zero.left + 0.1]) == 1
    assert "−0,4" in found.told and "Anslaget 36,3" in found.told


def test_more_promised_than_appropriated_makes_it_a_limit_without_a_forecast() -> None:
    found = read(DRAWINGS["fund that is overdrawn"]().wide)
    (limit,), reserved = found.boxes("limit"), found.boxes("part")[4]
    assert reserved.left < limit.left < reserved.right
    assert "−3,0" in found.told


def test_a_forecast_outside_its_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="within its interval"):
        fund(1, 1, 1, 1, 1, 1, forecast=YearEnd(2, 3, 4))


# --- over the year


def test_the_forecast_goes_on_from_where_the_money_used_has_come() -> None:
    for svg in sizes(DRAWINGS["fund over the year"]()).values():
        found = read(svg)
        used, expected, band = found.points("used"), found.points("expected"), found.points("band")
        assert len(used) == 8 and len(expected) == 5
        assert expected[0] == pytest.approx(used[-1], abs=0.1)
        (axis,), (limit,) = found.boxes("axis"), found.boxes("limit")
        scale = (axis.top - limit.top) / 42
        assert (axis.top - used[-1][1]) / scale == pytest.approx(18.4, abs=0.3)
        assert (axis.top - expected[-1][1]) / scale == pytest.approx(34.0, abs=0.3)
        assert min(y for _, y in band) < expected[-1][1] < max(y for _, y in band)
        (dashed,) = (shape for shape, _, _ in found.shapes["expected"])
        assert dashed.get("stroke-dasharray")


def test_the_ends_of_the_year_are_named() -> None:
    told = read(DRAWINGS["fund over the year"]().wide).told
    assert {"39,5 högt utfall", "34,0 prognos", "28,5 lågt utfall", "18,4 betalt och godkänt", "Anslaget 42,0"} <= set(
        told
    )
    assert {"39,5", "34,0", "28,5"} <= set(read(DRAWINGS["fund over the year"]().narrow).told)


def test_a_year_that_is_over_has_no_forecast() -> None:
    found = read(DRAWINGS["fund year that is over"]().wide)
    assert found.points("band") == [] and found.points("expected") == []
    assert len(found.points("used")) == 12


def test_a_year_with_a_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="follow each other"):
        fund_year([1.0, 2.0], [(9.0, 8.0, 10.0)])
    with pytest.raises(ValueError, match="equally many"):
        fund_over_year(
            ["jan"], [1], expected=[], low=[], high=[], appropriated=1, unit="tkr", label="Året", words=FUND_YEAR
        )


# --- the line where the money ends


def test_applications_lie_end_to_end_in_their_order_and_the_line_stands_at_the_money() -> None:
    amounts = [amount for _, amount in APPLICATIONS]
    for svg in sizes(order(*APPLICATIONS, money=42000)).values():
        found = read(svg)
        fits, beyond = found.boxes("fits"), found.boxes("beyond")
        assert (len(fits), len(beyond)) == (8, 4)  # the eighth is cut in two
        ends = [*(bar.right for bar in fits), *(bar.right for bar in beyond)]
        starts = [*(bar.left for bar in fits), *(bar.left for bar in beyond)]
        assert starts[1:] == pytest.approx(ends[:-1], abs=0.1)
        scale = (ends[-1] - starts[0]) / sum(amounts)
        assert [bar.wide / scale for bar in fits[:7]] == pytest.approx(amounts[:7], abs=30)
        assert (fits[7].wide + beyond[0].wide) / scale == pytest.approx(amounts[7], abs=30)
        money = starts[0] + 42000 * scale
        limits = [*found.boxes("limit"), *found.boxes("after")]
        assert limits and all(line.left == pytest.approx(money, abs=0.6) for line in limits)
        assert fits[7].right == pytest.approx(money, abs=0.1)
        assert set(found.fills("fits")) == {look.ACCENT} and set(found.fills("beyond")) == {look.PAPER}
        assert "Ram 42\xa0000" in found.told


def test_a_thick_line_parts_those_that_fit_from_the_first_that_does_not() -> None:
    for svg in sizes(order(*APPLICATIONS, money=42000)).values():
        found = read(svg)
        ((shape, _, _),), (line,) = found.shapes["line"], found.boxes("line")
        assert (shape.get("stroke"), shape.get("stroke-width")) == (look.LATE, "4")
        assert found.boxes("fits")[6].bottom < line.top < found.boxes("fits")[7].top
        last_that_fits, first_cut = (
            found.where("Osmerafen vid malignt melanom"),
            found.where("Granelimod vid ulcerös kolit"),
        )
        assert last_that_fits.bottom < line.top < first_cut.top


def test_the_key_comes_in_the_order_of_the_bars() -> None:
    for svg in sizes(order(*APPLICATIONS, money=42000)).values():
        found = read(svg)
        fits, beyond = found.where(PRIORITY.fits), found.where(PRIORITY.beyond)
        assert (fits.top, fits.left) < (beyond.top, beyond.left), "first those that fit, as in the chart"


def test_where_all_fit_no_line_parts_them() -> None:
    found = read(DRAWINGS["order that fits"]().wide)
    assert found.boxes("line") == [] and found.boxes("beyond") == []
    assert found.boxes("limit")[0].left > found.boxes("fits")[-1].right


def test_money_to_the_last_krona_fits() -> None:
    found = read(order(("Ett", 10), ("Två", 20), ("Tre", 5), money=30).wide)
    assert len(found.boxes("fits")) == 2 and len(found.boxes("beyond")) == 1
    assert found.boxes("fits")[1].bottom < found.boxes("line")[0].top < found.boxes("beyond")[0].top


def test_the_narrow_drawing_of_many_has_places_instead_of_titles() -> None:
    drawing = DRAWINGS["order of forty"]()
    assert len([text for text in read(drawing.wide).told if text[0].isdigit() and "Andel" in text]) == 40
    narrow = read(drawing.narrow)
    assert not any("Andel" in text for text in narrow.told)
    assert {"1", "5", "40"} <= set(narrow.told) and "2" not in narrow.told
    assert len(narrow.boxes("fits")) + len(narrow.boxes("beyond")) == 41


def test_an_order_without_applications_or_with_amounts_below_zero_is_refused() -> None:
    for wrong in ((), (("Ett", -1.0),)):
        with pytest.raises(ValueError, match="applications"):
            order(*wrong, money=1)
