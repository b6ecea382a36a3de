"""Scores over time: what the history tells of a lead at any instant, and how a chart gets it."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.cli.show_series import bar, sparkline
from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.explain import explanation
from lead_warehouse.explain.at_instant import ask_for, asking_at
from lead_warehouse.explain.series import score_series
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask
from tests.console import run

DAY_0 = datetime(2026, 1, 1, 9)
SCORED_AT = (
    "select lead_id, fit_score, intent_score, grade from intermediate.int_leads_scored order by all"
)
LOOKED_UP = (
    "select lead_id, fit_score, intent_score, grade from intermediate.int_instants_scored "
    "order by all"
)
STAGES_AT = (
    "select lead_id, max_by(to_stage, transition_number) from marts.fct_lifecycle_transitions "
    "where basis = 'rules' and is_effective and transitioned_at <= ? group by lead_id"
)


def generations(state: Path) -> Generations:
    return Generations(StateDirectory(state))


def series(state: Path, lead: str, **options: Any) -> list[dict[str, Any]]:
    rows = score_series(generations(state), lead, **options).rows
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.values]


def assert_lookup_is_evaluation(state: Path, at: datetime) -> int:
    """All leads at an instant: by the history, and by the views laid over."""
    leads = [lead for (lead,) in ask(state, "select lead_id from marts.dim_leads")]
    with asking_at(generations(state).find(None), at) as connection:
        evaluated = connection.execute(SCORED_AT).fetchall()
        stages = dict(connection.execute(STAGES_AT, [at]).fetchall())
        for lead in leads:
            ask_for(connection, lead, [at])
        looked_up = connection.execute(LOOKED_UP).fetchall()
        found = dict(
            connection.execute("select lead_id, stage from intermediate.int_instants_scored")
            .fetchall()
        )  # fmt: skip
    assert [row[0] for row in looked_up] == [row[0] for row in evaluated]
    for one, other in zip(looked_up, evaluated, strict=True):
        assert one[1] == other[1], (at, one, other)
        assert abs(one[2] - other[2]) < Decimal("1e-9"), (at, one, other)
        assert one[3] == other[3], (at, one, other)
        assert found[one[0]] == stages.get(one[0])
    return len(evaluated)


@pytest.mark.parametrize("number", [-1, 0, 5, 10, 13.999, 14, 35.5, 65, 119, 120])
def test_a_score_looked_up_is_the_score_evaluated(published_stories: Path, number: float) -> None:
    compared = assert_lookup_is_evaluation(published_stories, DAY_0 + timedelta(days=number))
    assert compared > 15 if number >= 0 else compared == 0


@pytest.mark.parametrize("share", [0.3, 0.7, 1])
def test_so_it_is_with_merges_machines_and_negative_steps(
    published_sample: Path, share: float
) -> None:
    [(first, last)] = ask(
        published_sample,
        "select min(changed_at), (select as_of from raw.refresh_context) "
        "from marts.fct_score_history where kind = 'step'",
    )
    assert assert_lookup_is_evaluation(published_sample, first + share * (last - first)) > 50


def test_the_story_told_day_by_day(published_stories: Path) -> None:
    found = {row["at"]: row for row in series(published_stories, "saas")}
    told = {n: found[DAY_0 + timedelta(days=n)] for n in (0, 10, 14)}
    assert {n: f"{row['intent_score']:.3f}" for n, row in told.items()} == {
        0: "10.000", 10: "22.189", 14: "59.975",
    }  # fmt: skip
    assert [(told[n]["fit_score"], told[n]["grade"], told[n]["stage"]) for n in (0, 10, 14)] == [
        (85, "A4", "nurture"), (85, "A3", "nurture"), (85, "A2", "mql"),
    ]  # fmt: skip
    assert all(row["is_change"] for row in told.values())
    days = [at for at in found if at.time() == datetime.min.time()]
    assert days[0] == datetime(2026, 1, 2)
    assert all(later - at == timedelta(days=1) for at, later in pairwise(days))
    [(as_of,)] = ask(published_stories, "select as_of from raw.refresh_context")
    assert (min(found), max(found)) == (DAY_0, as_of)
    changes = series(published_stories, "saas", is_daily=False)
    assert changes == [row for row in found.values() if row["is_change"]]


def test_a_series_has_bounds_and_begins_when_something_was_known(published_stories: Path) -> None:
    since, until = DAY_0 + timedelta(days=9.5), DAY_0 + timedelta(days=11)
    found = series(published_stories, "saas", since=since, until=until)
    assert [row["at"] for row in found] == [
        since, datetime(2026, 1, 11), DAY_0 + timedelta(days=10), datetime(2026, 1, 12), until,
    ]  # fmt: skip
    assert [row["is_change"] for row in found] == [False, False, True, False, False]
    newcomer = DAY_0 + timedelta(days=120)
    assert series(published_stories, "newcomer", until=newcomer - timedelta(seconds=1)) == []
    assert series(published_stories, "newcomer", since=DAY_0)[0]["at"] == newcomer
    silent = series(published_stories, "saas_silent")
    assert {(row["fit_score"], row["intent_score"]) for row in silent} == {(85, 0)}
    assert {row["stage"] for row in silent} == {"nurture", "recycled"}


def test_a_merged_record_has_the_series_of_its_survivor(published_sample: Path) -> None:
    [(merged, survivor)] = ask(
        published_sample,
        "select lead_id, surviving_lead_id from marts.dim_lead_identities "
        "where not is_survivor order by all limit 1",
    )
    found = score_series(generations(published_sample), merged)
    assert found.lead_id == survivor
    assert found == score_series(generations(published_sample), survivor)
    assert found.rows.values


def test_a_step_takes_off_from_its_instant_until_it_expires(published_sample: Path) -> None:
    """Of leads with a single one: where a score ends at 0, less is felt of it."""
    rows = ask(
        published_sample,
        "select lead_id, min(changed_at), min(next_changed_at), min(points) "
        "from marts.fct_score_history where kind = 'step' group by lead_id "
        "having count(*) = 1 and min(next_changed_at) < (select as_of from raw.refresh_context) "
        "order by lead_id limit 12",
    )
    just_before = timedelta(microseconds=1)
    starts: list[Decimal] = []
    ends: list[Decimal] = []
    for lead, start, end, points in rows:
        for at, felt in ((start, starts), (end, ends)):
            found = {
                row["at"]: row
                for row in series(published_sample, lead, since=at - just_before, until=at)
            }
            if len(found) == 2:
                before, then = found[at - just_before], found[at]
                assert then["is_change"]
                felt.append((then["intent_score"] - before["intent_score"]) / points)
    assert all(-1.000001 < share <= 0.000001 for share in ends)
    # A millionth of a second of decay aside.
    assert any(abs(share - 1) < 1e-6 for share in starts)
    assert any(abs(share + 1) < 1e-6 for share in ends)


def test_only_the_rows_of_the_lead_are_read(published_sample: Path) -> None:
    [(lead, total)] = ask(
        published_sample,
        "select arg_max(lead_id, n), sum(n) from ("
        "select lead_id, count(*) as n from intermediate.int_intent_states_historized group by all)"
        " as counted",
    )
    own, interactions = (
        ask(
            published_sample, f"select count(*) from intermediate.{table} where lead_id = '{lead}'"
        )[0][0]
        for table in ("int_intent_states_historized", "int_interactions_attributed")
    )
    assert own < total / 20
    with asking_at(generations(published_sample).find(None), None) as connection:
        ask_for(connection, lead, [generations(published_sample).find(None).as_of])
        [(_, plan)] = connection.execute(
            "explain (analyze, format json) select * from intermediate.int_instants_scored "
            "where lead_id = $lead",
            {"lead": lead},
        ).fetchall()
    scanned = {
        node["extra_info"]["Table"].rsplit(".")[-1]: node["operator_cardinality"]
        for node in _nodes(json.loads(plan))
        if "Table" in node.get("extra_info", {})
    }
    assert scanned["int_intent_states_historized"] == own
    assert scanned["fct_lifecycle_transitions"] < 60
    assert scanned["int_interactions_attributed"] <= interactions


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(one for child in node.get("children", []) for one in _nodes(child))]


def test_an_explanation_that_the_history_contradicts_is_not_told(
    published_stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    explain: Callable[..., Any] = explanation.explain
    at = DAY_0 + timedelta(days=10)
    assert explain(generations(published_stories), "saas", at=at).score is not None
    wrong = explanation.HISTORY.replace("intent_score", "intent_score + 0.00000001 as intent_score")
    monkeypatch.setattr(explanation, "HISTORY", wrong)
    with pytest.raises(LeadWarehouseError, match="the history says"):
        explain(generations(published_stories), "saas", at=at)


def test_a_series_as_csv_json_and_for_the_eye(published_stories: Path) -> None:
    asked = ("explain", "saas", "--series", "--state", published_stories)
    [*rows] = csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout))
    assert list(rows[0]) == [
        "lead_id", "at", "fit_score", "intent_score", "grade", "stage", "is_change",
    ]  # fmt: skip
    assert rows[0]["at"] == "2026-01-01 09:00:00"
    records = json.loads(run(*asked, "--format", "json").stdout)
    assert [one["at"].replace("T", " ") for one in records] == [one["at"] for one in rows]
    assert records[0]["intent_score"] == 10
    told = run(*asked, "--until", "2026-01-15T12:00").stdout
    assert "saas from 2026-01-01 09:00:00 to 2026-01-15 12:00:00 (UTC)" in told
    assert re.search(r"2026-01-15 09:00:00\s+85\.0\s+60\.0\s+█{12}\s+A2\s+mql", told)
    assert len(rows) > len(told.splitlines())
    early = run(
        "explain", "newcomer", "--series", "--state", published_stories, "--until", "2026-01-02"
    )
    assert early.stdout == "nothing was known of newcomer by then\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("saas", "--series", "--at", "2026-01-02"), "--at is one instant"),
        (("saas", "--series", "--until", "2126-01-01"), "--until: 2126-01-01 00:00:00 lies after"),
        (("saas", "--series", "--from", "2126-01-01"), "--from: 2126-01-01 00:00:00 lies after"),
        (("saas", "--series", "--format", "text"), "--format text is for words"),
        (("saas", "--step", "day"), "add --series"),
        (("saas", "--format", "csv"), "--format csv is for a series"),
        (("sas", "--series"), "no lead 'sas' in"),
    ],
)
def test_what_cannot_be_charted_is_one_line(
    published_stories: Path, options: tuple[str, ...], said: str
) -> None:
    ended = run("explain", *options, "--state", published_stories)
    assert (ended.returncode, ended.stdout) == (UserError.exit_code, "")
    assert ended.stderr.startswith("error: ")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_bars_and_lines_reach_from_nothing_to_all() -> None:
    assert [bar(Decimal(score)) for score in ("0", "0.1", "50", "100")] == [
        "", "█", "█" * 10, "█" * 20,
    ]  # fmt: skip
    assert sparkline([Decimal(score) for score in (0, 1, 50, 100)]) == " ▁▄█"
    assert sparkline([Decimal(0), Decimal(100), Decimal(0)], width=2) == "█ "
