import pytest

from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("max_accounts_per_key", "0", "must be 1 or more"),
        ("max_accounts_per_key", "1", None),
        ("people_per_cap", "0.999999", "must be 1 or more"),
        ("people_per_cap", "1", None),
        ("min_engaged_intent_score", "0", "must be greater than 0"),
        ("min_engaged_intent_score", "0.000001", None),
        ("min_engaged_intent_score", "100", None),
        ("min_engaged_intent_score", "100.000001", "must be 100 or less"),
    ],
)
def test_limits_of_accounts_are_kept(
    rules: ChangedRules, column: str, value: str, said: str | None
) -> None:
    place = rules.change("account_rules", "25", **{column: value})
    assert rules.said_of(place) == ([f"{column} '{value}' {said}"] if said else [])


def test_a_role_that_nobody_has_is_refused(rules: ChangedRules) -> None:
    rules.drop("buying_group_members", "saas_mid_market buyer")
    line = rules.line("buying_group_roles", "saas_mid_market", "buyer")
    assert rules.problems() == [
        f"buying_group_roles.csv:{line}: role 'buyer' of 'saas_mid_market' is nobody's and would "
        "always be missing; say who has it in buying_group_members.csv"
    ]


def test_a_role_comes_at_the_first_place_at_the_earliest(rules: ChangedRules) -> None:
    place = rules.change("buying_group_roles", "saas_mid_market decision_maker", sort_order="0")
    assert rules.said_of(place) == ["sort_order '0' must be 1 or more"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"job_function": "", "job_seniority": ""},
            "job_function and job_seniority are both empty, so everybody would have the role; "
            "fill one",
        ),
        ({"job_function": "", "job_seniority": "head"}, None),
        (
            {"job_function": "operation"},
            "job_function 'operation' is told by no term of job_title_terms.csv; "
            "did you mean 'operations'?",
        ),
        (
            {"job_seniority": "directors"},
            "job_seniority 'directors' is told by no term of job_title_terms.csv; "
            "did you mean 'director'?",
        ),
        ({"job_function": "other", "job_seniority": "other"}, None),
        (
            {"role": "usr"},
            "role 'usr' is none of 'saas_mid_market' in buying_group_roles.csv; "
            "did you mean 'user'?",
        ),
    ],
)
def test_a_member_of_a_buying_group_is_somebody(
    rules: ChangedRules, values: dict[str, str], said: str | None
) -> None:
    place = rules.change("buying_group_members", "user operations staff", **values)
    assert rules.said_of(place) == ([said] if said else [])


def test_a_profile_of_ones_own_needs_a_buying_group_of_its_own(rules: ChangedRules) -> None:
    rules.drop("icp_profiles", "saas_mid_market")
    told = {line.split(":")[0] for line in rules.problems()}
    assert {"buying_group_roles.csv", "buying_group_members.csv"} <= told
