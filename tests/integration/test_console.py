"""The console script as people and schedulers use it: output, exit codes, one-line errors."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lead_warehouse import __version__


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lead_warehouse", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=120,
    )


def test_demo_in_four_commands(tmp_path: Path) -> None:
    exports, state = tmp_path / "exports", tmp_path / "state"
    made = run("simulate", "--leads", "60", "--seed", "3", "--out", exports)
    assert made.returncode == 0, made.stderr
    assert "crm_contacts.csv: 60 rows" in made.stdout
    refreshed = run("refresh", "--state", state, "--mapping", exports / "mapping.yml")
    assert refreshed.returncode == 0, refreshed.stderr
    for word in ("landing files", "auditing", "publishing", str(state / "current"), "lead → mql"):
        assert word in refreshed.stdout
    assert "Traceback" not in refreshed.stderr
    assert run("status", LEAD_WAREHOUSE_STATE=str(state)).stdout.count("published") >= 2


def test_status_shows_funnel_and_quarantine(published_sample: Path) -> None:
    shown = run("status", "--state", published_sample)
    assert shown.returncode == 0
    assert "in quarantine" in shown.stdout
    assert "mql → customer" in shown.stdout


def test_query_prints_tables_csv_and_json(published_sample: Path) -> None:
    sql = "select 1 as n, null as nothing, 'é' as text, date '2026-01-02' as day, 1.50 as amount"
    table = run("query", sql, "--state", published_sample)
    assert [w in table.stdout for w in ("nothing", "null", "é", "2026-01-02")] == [True] * 4
    rows = run("query", sql, "--state", published_sample, "--format", "csv").stdout
    assert list(csv.reader(io.StringIO(rows))) == [
        ["n", "nothing", "text", "day", "amount"],
        ["1", "", "é", "2026-01-02", "1.50"],
    ]
    records = json.loads(run("query", sql, "--state", published_sample, "--format", "json").stdout)
    assert records == [{"n": 1, "nothing": None, "text": "é", "day": "2026-01-02", "amount": 1.5}]


def test_a_long_table_says_how_much_it_leaves_out(published_sample: Path) -> None:
    shown = run("query", "select range as n from range(150)", "--state", published_sample)
    assert "and 50 more rows" in shown.stdout
    everything = run(
        "query", "select range as n from range(150)", "--state", published_sample, "--format", "csv"
    )
    assert len(everything.stdout.splitlines()) == 151


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("create table marts.x (n int)", "read-only"),
        ("delete from marts.dim_leads", "read-only"),
        ("copy (select 1) to '/tmp/leaked.csv'", "disabled"),
        ("select * from read_csv('/etc/passwd')", "disabled"),
        ("set enable_external_access = true", "locked"),
        ("select 1; select 2", "one at a time"),
        ("select nonsense from marts.dim_leads", "nonsense"),
        ("selct 1", "syntax error"),
        ("", "0 statements"),
    ],
)
def test_query_changes_nothing_and_reaches_nothing_else(
    published_sample: Path, sql: str, message: str
) -> None:
    refused = run("query", sql, "--state", published_sample)
    assert refused.returncode == 2, refused.stdout
    assert message in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not Path("/tmp/leaked.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status", "--stat", "x"], "No such option: --stat"),
        (["refesh"], "No such command 'refesh'"),
        (["query"], "Missing argument 'sql'"),
        (["refresh", "--mapping", "nowhere.yml"], "no mapping file at nowhere.yml"),
        (["refresh", "--as-of", "yesterday"], "'yesterday' is not an instant"),
        (["refresh", "--rules", "nowhere"], "no folder nowhere"),
        (["refresh", "--input", "nowhere"], "no folder nowhere"),
        (["generations"], "run `lead-warehouse refresh` first"),
        (["rollback"], "nothing is published"),
        (["query", "select 1"], "nothing is published"),
        (["simulate", "--leads", "0", "--out", "x"], "--leads"),
        (["simulate", "--out", "/dev/null/x"], "cannot be written"),
    ],
)
def test_mistakes_are_one_line_with_exit_code_2(
    sample_exports: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    if arguments[0] == "refresh" and "--mapping" not in arguments:
        arguments = [*arguments, "--mapping", str(sample_exports / "mapping.yml")]
    wrong = run(*arguments, LEAD_WAREHOUSE_STATE=str(tmp_path / "state"))
    assert wrong.returncode == 2, wrong.stderr
    assert message in wrong.stderr
    assert wrong.stderr.count("\n") == 1
    assert "Traceback" not in wrong.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    wrong = run("rollback", "--debug", "--state", tmp_path / "state")
    assert wrong.returncode == 1
    assert "Traceback" in wrong.stderr


def test_a_failed_run_exits_with_1_and_names_check_and_row(
    sample_state: Path, sample_exports: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "funnel_steps.csv").write_text("from_stage,to_stage,window_days\nmql,custmer,30\n")
    failed = run(
        *("refresh", "--state", sample_state, "--rules", rules),
        *("--mapping", sample_exports / "mapping.yml"),
    )
    assert failed.returncode == 1
    assert "relationships_funnel_steps_to_stage" in failed.stderr
    assert "from_field=custmer" in failed.stderr
    assert "✗ auditing" in failed.stdout
    assert "rejected" in run("status", "--state", sample_state).stdout


def test_mapping_check_names_lines_and_files(exports: Path) -> None:
    good = run("mapping", "check", "--mapping", exports / "mapping.yml")
    assert good.returncode == 0, good.stderr
    assert "ok  deals: affaires.csv -> opportunities" in good.stdout
    mapping = exports / "mapping.yml"
    line = mapping.read_text().splitlines().index("          email: Email") + 1
    mapping.write_text(mapping.read_text().replace("email: Email", "e_mail: Email"))
    bad = run("mapping", "check", "--mapping", mapping)
    assert bad.returncode == 2
    assert (
        f"mapping.yml:{line}: 'e_mail' is not a column of 'leads'; did you mean 'email'?"
        in bad.stderr
    )


def test_generations_and_rollback(sample_state: Path, sample_exports: Path) -> None:
    assert (
        run(
            "refresh", "--state", sample_state, "--mapping", sample_exports / "mapping.yml"
        ).returncode
        == 0
    )
    listed = run("generations", "--state", sample_state).stdout
    assert listed.count("20") >= 2
    back = run("rollback", "--state", sample_state)
    assert back.returncode == 0, back.stderr
    assert "rolled back from" in back.stdout
    again = run("rollback", "--state", sample_state)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


def test_version() -> None:
    assert run("--version").stdout.strip() == __version__
