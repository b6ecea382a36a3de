import pytest

from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("sql_candidate_min_confirmed", "0", "is out of range; it must be 1 or more and 4 or less"),
        ("sql_candidate_min_confirmed", "1", None),
        ("sql_candidate_min_confirmed", "4", None),
        ("sql_candidate_min_confirmed", "5", "is out of range; it must be 1 or more and 4 or less"),
        ("opportunity_due_days", "-1", "is out of range; it must be 0 or more and 365 or less"),
        ("opportunity_due_days", "0", None),
        ("opportunity_due_days", "366", "is out of range; it must be 0 or more and 365 or less"),
        ("answer_wait_days", "-1", "is out of range; it must be 0 or more and 365 or less"),
        ("answer_wait_days", "0", None),
    ],
)
def test_limits_of_the_handover_are_kept(
    rules: ChangedRules, column: str, value: str, said: str | None
) -> None:
    place = rules.change("handover_rules", "3", **{column: value})
    assert rules.said_of(place) == ([f"{column} '{value}' {said}"] if said else [])


def test_each_of_the_four_has_one_question_in_each_framework(rules: ChangedRules) -> None:
    rules.drop("qualification_questions", "BANT budget")
    line = rules.line("qualification_criteria", "BANT", "budget")
    assert rules.problems() == [
        f"qualification_criteria.csv:{line}: budget of framework 'BANT' has no question in "
        "qualification_questions.csv; add one with that dimension"
    ]


def test_the_same_is_not_asked_twice(rules: ChangedRules) -> None:
    first = rules.line("qualification_questions", "BANT", "need")
    place = rules.add("qualification_questions", "BANT", "wish", "need", "9", "sql", *["x"] * 6)
    assert rules.said_of(place) == [
        f"need of framework 'BANT' is asked about on line {first} already; keep one question, or "
        "leave dimension empty"
    ]


def test_a_question_and_its_criterion_say_the_same(rules: ChangedRules) -> None:
    place = rules.add(
        "qualification_questions", "BANT", "priority", "", "9", "opportunity", *["x"] * 6
    )
    assert rules.said_of(place) == [
        "dimension '' of criterion 'priority' must be 'priority', as in qualification_criteria.csv"
    ]


def test_a_question_is_due_by_a_stage_of_the_main_path(rules: ChangedRules) -> None:
    place = rules.change("qualification_questions", "champion", due_stage="recycled")
    assert rules.said_of(place) == [
        "due_stage 'recycled' is not on the main path, so the question would never be due; "
        "name a stage with a position"
    ]


def test_a_profile_has_a_framework_that_is_known(rules: ChangedRules) -> None:
    place = rules.change("profile_frameworks", "BANT", framework="BANTT")
    assert rules.said_of(place) == [
        "framework 'BANTT' is not in qualification_frameworks.csv; did you mean 'BANT'?"
    ]
