"""The console script as people and schedulers use it: output, exit codes, one-line errors."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lead_warehouse import __version__
from tests.conftest import STORIES
from tests.console import run, run_process


def test_demo_in_four_commands(tmp_path: Path) -> None:
    exports, state = tmp_path / "exports", tmp_path / "state"
    made = run_process("simulate", "--leads", "60", "--seed", "3", "--out", exports)
    assert made.returncode == 0, made.stderr
    assert "crm_contacts.csv: 60 rows" in made.stdout
    refreshed = run_process("refresh", "--state", state, "--mapping", exports / "mapping.yml")
    assert refreshed.returncode == 0, refreshed.stderr
    for word in ("landing files", "auditing", "publishing", str(state / "current"), "lead → mql"):
        assert word in refreshed.stdout
    assert "Traceback" not in refreshed.stderr
    assert run_process("status", LEAD_WAREHOUSE_STATE=str(state)).stdout.count("published") >= 2


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
        ("copy (select 1) to 'leaked.csv'", "disabled"),
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
    assert not Path("leaked.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status", "--stat", "x"], "No such option: --stat"),
        (["refesh"], "No such command 'refesh'"),
        (["query"], "Missing argument 'sql'"),
        (["refresh", "--mapping", "nowhere.yml"], "no mapping file at nowhere.yml"),
        (["refresh", "--as-of", "yesterday"], "'yesterday' is not an instant"),
        (["refresh", "--rules", "nowhere"], "no folder nowhere"),
        (["rules", "check", "--rules", "nowhere"], "no folder nowhere"),
        (["rules", "chek"], "No such command 'chek'"),
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
    wrong = run_process("rollback", "--debug", "--state", tmp_path / "state")
    assert wrong.returncode == 1
    assert "Traceback" in wrong.stderr


def test_a_failed_run_exits_with_1_and_names_the_check(sample_state: Path, exports: Path) -> None:
    mapping = exports / "mapping.yml"
    text = mapping.read_text()
    mapping.write_text(text.replace("lead_id: Contact ID", "lead_id: Entered At"))
    failed = run("refresh", "--state", sample_state, "--mapping", mapping)
    assert failed.returncode == 1
    assert "keys of two files do not match" in failed.stderr
    assert "✗ checking what landed" in failed.stdout
    assert "rejected" in run("status", "--state", sample_state).stdout


def test_rules_check_is_a_line_when_they_are_good() -> None:
    good = run("rules", "check")
    assert (good.returncode, good.stderr) == (0, "")
    assert re.fullmatch(r"ok  [\d,]+ rules in \d+ files\n", good.stdout)
    own = run("rules", "check", "--rules", "examples/olist/rules")
    assert own.stdout.endswith(" files, 3 of them from examples/olist/rules\n")


def test_rules_that_are_wrong_are_told_line_by_line_and_never_reach_a_build(
    sample_exports: Path, tmp_path: Path
) -> None:
    (tmp_path / "funnel_steps.csv").write_text(
        "from_stage,to_stage,window_days\nmql,custmer,30\nmql,sql,0\n"
    )
    (tmp_path / "scoring.csv").write_text(
        "reference_points,hand_raise_days,frequency_days\n100,NaN,0\n"
    )
    said = [
        f"{tmp_path}/funnel_steps.csv:2: to_stage 'custmer' is not in lifecycle_stages.csv; "
        "did you mean 'customer'?",
        f"{tmp_path}/funnel_steps.csv:3: window_days '0' is out of range",
        f"{tmp_path}/scoring.csv:2: hand_raise_days 'NaN' is not a number such as 12.5",
    ]
    state, mapping = tmp_path / "state", sample_exports / "mapping.yml"
    for command in (["rules", "check"], ["refresh", "--state", state, "--mapping", mapping]):
        bad = run(*command, "--rules", tmp_path)
        assert bad.returncode == 2
        lines = bad.stderr.removeprefix("error: ").splitlines()
        assert len(lines) == len(said)
        assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))
        assert bad.stdout == ""
    assert not (state / "landing").exists()


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
    assert "on hold" in back.stdout
    state = ("--state", sample_state)
    assert run("status", "--check", *state).returncode == 1
    told = json.loads(run("status", "--format", "json", *state).stdout)
    assert (told["format"], told["needs_person"]) == (1, True)
    assert [one["code"] for one in told["standings"]] == ["on hold", "rolled back"]
    assert told["published"]["run_id"] in run("runs", "list", *state).stdout
    assert "## Slowest models" in run("runs", "show", "last", *state).stdout
    equal = run("generations", "diff", "previous", "current", *state)
    assert re.search(r"\b(\d+) of \1 tables are equal", equal.stdout), equal.stderr
    assert run("doctor", *state).returncode == 1
    assert "publishing is free" in run("release", *state).stdout
    assert run("doctor", *state).returncode == 0
    assert run("status", "--check", *state).returncode == 0
    again = run("rollback", "--state", sample_state)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


def test_version() -> None:
    assert run_process("--version").stdout.strip() == __version__


def test_no_cell_is_cut_short_at_any_width(published_sample: Path) -> None:
    sql = "select * from marts.rpt_funnel_cohorts order by all limit 20"
    records = json.loads(
        run_process("query", sql, "--state", published_sample, "--format", "json").stdout
    )
    for width in ("60", "80", "140", "400"):
        shown = run_process("query", sql, "--state", published_sample, COLUMNS=width).stdout
        header, *lines = [line for line in shown.splitlines() if line.strip("─ ")]
        assert header.split() == list(records[0]), width
        for record, line in zip(records, lines, strict=True):
            assert str(record["window_days"]) in line.split(), (width, line)
            assert record["cohort_month"] in line.split(), (width, line)
            assert record["funnel_cohort_id"] in line, (width, line)


def test_nothing_in_a_cell_reaches_the_terminal_as_a_command(published_sample: Path) -> None:
    shown = run("query", "select E'a\\x1b[31mb\\x07' as text", "--state", published_sample)
    assert "\x1b" not in shown.stdout and "\x07" not in shown.stdout
    assert "a\N{REPLACEMENT CHARACTER}[31mb" in shown.stdout


def test_repeated_names_bytes_and_nan_survive_every_format(published_sample: Path) -> None:
    sql = "select 1 as a, 2 as a, 'nan'::double as n, encode('x;é') as b"
    as_json = run("query", sql, "--state", published_sample, "--format", "json").stdout
    assert json.loads(as_json) == [{"a": 1, "a_1": 2, "n": None, "b": "x;é"}]
    as_csv = run("query", sql, "--state", published_sample, "--format", "csv").stdout
    assert list(csv.reader(io.StringIO(as_csv))) == [
        ["a", "a_1", "n", "b"],
        ["1", "2", "nan", "x;é"],
    ]


def test_a_reader_that_has_seen_enough_is_no_error(published_sample: Path) -> None:
    command = [sys.executable, "-m", "lead_warehouse", "query", "select range from range(200000)"]
    process = subprocess.Popen(
        [*command, "--state", str(published_sample), "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == "range\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0


def test_a_first_run_that_lands_nothing_says_why(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("id,made\n1,31/01/2026\n2,01/02/2026\n")
    (tmp_path / "more.csv").write_text("ident,made\n3,2026-01-31\n")
    (tmp_path / "mapping.yml").write_text(
        "version: 1\ninputs:\n  - name: leads\n    files: '*.csv'\n    tables:\n"
        "      - table: leads\n        columns:\n          lead_id: id\n"
        "          created_at: {column: made, format: '%Y-%m-%d'}\n"
    )
    failed = run("refresh", "--state", tmp_path / "state", "--mapping", tmp_path / "mapping.yml")
    assert failed.returncode == 1
    assert "some lead has landed" in failed.stderr
    assert "held: more.csv: required column missing: 'id' (nearest: ident)" in failed.stderr
    assert "2 records in quarantine, for example file_name=leads.csv, file_line=2" in failed.stderr
    assert "value=31/01/2026, reason=not a timestamp as %Y-%m-%d" in failed.stderr
    [rows] = (tmp_path / "state" / "runs").glob("*/failures/raw.quarantined_rows.csv")
    assert len(rows.read_text().splitlines()) == 3


def test_looking_writes_nothing(published_sample: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in published_sample.rglob("*")}
    assert run("status", "--state", published_sample).returncode == 0
    assert run("generations", "--state", published_sample).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in published_sample.rglob("*")} == before
    assert run("status", "--state", tmp_path / "none").returncode == 0
    assert not (tmp_path / "none").exists()


def test_a_damaged_ledger_and_a_file_for_a_folder_are_one_line(
    sample_state: Path, tmp_path: Path
) -> None:
    (sample_state / "control.sqlite").write_bytes(b"no database at all" * 100)
    damaged = run("status", "--state", sample_state)
    assert (damaged.returncode, damaged.stderr.count("\n")) == (1, 1)
    assert "move it away" in damaged.stderr
    (tmp_path / "file").touch()
    for command in (["status"], ["query", "select 1"], ["generations"]):
        wrong = run(*command, "--state", tmp_path / "file" / "x")
        assert wrong.returncode in (1, 2), command
        assert wrong.stderr.count("\n") == 1, wrong.stderr


def test_explain_says_why_in_two_languages_and_as_json(published_stories: Path) -> None:
    at = ("--state", published_stories, "--at", "2026-01-15T09:00:00Z")
    english = run("explain", "saas", *at)
    assert english.returncode == 0, english.stderr
    assert english.stdout == (STORIES / "expected" / "saas_day_14.en.txt").read_text()
    french = run("explain", "saas", *at, "--language", "fr")
    assert french.stdout == (STORIES / "expected" / "saas_day_14.fr.txt").read_text()
    told = json.loads(run("explain", "saas", *at, "--format", "json").stdout)
    assert told["score"]["intent_score"] == pytest.approx(59.975, abs=5e-4)
    assert sum(one["score_points"] for one in told["contributions"]) == pytest.approx(
        told["score"]["fit_score"] + told["score"]["intent_score"]
    )
    assert [one["to_stage"] for one in told["stages"] if one["basis"] == "rules"] == [
        "lead",
        "nurture",
        "mql",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "sass"], "no lead 'sass' in .*; did you mean 'saas'?"),
        (["explain", "it'; drop table x; --"], "no lead"),
        (["explain", "saas", "--at", "2030-01-01"], "lies after 2026-05-01 09:00:00"),
        (["explain", "saas", "--at", "yesterday"], "'yesterday' is not an instant"),
        (["explain", "saas", "--language", "de"], "'de' is not one of"),
        (["hottest", "--limit", "0"], "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_explained_is_one_line(
    published_stories: Path, arguments: list[str], message: str
) -> None:
    told = run(*arguments, "--state", published_stories)
    assert told.returncode == 2
    assert re.search(message, told.stderr)
    assert len(told.stderr.splitlines()) == 1
    assert told.stdout == ""


def test_hottest_lists_leads_in_play_with_their_reason(published_stories: Path) -> None:
    shown = run("hottest", "--state", published_stories, "--limit", "2")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("  1. saas_slow · Warm A3, fit 85, intent 23.9")
    assert lines[1].strip().startswith("Industrial sector, 50 to 500 employees")
    assert len(lines) == 4
    french = run("hottest", "--state", published_stories, "--limit", "1", "--language", "fr")
    assert "adéquation 85, intention 23,9" in french.stdout
