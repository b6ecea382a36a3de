import pytest

from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "limit"),
    [
        ("signal_groups", "web", "half_life_days", "0", "greater than 0"),
        ("signal_groups", "web", "half_life_days", "-1", "greater than 0"),
        ("signal_groups", "web", "half_life_days", "0.000001", None),
        ("signal_groups", "web", "cap_points", "0", "greater than 0"),
        ("signal_groups", "web", "cap_points", "0.000001", None),
        ("signals", "page", "points", "0", None),
        ("signals", "page", "points", "-0.000001", "0 or more"),
        ("signals", "webinar", "reference_depth", "0", "greater than 0"),
        ("signals", "webinar", "reference_depth", "0.000001", None),
        ("signals", "webinar", "min_depth_factor", "0", None),
        ("signals", "webinar", "min_depth_factor", "-0.000001", "0 or more"),
        ("signals", "webinar", "min_depth_factor", "1.5", None),
        ("negative_steps", "careers_page", "points", "0", "less than 0"),
        ("negative_steps", "careers_page", "points", "-0.000001", None),
        ("negative_steps", "careers_page", "lasts_days", "0", "greater than 0"),
        ("negative_steps", "careers_page", "lasts_days", "0.000001", None),
        ("scoring", "100", "reference_points", "0", "greater than 0"),
        ("scoring", "100", "reference_points", "0.000001", None),
        ("scoring", "100", "hand_raise_days", "0", "greater than 0"),
        ("scoring", "100", "frequency_days", "0", "greater than 0"),
        ("grades", "A 1", "priority", "0", "1 or more"),
        ("grades", "A 1", "priority", "1", None),
        ("grades", "A 1", "hand_raise_priority", "0", "1 or more"),
    ],
)
def test_numbers_lie_within_their_limits(
    rules: ChangedRules, table: str, row: str, column: str, value: str, limit: str | None
) -> None:
    place = rules.change(table, row, **{column: value})
    assert rules.said_of(place) == ([f"{column} '{value}' must be {limit}"] if limit else [])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"min_depth_factor": "1.500001"},
            "min_depth_factor '1.500001' is greater than max_depth_factor '1.5'; "
            "write the lower one first",
        ),
        ({"depth_unit": ""}, "reference_depth needs depth_unit too; fill all or none"),
        (
            {"min_depth_factor": "", "max_depth_factor": ""},
            "reference_depth needs min_depth_factor, max_depth_factor too; fill all or none",
        ),
        (
            {"reference_depth": ""},
            "depth_unit, min_depth_factor, max_depth_factor without reference_depth would be "
            "passed over; fill reference_depth or empty the others",
        ),
    ],
)
def test_depth_is_told_whole_or_not_at_all(
    rules: ChangedRules, values: dict[str, str], said: str
) -> None:
    place = rules.change("signals", "webinar", **values)
    assert rules.said_of(place) == [said]


def test_a_signal_without_depth_is_good(rules: ChangedRules) -> None:
    empty = {"depth_unit": "", "min_depth_factor": "", "max_depth_factor": ""}
    rules.change("signals", "webinar", reference_depth="", **empty)
    assert rules.problems() == []


def test_an_interaction_does_not_both_give_and_take(rules: ChangedRules) -> None:
    place = rules.change("negative_steps", "not_interested", interaction_type="page")
    assert rules.said_of(place) == [
        "interaction_type 'page' gives points in signals.csv, line 2; keep it in one of the two"
    ]


@pytest.mark.parametrize(
    ("band", "values", "said"),
    [
        (
            "C",
            {"from_score": "40.0001"},
            "band 'C' of fit begins at 40.0001, the one below ends at 40 (line 5): "
            "a gap; make them meet",
        ),
        (
            "C",
            {"from_score": "39.9999"},
            "band 'C' of fit begins at 39.9999, the one below ends at 40 (line 5): "
            "an overlap; make them meet",
        ),
        ("D", {"from_score": "0.0001"}, "the lowest band of fit begins at 0.0001; let it begin"),
        ("D", {"from_score": "-0.0001"}, "the lowest band of fit begins at -0.0001; let it"),
        ("A", {"below_score": "100"}, "the highest band of fit ends at 100; leave below_score"),
        ("C", {"below_score": ""}, "band 'C' of fit has no below_score, yet line 3 is above it"),
        ("D", {"score": "intent"}, "the lowest band of fit begins at 40; let it begin at 0"),
        ("C", {"from_score": "60"}, "from_score '60' must be less than below_score '60'"),
    ],
)
def test_bands_cover_a_score_once(
    rules: ChangedRules, band: str, values: dict[str, str], said: str
) -> None:
    place = rules.change("score_bands", f"fit {band}", **values)
    assert any(
        line.split(": ", 1)[1].startswith(said) and line.startswith("score_bands.csv:")
        for line in rules.problems()
    )
    if "gap" in said or "overlap" in said:
        assert len(rules.said_of(place)) == 1
        assert rules.said_of(place)[0] == said


def test_no_band_begins_above_every_score(rules: ChangedRules) -> None:
    rules.change("score_bands", "fit A", from_score="100")
    rules.change("score_bands", "fit B", below_score="100")
    assert rules.problems() == []
    place = rules.change("score_bands", "fit A", from_score="100.0001")
    rules.change("score_bands", "fit B", below_score="100.0001")
    assert rules.said_of(place) == [
        "band 'A' of fit begins at 100.0001, which no score reaches; they end at 100"
    ]


def test_two_open_bands_are_refused(rules: ChangedRules) -> None:
    rules.add("score_bands", "fit", "E", "90", "")
    assert (
        "score_bands.csv:2: band 'A' of fit has no below_score, yet line 10 is above it; "
        "only the highest band is open"
    ) in rules.problems()


def test_both_scores_have_bands(rules: ChangedRules) -> None:
    rules.drop("score_bands", "intent")
    rules.drop("grades", "A")
    assert "score_bands.csv:1: score 'intent' has no bands; add bands from 0 on" in rules.problems()


def test_a_single_open_band_covers_all(rules: ChangedRules) -> None:
    rules.drop("score_bands", "fit")
    rules.add("score_bands", "fit", "A", "0", "")
    for band in "BCD":
        rules.drop("grades", band)
    assert rules.problems() == []


def test_each_pair_of_bands_has_a_grade(rules: ChangedRules) -> None:
    rules.drop("grades", "C 3")
    assert rules.problems() == [
        "grades.csv:1: fit_band 'C' with intent_band '3' has no grade; add a row"
    ]


def test_a_grade_names_bands_that_exist(rules: ChangedRules) -> None:
    place = rules.change("grades", "D 4", fit_band="E")
    assert rules.problems() == [
        "grades.csv:1: fit_band 'D' with intent_band '4' has no grade; add a row",
        f"{place}: fit_band 'E' is not a band of fit in score_bands.csv; use one of A, B, C, D",
    ]
