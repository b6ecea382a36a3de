import pytest

from tests.changed_rules import ChangedRules

THRESHOLDS = "mql_thresholds"
SAAS = "saas_mid_market"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"operator": "beetween"},
            "operator 'beetween' is not known; did you mean 'between'?",
        ),
        (
            {"operator": "contains"},
            "operator 'contains' does not suit employee_count, a number; "
            "use one of equals, not_equals, in, not_in, between, not_between, at_least, at_most, "
            "more_than, less_than, is_known, is_unknown",
        ),
        ({"operand": "50..50"}, None),
        ({"operand": "50..49"}, "operand '50..49' is empty; write the lower number first"),
        ({"operand": "-5.5..0"}, None),
        ({"operand": "50"}, "operand '50' is no range; write it as 50..500"),
        ({"operand": "..500"}, "operand '..500' is no range; write it as 50..500"),
        ({"operand": ""}, "operand is empty; between needs one, such as 50..500"),
        ({"points": "0"}, "points are 0; give it points or remove the row"),
        ({"points": "0.000001"}, None),
        ({"points": "-1"}, None),
        (
            {"points": "-1", "is_required": "true"},
            "points '-1' of a required criterion would count against every lead that is let in; "
            "set is_required to false or make them positive",
        ),
    ],
)
def test_a_criterion_is_refused_when_it_makes_no_sense(
    rules: ChangedRules, values: dict[str, str], said: str | None
) -> None:
    place = rules.change("icp_criteria", "employees_50_to_500", **values)
    assert rules.said_of(place) == ([said] if said else [])


@pytest.mark.parametrize(
    ("attribute", "operator", "operand", "said"),
    [
        (
            "job_function",
            "in",
            "operation|purchasing",
            "job_function 'operation' is told by no term of job_title_terms.csv; "
            "did you mean 'operations'?",
        ),
        (
            "job_seniority",
            "not_equals",
            "managers",
            "job_seniority 'managers' is told by no term of job_title_terms.csv; "
            "did you mean 'manager'?",
        ),
        (
            "job_seniority",
            "equals",
            "unknown",
            "job_seniority 'unknown' is told by no term of job_title_terms.csv; use one of "
            "c_level, director, head, manager, other, staff, student, vp",
        ),
        ("job_function", "in", "operations|other", None),
        ("job_function", "contains", "operat", None),
        (
            "tech_stack",
            "contains_any",
            "erp;sap",
            "operand 'erp;sap' has a semicolon, which stands between items and is in none; "
            "write it as a|b",
        ),
        ("tech_stack", "contains_any", "erp|sap", None),
    ],
)
def test_a_criterion_that_nobody_can_meet_is_refused(
    rules: ChangedRules, attribute: str, operator: str, operand: str, said: str | None
) -> None:
    place = rules.change(
        "icp_criteria", "listed", attribute=attribute, operator=operator, operand=operand
    )
    assert rules.said_of(place) == ([said] if said else [])


def test_a_criterion_tells_all_that_is_wrong_with_it(rules: ChangedRules) -> None:
    place = rules.change(
        "icp_criteria", "listed", points="0", operand="x", label_en="", profile="saas"
    )
    assert len(rules.problems()) == 4
    assert all(line.startswith(place) for line in rules.problems())


# The operand of each operator on each type it suits is in test_operators.py.


@pytest.mark.parametrize(
    ("attribute", "first", "second", "is_refused"),
    [
        ("employee_count", ("between", "50..500"), ("between", "501..1000"), True),
        ("employee_count", ("between", "50..500"), ("between", "500..1000"), False),
        ("employee_count", ("at_least", "10"), ("at_most", "9.999999"), True),
        ("employee_count", ("at_least", "10"), ("at_most", "10"), False),
        ("employee_count", ("in", "1|2"), ("at_least", "2"), False),
        ("employee_count", ("in", "1|2"), ("at_least", "3"), True),
        ("employee_count", ("between", "5..5"), ("not_in", "5.0|6"), True),
        ("employee_count", ("between", "5..6"), ("not_in", "5|6"), False),
        ("industry", ("in", "banking|retail"), ("in", "energy"), True),
        ("industry", ("in", "banking|retail"), ("in", "retail|energy"), False),
        ("industry", ("equals", "Retail"), ("equals", "retail"), False),
        ("industry", ("equals", "Énergie"), ("in", "energie|x"), False),
        ("industry", ("in", "banking|retail"), ("not_in", "retail|banking"), True),
        ("industry", ("in", "banking|retail"), ("not_in", "retail"), False),
        ("industry", ("starts_with", "a"), ("starts_with", "b"), False),
        ("country_code", ("in_region", "europe"), ("in", "US|CA"), True),
        ("country_code", ("in_region", "europe"), ("in", "US|FR"), False),
        ("tech_stack", ("contains_all", "a"), ("contains_any", "b"), False),
        ("is_listed", ("is_true", ""), ("is_false", ""), True),
        ("country_code", ("in_region", "dach"), ("not_in_region", "europe"), True),
        ("country_code", ("in_region", "europe"), ("not_in_region", "dach"), False),
        ("is_listed", ("is_true", ""), ("is_true", ""), False),
        ("is_listed", ("is_known", ""), ("is_unknown", ""), True),
    ],
)
def test_required_criteria_that_exclude_everybody_are_refused(
    rules: ChangedRules,
    attribute: str,
    first: tuple[str, str],
    second: tuple[str, str],
    is_refused: bool,
) -> None:
    rules.drop("icp_criteria", "in_europe")
    one = rules.add("icp_criteria", SAAS, "x", "x", attribute, *first, "1", "true", "X", "X")
    other = rules.add("icp_criteria", SAAS, "y", "y", attribute, *second, "1", "true", "Y", "Y")
    said = (
        f"criterion 'y' and the one of line {one.split(':')[1]} are both required and no "
        f"{attribute} meets all, so everybody is excluded; "
        "make it one criterion, or set is_required to false"
    )
    assert rules.said_of(other) == ([said] if is_refused else [])


def test_three_required_criteria_can_exclude_everybody_though_no_two_do(
    rules: ChangedRules,
) -> None:
    for name, operand in (("x", "a|b"), ("y", "b|c"), ("z", "a|c")):
        place = rules.add(
            "icp_criteria", SAAS, name, "g", "industry", "in", operand, "1", "true", "L", "L"
        )
    [said] = rules.said_of(place)
    assert said.startswith("criterion 'z' and the one of line 23 and 24 are both required")


@pytest.mark.parametrize(
    ("profile", "is_required"), [("it_services_large_accounts", "true"), (SAAS, "false")]
)
def test_criteria_of_two_profiles_or_not_required_may_contradict(
    rules: ChangedRules, profile: str, is_required: str
) -> None:
    rules.add("icp_criteria", SAAS, "x", "x", "is_listed", "is_true", "", "1", "true", "X", "X")
    other = ("is_listed", "is_false", "", "1", is_required, "Y", "Y")
    rules.add("icp_criteria", profile, "y", "y", *other)
    assert rules.problems() == []


def test_a_profile_needs_criteria_and_thresholds(rules: ChangedRules) -> None:
    place = rules.add("icp_profiles", "new", "3", "New", "Nouveau")
    assert rules.said_of(place) == [
        "profile 'new' has no criteria; add rows to icp_criteria.csv",
        "profile 'new' has no thresholds; add it to mql_thresholds.csv",
    ]


def test_a_profile_needs_positive_points(rules: ChangedRules) -> None:
    place = rules.add("icp_profiles", "new", "3", "New", "Nouveau")
    rules.add(THRESHOLDS, "new", "60", "40", "20", "14")
    student = ("is_student", "is_true", "")
    rules.add("icp_criteria", "new", "a", "a", *student, "-1", "false", "A", "A")
    assert rules.said_of(place) == [
        "profile 'new' has no positive points, so nothing can fit it; "
        "add a criterion with positive points to icp_criteria.csv"
    ]
    rules.add("icp_criteria", "new", "b", "b", *student, "0.000001", "false", "B", "B")
    assert rules.problems() == []


def test_criteria_and_thresholds_need_a_profile(rules: ChangedRules) -> None:
    rules.drop("icp_profiles", SAAS)
    problems = rules.problems()
    assert {line.split(":")[0] for line in problems} == {
        "icp_criteria.csv",
        "mql_thresholds.csv",
        "buying_group_roles.csv",
        "buying_group_members.csv",
        "profile_frameworks.csv",
    }
    assert len(problems) == 34
    assert all("profile 'saas_mid_market' is not in icp_profiles.csv" in line for line in problems)


NO_ROOM = " must be less than min_intent_score '40', or a lead would leave as it enters"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"min_fit_score": "-0.0001"}, ["min_fit_score '-0.0001' must be 0 or more"]),
        ({"min_fit_score": "0"}, []),
        ({"min_fit_score": "100"}, []),
        ({"min_fit_score": "100.0001"}, ["min_fit_score '100.0001' must be 100 or less"]),
        ({"min_intent_score": "100"}, []),
        ({"min_intent_score": "100.0001"}, ["min_intent_score '100.0001' must be 100 or less"]),
        (
            {"min_intent_score": "-0.0001", "exit_intent_score": "-1"},
            [
                "exit_intent_score '-1' must be 0 or more",
                "min_intent_score '-0.0001' must be 0 or more",
            ],
        ),
        ({"min_intent_score": "0", "exit_intent_score": "0"}, []),
        ({"exit_intent_score": "0"}, []),
        ({"exit_intent_score": "-0.0001"}, ["exit_intent_score '-0.0001' must be 0 or more"]),
        ({"exit_intent_score": "39.999999"}, []),
        ({"exit_intent_score": "40"}, ["exit_intent_score '40'" + NO_ROOM]),
        ({"exit_intent_score": "40.000001"}, ["exit_intent_score '40.000001'" + NO_ROOM]),
        ({"exit_dwell_days": "0"}, []),
        ({"exit_dwell_days": "-1"}, ["exit_dwell_days '-1' must be 0 or more"]),
    ],
)
def test_thresholds_lie_within_scores(
    rules: ChangedRules, values: dict[str, str], said: list[str]
) -> None:
    place = rules.change(THRESHOLDS, SAAS, **values)
    assert rules.said_of(place) == said
