"""From what a clinician types to a model, question by question, for each kind of analysis."""

from __future__ import annotations

import pytest

from introduction.domain.budget import building, freezing, questions, result
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.building import Built
from introduction.domain.budget.model import by_year, run
from introduction.domain.errors import InvalidInput

AREAS = [(12, "Sahlgrenska"), (15, "NU-sjukvården")]
PATIENTS = {
    "population": "1 000 000",
    "incidence": "10",
    "first_patient": "januari 2027",
    "uptake": "50",
    "curve": "step",
}
KINDS = {
    questions.INFUSION: {"interval": "4", "price_dose": "10 000"},
    questions.TABLETS: {"price_month": "4 000"},
    questions.ONE_OFF: {"price_once": "20 mnkr"},
    questions.SWITCH: {"price_month": "1 000", "prevalence": "100"},
}


def build(kind: str, **told: str) -> Built:
    answers = {key: Answer(value) for key, value in (PATIENTS | KINDS[kind] | told).items()}
    return building.build(kind, "Examplumab", answers, questions.pages_of(kind, AREAS))


def yearly(built: Built) -> list[float]:
    assert built.model is not None, built.problems
    return [float(value) for value in by_year(run(built.model).impact())[:, 0]]


@pytest.mark.parametrize("kind", questions.ASKED_KINDS)
def test_ten_answers_are_enough_for_a_first_analysis(kind: str) -> None:
    required = [q for page in questions.pages_of(kind) for q in page.questions if q.required]
    assert len(required) + 1 <= 6
    assert all(value > 0 for value in yearly(build(kind)))


@pytest.mark.parametrize(("swedish", "english"), [("maj 2027", "May 2027"), ("okt 2028", "October 2028")])
def test_a_month_is_written_in_either_language(swedish: str, english: str) -> None:
    assert build("tablets", first_patient=english).model == build("tablets", first_patient=swedish).model


def test_a_treatment_given_once_costs_its_price_for_each_who_starts() -> None:
    # A hundred new a year, half of whom are treated: fifty times twenty million.
    assert yearly(build(questions.ONE_OFF)) == pytest.approx([50 * 20e6] * 5)


def test_the_funnel_goes_step_by_step() -> None:
    whole, funnelled = build(questions.ONE_OFF), build(questions.ONE_OFF, diagnosed="80", subgroup="50", eligible="25")
    assert yearly(funnelled) == pytest.approx([0.8 * 0.5 * 0.25 * value for value in yearly(whole)])


def test_those_who_wait_and_those_who_fall_ill_are_told_apart() -> None:
    both = build(questions.ONE_OFF, prevalence="20", waiting_uptake="100", waiting_months="12", curve="linear")
    assert both.model is not None
    assert [(group.id, group.kind) for group in both.model.group] == [("new", "new"), ("waiting", "pool")]
    starts = run(both.model).courses["with", "waiting", "medicine"].starts
    assert float(starts.sum()) == pytest.approx(200)


def test_what_is_displaced_is_taken_off_the_cost() -> None:
    older = {"old1_name": "Äldre", "old1_share": "60", "old1_month": "1 000"}
    plain, net = yearly(build(questions.TABLETS)), yearly(build(questions.TABLETS, **older))
    assert net == pytest.approx([value * (1 - 0.6 * 1000 / 4000) for value in plain])
    taken = yearly(build(questions.TABLETS, **older, old1_taken="100"))
    assert taken[0] < net[0]


def test_a_switch_moves_those_who_are_treated_already() -> None:
    saved = build(questions.SWITCH, old1_name="Original", old1_share="100", old1_month="5 000", uptake="100")
    assert yearly(saved) == pytest.approx([-1000 * 4000 * 12] * 5)


def test_the_medicine_by_weight_uses_whole_vials() -> None:
    by_weight = {"price_dose": "", "price_mg": "10", "dose": "5", "size": "70", "vials": "100, 400"}
    priced = build(questions.INFUSION, **by_weight)
    assert priced.model is not None
    # 350 mg takes a vial of 400 mg: four thousand kronor each time.
    assert yearly(priced) == pytest.approx([value * 0.4 for value in yearly(build(questions.INFUSION))])


def test_the_regions_money_comes_first_and_then_the_clinics() -> None:
    figures, _kept = freezing.freeze(_model(build(questions.TABLETS, financed="24")), draws=50)
    fund = figures.by("purse")["introduction_fund"]
    assert fund[0] > 0 and fund[1] > 0 and fund[2:] == (0, 0, 0)
    assert [sum(year) for year in zip(*figures.by("purse").values(), strict=True)] == list(figures.impact())


def test_the_cost_is_divided_by_administration_to_the_ore() -> None:
    figures, _kept = freezing.freeze(_model(build(questions.TABLETS, area_12="66,7", area_15="33,3")), draws=50)
    parts = figures.by("area")
    assert set(parts) == {"12", "15"}
    assert [a + b for a, b in zip(parts["12"], parts["15"], strict=True)] == list(figures.impact())


def test_a_result_comes_back_from_text_as_it_was() -> None:
    told = {"scenario1_name": "Billigare", "scenario1_reason": "Patentet går ut", "scenario1_price": "-30"}
    figures, _kept = freezing.freeze(_model(build(questions.TABLETS, threshold="1 mnkr", **told)), draws=50)
    assert result.of_json(figures.as_json()) == figures
    assert figures.scenarios[0].impact == pytest.approx([round(value * 0.7) for value in figures.impact()], abs=1)


def _model(built: Built) -> building.BudgetModel:
    assert built.model is not None, built.problems
    return built.model


# --- bad input: per box, with the reason

_SHARES = {"old1_share": "70", "old2_share": "50"}
_BY_WEIGHT = {"price_dose": "", "price_mg": "1", "dose": "5", "size": "70", "vials": "100"}
_HALVES = {"old1_name": "A", "old1_share": "50", "old2_name": "B", "old2_share": "50"}


@pytest.mark.parametrize(
    ("kind", "told", "box", "says"),
    [
        (questions.TABLETS, {"area_12": "70", "area_15": "20"}, "area_15.value", "90 %"),
        (questions.TABLETS, {"diagnosed": "120"}, "diagnosed.value", "0 till 100"),
        (questions.TABLETS, {"old1_name": "A", "old2_name": "B", **_SHARES}, "old2_share.value", "120 %"),
        (questions.TABLETS, {"old1_share": "70"}, "old1_name.value", "heter"),
        (questions.TABLETS, {"old1_name": "A"}, "old1_share.value", "andel"),
        (questions.TABLETS, {"first_patient": "snart"}, "first_patient.value", "april 2027"),
        (questions.TABLETS, {"delay": "70"}, "first_patient.value", "slut"),
        (questions.TABLETS, {"population": "99 999 999 999"}, "population.value", "20"),
        (questions.TABLETS, {"price_month": ""}, "price_month.value", "Kostnad per patient"),
        (questions.TABLETS, {"incidence": ""}, "incidence.value", "insjuknar"),
        (questions.SWITCH, {"prevalence": ""}, "prevalence.value", "i dag"),
        (questions.INFUSION, {"price_dose": ""}, "price_dose.value", "per dos"),
        (questions.INFUSION, {"dose": "5"}, "vials.value", "förpackningar"),
        (questions.INFUSION, {"loading": "noll"}, "loading.value", "komma"),
        (questions.INFUSION, _BY_WEIGHT | {"price_dose": "9"}, "price_dose.value", "båda"),
        (questions.INFUSION, {"vials": "2,5 5"}, "vials.value", "punkt"),
        (questions.TABLETS, {"price_month": "12.400"}, "price_month.value", "mellanrum"),
        (questions.TABLETS, {"population": "9,125"}, "population.value", "mellanrum"),
        (questions.INFUSION, {"vials": "100, 0"}, "vials.value", "större än 0"),
        (questions.INFUSION, _BY_WEIGHT | {"size": "0"}, "size.value", "större än 0"),
        (questions.TABLETS, {"growth": "200"}, "growth.value", "per år"),
        (questions.TABLETS, {"price_month": "-4 000"}, "price_month.value", "Skriv 0"),
        (questions.TABLETS, {"old1_name": "A", "old1_share": "9", "old1_month": "-4"}, "old1_month.value", "Skriv 0"),
        (questions.TABLETS, _HALVES | {"old1_taken": "60"}, "old2_taken.value", "för alla"),
        (questions.TABLETS, {"scenario1_name": "A", "scenario1_price": "-30"}, "scenario1_reason.value", "varför"),
        (questions.TABLETS, {"scenario1_price": "-30"}, "scenario1_name.value", "heter"),
        (questions.TABLETS, {"scenario1_name": "A", "scenario1_reason": "B"}, "scenario1_uptake.value", "Ändra"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_at_its_box(kind: str, told: dict[str, str], box: str, says: str) -> None:
    built = build(kind, **told)
    assert built.model is None
    assert box in built.problems, built.problems
    assert says in str(built.problems[box])


@pytest.mark.parametrize(
    ("answer", "box"),
    [
        (Answer("50", "60", "70"), "uptake.low"),
        (Answer("50", "30", "40"), "uptake.high"),
        (Answer("50", "40", ""), "uptake.high"),
        (Answer("", "40", "60"), "uptake.value"),
        (Answer("50", "60", "40"), "uptake.low"),
    ],
)
def test_a_range_holds_its_value(answer: Answer, box: str) -> None:
    answers = {key: Answer(value) for key, value in (PATIENTS | KINDS["tablets"]).items()} | {"uptake": answer}
    assert box in building.build("tablets", "Examplumab", answers, questions.pages_of("tablets")).problems


def test_the_uptake_of_a_scenario_is_that_of_those_who_wait_when_nobody_else_comes() -> None:
    told = {"incidence": "", "prevalence": "10", "scenario1_name": "Få", "scenario1_reason": "B"}
    figures, _kept = freezing.freeze(_model(build(questions.ONE_OFF, **told, scenario1_uptake="20")), draws=50)
    assert sum(figures.scenarios[0].impact) == pytest.approx(0.2 * sum(figures.impact()))


# --- a model of one's own

_OWN = """title = "Egen"
start = "2027-01"
[[group]]
id = "all"
population = 100
new = "medicine"
uptake = { to = 0.5 }
[[treatment]]
id = "medicine"
cost = [{ amount = 1000 }]
"""
_INFINITE = 'cost = [{ per = "mg", amount = 1 }]\ndosing = { dose = { per_size = 1, size = 70, vials = [inf] } }'


def own(toml: str) -> Built:
    return building.build(questions.OWN, "", {"toml": Answer(toml)}, ())


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("a = " + "[" * 20_000, "TOML"),
        (_OWN.replace("100", "1" * 5_000, 1), "TOML"),
        (_OWN.replace("2027-01", "2027-07"), "januari"),
        (_OWN.replace('"2027-01"', "99999996"), "januari"),
        (_OWN.replace("[[group]]", 'currency = "EUR"\n[[group]]'), "kronor"),
        (_OWN.replace("{ amount = 1000 }", ", ".join(["{ amount = 1 }"] * 41)), "högst 40"),
        (_OWN.replace("cost = [{ amount = 1000 }]", _INFINITE), "vials"),
        (_OWN + '[[scenario]]\nname = "A"\nset = { "group.nobody.population" = 4 }', "nobody"),
        (_OWN + '[[scenario]]\nname = "A"\nset = { "group.all.uptake.to" = 4 }', "uptake.to"),
        (_OWN + '[[scenario]]\nname = "A"\nset = { years = 5 }', "samma år"),
        (_OWN + '[[scenario]]\nname = "A"\nset = { years = 3 }\n' * 21, "högst 20"),
    ],
    ids=["brackets", "digits", "july", "far", "euro", "costs", "vials", "nobody", "share", "years", "scenarios"],
)
def test_a_model_that_cannot_be_an_analysis_is_told_when_it_is_typed(toml: str, says: str) -> None:
    assert own(_OWN).model is not None
    built = own(toml)
    assert built.model is None and says in str(built.problems["toml.value"])


@pytest.mark.parametrize(
    "cost",
    [
        'cost = [{ per = "mg", amount = 1 }]\ndosing = { dose = { per_size = 1, size = 70, vials = [] } }',
        'cost = [{ per = "dose", amount = 1e12 }]\ndosing = { every_days = 1e-300 }',
        "cost = [{ amount = 1e12 }, { amount = { value = 1, low = 0, high = 1e300, distribution = 'uniform' } }]",
        "cost = [{ amount = { value = 1, low = 1e-300, high = 1e300, distribution = 'gamma' } }]",
    ],
)
def test_a_model_whose_figures_have_no_end_is_refused(cost: str) -> None:
    model = _model(own(_OWN.replace("cost = [{ amount = 1000 }]", cost)))
    with pytest.raises(InvalidInput):
        freezing.freeze(model, draws=50)


def test_amounts_that_no_book_could_hold_are_refused() -> None:
    model = _model(own(_OWN.replace("100", "1e10", 1).replace("1000", "1e10")))
    with pytest.raises(InvalidInput, match="orimligt stort"):
        freezing.freeze(model, draws=50)


def test_an_answer_that_stands_in_two_groups_is_one_assumption() -> None:
    told = {key: Answer(value) for key, value in (PATIENTS | KINDS["tablets"] | {"prevalence": "20"}).items()}
    told["eligible"] = Answer("80", "60", "90")
    built = building.build("tablets", "Examplumab", told, questions.pages_of("tablets"))
    figures, _kept = freezing.freeze(_model(built), draws=200)
    assert [lever.path for lever in figures.levers] == ["eligible"]
    whole = figures.impact()[2]
    lever = figures.levers[0]
    assert (lever.at_low[2] / whole, lever.at_high[2] / whole) == pytest.approx((60 / 80, 90 / 80), rel=1e-6)
    # Drawn together, it moves the whole as much as it moves each part.
    assert figures.ranges["impact"].low[2] / whole == pytest.approx(
        figures.ranges["impact"].low[4] / figures.impact()[4], rel=1e-3
    )


def test_those_who_die_while_they_wait_are_not_treated_and_those_treated_are_not_lost_twice() -> None:
    waiting = {"incidence": "", "prevalence": "10", "waiting_uptake": "100", "waiting_months": "24", "curve": "linear"}
    starts = (
        run(_model(build(questions.ONE_OFF, **waiting, mortality="20"))).courses["with", "waiting", "medicine"].starts
    )
    by_hand = sum(100 * 0.8 ** (month / 12) / 24 for month in range(24))
    assert float(starts.sum()) == pytest.approx(by_hand, rel=1e-6)
    grown = run(_model(build(questions.ONE_OFF, **waiting, growth="2"))).courses["with", "waiting", "medicine"].starts
    assert float(grown[24:].sum()) == pytest.approx(0, abs=1e-9), "nobody is left to start when all have been reached"


def test_only_those_who_wait_need_no_uptake_of_new_patients() -> None:
    assert build(questions.ONE_OFF, incidence="", prevalence="10", uptake="").model is not None
    assert "uptake.value" in build(questions.ONE_OFF, uptake="").problems


def test_what_is_displaced_may_have_another_payer() -> None:
    told = {"old1_name": "Tabletter", "old1_share": "100", "old1_month": "1 000", "old1_purse": "prescription_benefit"}
    figures, _kept = freezing.freeze(_model(build(questions.INFUSION, **told)), draws=50)
    assert figures.by("purse")["prescription_benefit"][1] < 0 < figures.by("purse")["clinic"][1]


def test_a_mean_does_not_lie_at_the_end_of_its_range() -> None:
    answers = {key: Answer(value) for key, value in (PATIENTS | KINDS["tablets"]).items()} | {
        "delay": Answer("0", "0", "6")
    }
    assert "delay.value" in building.build("tablets", "Examplumab", answers, questions.pages_of("tablets")).problems
