"""Rules of costs, attribution and forecasts that make no sense are told by line and remedy."""

import pytest

from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("model", "values", "said"),
    [
        ("position", {"first_share": "0.6"}, None),
        (
            "position",
            {"first_share": "0.7"},
            "first_share and last_share are more than 1 together; lower one",
        ),
        ("position", {"first_share": ""}, "method 'position' needs first_share; fill it"),
        ("time_decay", {"half_life_days": ""}, "method 'time_decay' needs half_life_days; fill it"),
        (
            "linear",
            {"half_life_days": "3"},
            "method 'linear' takes no half_life_days; leave it empty",
        ),
        (
            "linear",
            {"is_chosen": "true"},
            "is_chosen must be true in one row, whose model CAC by channel follows",
        ),
    ],
)
def test_models_of_attribution_have_what_their_method_needs(
    rules: ChangedRules, model: str, values: dict[str, str], said: str | None
) -> None:
    place = rules.change("attribution_models", model, **values)
    assert rules.said_of(place) == ([said] if said else [])


def test_one_model_of_attribution_is_chosen(rules: ChangedRules) -> None:
    rules.change("attribution_models", "true", is_chosen="false")
    assert any("is_chosen must be true in one row" in one for one in rules.problems())


def test_each_category_of_cost_has_its_share(rules: ChangedRules) -> None:
    rules.write("cost_allocation", rules.rows("cost_allocation")[:2])
    assert rules.problems() == [
        "cost_allocation.csv:1: has no row for sales, whose costs would be in no amount; add it"
    ]


def test_bands_of_age_meet(rules: ChangedRules) -> None:
    rules.write(
        "forecast_ages",
        [["age_band", "min_days", "max_days"], ["1", "1", "7"], ["2", "8", "30"]],
    )
    assert rules.problems() == [
        "forecast_ages.csv:2: min_days 1 must be 0 in the first band",
        "forecast_ages.csv:3: max_days must be empty in the last band",
        "forecast_ages.csv:3: min_days 8 must be the max_days of the band below (line 2)",
    ]
