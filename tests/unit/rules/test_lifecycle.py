import pytest

from tests.changed_rules import ChangedRules

TRANSITIONS = "lifecycle_transitions"
STAGES = "lifecycle_stages"


@pytest.mark.parametrize(
    ("row", "values", "said"),
    [
        ("sal four_confirmed", {"to_stage": "sal"}, "to_stage 'sal' is where the lead is; name"),
        (
            "sal four_confirmed",
            {"precedence": "40"},
            None,  # told of the later row
        ),
        (
            "sal deal_opened",
            {"precedence": "30"},
            "precedence '30' of from_stage 'sal' is that of line 39 too; give each its own",
        ),
        ("sal deal_opened", {"precedence": "31"}, None),
        (
            "sal deal_opened",
            {"from_stage": ""},
            "from_stage is empty as on line 2; keep one row with which leads start",
        ),
        (
            "sal deal_opened",
            {"from_stage": "customer"},
            "from_stage 'customer' is final, nothing leaves it; remove the row "
            "or set is_final to false in lifecycle_stages.csv",
        ),
        (
            "recycled thresholds_reached",
            {"not_before": "nurture_over"},
            "not_before 'nurture_over' is no timer of from_stage 'recycled' "
            "in lifecycle_timers.csv; use one of cool_down_over",
        ),
        (
            "lead_created",
            {"not_before": "cool_down_over"},
            "not_before 'cool_down_over' is no timer of from_stage (empty) "
            "in lifecycle_timers.csv; nothing is declared there yet",
        ),
    ],
)
def test_a_transition_that_makes_no_sense_is_refused(
    rules: ChangedRules, row: str, values: dict[str, str], said: str | None
) -> None:
    place = rules.change(TRANSITIONS, row, **values)
    at_place = [line for line in rules.problems() if line.startswith(f"{place}: ")]
    if said is None:
        assert at_place == []
    else:
        assert len(at_place) == 1
        assert at_place[0].startswith(f"{place}: {said}")


def test_leads_start_somewhere(rules: ChangedRules) -> None:
    rules.drop(TRANSITIONS, "lead_created")
    assert rules.problems() == [
        "lifecycle_transitions.csv:1: no row has an empty from_stage; "
        "add the one with which leads start"
    ]


@pytest.mark.parametrize(("days", "is_refused"), [("-1", True), ("0", False)])
def test_a_timer_runs_forward(rules: ChangedRules, days: str, is_refused: bool) -> None:
    place = rules.change("lifecycle_timers", "nurture", after_days=days)
    said = ["after_days '-1' must be 0 or more"] if is_refused else []
    assert rules.said_of(place) == said


def test_a_timer_moves_something_or_is_waited_for(rules: ChangedRules) -> None:
    place = rules.add("lifecycle_timers", "mql", "cool_down_over", "5")
    assert rules.said_of(place) == [
        "trigger 'cool_down_over' of stage 'mql' moves nothing; add its row to "
        "lifecycle_transitions.csv, or a not_before, or remove it"
    ]
    rules.change(TRANSITIONS, "mql accepted", not_before="cool_down_over")
    assert rules.problems() == []


def test_a_stage_that_no_lead_reaches_is_refused(rules: ChangedRules) -> None:
    place = rules.add(STAGES, "dormant", "11", "", "false", "false", "Dormant", "Dormant")
    assert rules.said_of(place) == [
        "stage 'dormant' cannot be reached from the start; "
        "add a transition to it in lifecycle_transitions.csv"
    ]
    rules.add(TRANSITIONS, "dormant", "accepted", "sal", "1", "x", "")
    assert len(rules.problems()) == 1
    rules.add(TRANSITIONS, "customer", "returned", "dormant", "1", "x", "")
    rules.change(STAGES, "customer", is_final="false")
    assert rules.problems() == []


def test_a_stage_that_leads_nowhere_is_refused_unless_final(rules: ChangedRules) -> None:
    rules.drop(TRANSITIONS, "disqualified accepted")
    rules.drop(TRANSITIONS, "disqualified meeting_booked")
    rules.drop(TRANSITIONS, "disqualified deal_opened")
    assert rules.problems() == []
    # The last way out; rows that lead to the stage have other triggers.
    line = rules.line(TRANSITIONS, "disqualified", "deal_won")
    rows = rules.rows(TRANSITIONS)
    rules.write(TRANSITIONS, rows[: line - 1] + rows[line:])
    place = f"lifecycle_stages.csv:{rules.line(STAGES, 'disqualified')}"
    assert rules.said_of(place) == [
        "stage 'disqualified' leads nowhere and is not final; "
        "add a transition out of it in lifecycle_transitions.csv, or set is_final to true"
    ]
    rules.change(STAGES, "disqualified", is_final="true")
    assert rules.problems() == []


@pytest.mark.parametrize(
    ("stage", "position", "said"),
    [
        ("lead", "0", "position '0' must be 1"),
        ("customer", "7", "position '7' must be 6"),
        ("mql", "1", "position '1' must be 2"),
        ("nurture", "7", None),
        ("nurture", "8", "position '8' must be 7"),
    ],
)
def test_the_main_path_is_counted_without_gap(
    rules: ChangedRules, stage: str, position: str, said: str | None
) -> None:
    place = rules.change(STAGES, stage, position=position)
    more = ": positions count from 1 on without gap or repetition"
    assert rules.said_of(place) == ([said + more] if said else [])


def test_there_is_a_main_path(rules: ChangedRules) -> None:
    for stage in ("lead", "mql", "sal", "sql", "opportunity", "customer"):
        rules.change(STAGES, stage, position="")
    assert rules.problems() == [
        "lifecycle_stages.csv:1: no stage has a position; count the main path from 1 on"
    ]


def test_a_misspelt_stage_is_one_problem_not_many(rules: ChangedRules) -> None:
    place = rules.change(TRANSITIONS, "lead_created", to_stage="leed")
    assert rules.said_of(place) == [
        "to_stage 'leed' is not in lifecycle_stages.csv; did you mean 'lead'?"
    ]
