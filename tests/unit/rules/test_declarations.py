import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules.declared import read_declared
from tests.changed_rules import ChangedRules

RULES = PROJECT_DIR / "seeds" / "rules"


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "said"),
    [
        ("temperatures", "hot", "label_en", "", "label_en is empty; fill it"),
        ("temperatures", "hot", "label_fr", "  ", "label_fr is empty; fill it"),
        ("signals", "page", "is_hand_raise", "", "is_hand_raise is empty; fill it"),
        ("icp_profiles", "2", "priority", "1", "priority '1': line 2 has the same; keep one"),
        ("icp_profiles", "2", "priority", "01", "priority '1': line 2 has the same; keep one"),
        ("score_bands", "A", "score", "fitt", "score 'fitt' is not known; did you mean 'fit'?"),
        ("score_bands", "A", "score", "x", "score 'x' is not known; use one of fit, intent"),
        (
            "signals",
            "page",
            "signal_group",
            "wob",
            "signal_group 'wob' is not in signal_groups.csv; did you mean 'web'?",
        ),
        (
            "icp_criteria",
            "listed",
            "attribute",
            "is_list",
            "attribute 'is_list' is not in fit_attributes.csv; did you mean 'is_listed'?",
        ),
        (
            "lifecycle_transitions",
            "deal_won customer",
            "to_stage",
            "custmer",
            "to_stage 'custmer' is not in lifecycle_stages.csv; did you mean 'customer'?",
        ),
        (
            "lifecycle_transitions",
            "lead accepted",
            "trigger",
            "acepted",
            "trigger 'acepted' is not in lifecycle_triggers.csv; did you mean 'accepted'?",
        ),
        (
            "funnel_steps",
            "90",
            "window_days",
            "0",
            "window_days '0' is out of range; it must be 1 or more and 3650 or less",
        ),
        (
            "signal_groups",
            "web",
            "half_life_days",
            "36525.000001",
            "half_life_days '36525.000001' is more than a century; write 36525 or less",
        ),
        ("signal_groups", "web", "half_life_days", "36525", None),
        (
            "negative_steps",
            "careers_page",
            "lasts_days",
            "999999999",
            "lasts_days '999999999' is more than a century; write 36525 or less",
        ),
        ("funnel_steps", "90", "window_days", "1", None),
        ("funnel_steps", "90", "window_days", "3650", None),
        (
            "funnel_steps",
            "90",
            "window_days",
            "3651",
            "window_days '3651' is out of range; it must be 1 or more and 3650 or less",
        ),
    ],
)
def test_a_cell_that_breaks_a_declaration_is_told(
    rules: ChangedRules, table: str, row: str, column: str, value: str, said: str | None
) -> None:
    place = rules.change(table, row, **{column: value})
    assert rules.said_of(place) == ([said] if said else [])


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("temperatures", "hot", "temperature 'hot'"),
        ("icp_criteria", "in_europe", "profile 'saas_mid_market', criterion 'in_europe'"),
        ("job_title_terms", "ceo", "attribute 'job_seniority', term 'ceo'"),
        ("lifecycle_transitions", "lead_created", "from_stage (empty), trigger 'lead_created'"),
        ("grades", "A 1", "fit_band 'A', intent_band '1'"),
    ],
)
def test_a_row_given_twice_is_told_with_its_first_line(
    rules: ChangedRules, table: str, row: str, said: str
) -> None:
    line = rules.line(table, *row.split())
    place = rules.add(table, *rules.rows(table)[line - 1])
    assert f"{said}: line {line} has the same; keep one" in rules.said_of(place)


def test_a_file_with_one_row_has_no_second_and_not_none(rules: ChangedRules) -> None:
    place = rules.add("scoring", "50", "30", "90")
    said = "holds 2 rows and must hold 1; keep or add as many"
    assert rules.said_of(place) == [said]
    rules.write("scoring", rules.rows("scoring")[:1])
    assert rules.problems() == [
        "scoring.csv:1: holds 0 rows and must hold 1; keep or add as many",
    ]


def test_a_file_that_cannot_be_read_is_not_blamed_on_those_that_refer_to_it(
    rules: ChangedRules,
) -> None:
    place = rules.change("lifecycle_stages", "mql", sort_order="x")
    assert rules.said_of(place) == ["sort_order 'x' is not a whole number"]
    rules.change("lifecycle_stages", "sal", stage=" sal")
    assert len(rules.problems()) == 2
    rules.path("lifecycle_stages").write_bytes(b"\xff")
    assert rules.problems() == ["lifecycle_stages.csv:1: is not UTF-8; save the file as UTF-8"]


def test_every_label_is_required() -> None:
    for name, declared in read_declared(RULES).items():
        labels = [column for column in declared.columns if column.startswith("label_")]
        assert labels in ([], ["label_en", "label_fr"]), name
        assert all(declared.columns[label].is_required for label in labels), name
