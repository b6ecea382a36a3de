"""What comes from outside stays text: no SQL, no Jinja, no path, no secret gets anywhere."""

import base64
import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import RunFailed
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import STORIES, ask, refresh_state

CANARY = "canary7f3e9a51c2"
"""A secret that stands in the environment and must turn up nowhere."""

SECRETS = {
    "CANARY": CANARY,
    "AWS_SECRET_ACCESS_KEY": f"aws-{CANARY}",
    "LEAD_WAREHOUSE_TOKEN": f"token-{CANARY}",
    "DATABASE_URL": f"postgresql://user:{CANARY}@localhost/crm",
    "DBT_ENV_SECRET_TOKEN": f"secret-{CANARY}",
    # dbt copies variables of this name into its artefacts.
    "DBT_ENV_CUSTOM_ENV_TOKEN": f"custom-{CANARY}",
    "DBT_VARS": f"{{token: {CANARY}}}",
}
PROFILE = "saas'); drop schema marts cascade; --"
JINJA = "{{ env_var('CANARY') }}"
BLOCK = "{% set x = env_var('CANARY') %}{{ x }}{# note #}"
QUOTED = "'new' \"leads\" -- /* all */"
FORMULA = "=HYPERLINK(A1)"


@dataclass(frozen=True)
class HostileRun:
    """A refresh of hostile data, mapping and rules, with secrets around it."""

    state: Path
    inputs: Path
    rules: Path
    printed: str


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> HostileRun:
    folder = tmp_path_factory.mktemp("hostile")
    # A quote in the path itself, which reaches SQL as well.
    state, inputs, rules = folder / "o'state", folder / "inputs", folder / "rules"
    shutil.copytree(STORIES, inputs)
    rules.mkdir()
    write_hostile_inputs(inputs)
    write_hostile_rules(rules)
    ran = run_cli(
        "refresh",
        "--debug",
        "--state",
        state,
        "--mapping",
        inputs / "mapping.yml",
        "--rules",
        rules,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return HostileRun(state, inputs, rules, ran.stdout + ran.stderr)


def run_cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lead_warehouse", *map(str, arguments)],
        env={**os.environ, **SECRETS},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def write_hostile_inputs(inputs: Path) -> None:
    """Cells, column names, constants and value maps with what engines might take for code."""
    path = inputs / "leads.csv"
    with path.open(newline="") as file:
        header, *leads = csv.reader(file)
    for lead, title in zip(leads, [JINJA, BLOCK, PROFILE, QUOTED, FORMULA], strict=False):
        lead[0] = f"hostile_{lead[0]}"
        lead[header.index("job_title")] = title
    header[header.index("job_title")] = JINJA
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *leads])
    mapping = inputs / "mapping.yml"
    text = mapping.read_text()
    column = f"          job_title: {{column: {as_yaml(JINJA)}, values: {{x: {as_yaml(BLOCK)}}}}}\n"
    source = f"          source: {{constant: {as_yaml(BLOCK)}}}\n"
    mapping.write_text(text.replace("          job_title: job_title\n", column + source, 1))


def as_yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


REPLACED = (
    *("icp_profiles", "icp_criteria", "mql_thresholds", "rejection_reasons"),
    *("buying_group_roles", "buying_group_members", "profile_frameworks"),
)


def write_hostile_rules(rules: Path) -> None:
    """Rules that are valid and carry hostile text wherever text may be anything."""
    for name in REPLACED:
        with (PROJECT_DIR / "seeds" / "rules" / f"{name}.csv").open(newline="") as file:
            header, *rows = csv.reader(file)
        for row in rows:
            for i, column in enumerate(header):
                row[i] = PROFILE if row[i] == "saas_mid_market" else row[i]
                row[i] = f"{JINJA} {BLOCK} {row[i]}" if column == "label_en" else row[i]
                row[i] = f"{QUOTED} {row[i]}" if column == "label_fr" else row[i]
                row[i] = f'{row[i]}"; drop' if column == "criterion" else row[i]
        # Saved by hand as Excel does: the quote that an engine would guess from this is another.
        with (rules / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def texts(state: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a state directory with its bytes."""
    for path in sorted(state.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(state).as_posix(), path.read_bytes()


def leaks(state: Path, secret: str) -> list[str]:
    """Files and tables in which a secret stands, plainly or in base 64 or hexadecimal digits."""
    plain = secret.encode()
    forms = [
        plain,
        plain.hex().encode(),
        *(base64.b64encode(b" " * n + plain)[4:-4] for n in (0, 1, 2)),
    ]
    found = [name for name, content in texts(state) if any(form in content for form in forms)]
    # The engine's files are compressed: what they hold is asked.
    for run in Generations(StateDirectory(state)).all():
        with Generations(StateDirectory(state)).reading(run.run_id) as connection:
            names = connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
            for schema, table in names:
                name = f"{identifier(schema)}.{identifier(table)}"
                asked = f"select 1 from {name} as t where contains(cast(t as varchar), ?) limit 1"
                if connection.execute(asked, [secret]).fetchone():
                    found.append(name)
    return found


def test_the_search_for_leaks_finds_what_is_there(hostile: HostileRun, tmp_path: Path) -> None:
    assert len(leaks(hostile.state, "hostile_saas")) >= 3
    (tmp_path / "a.log").write_bytes(base64.b64encode(f"token: {CANARY}".encode()))
    assert leaks(tmp_path, CANARY) == ["a.log"]


def test_fault_50_rules_with_sql_in_them_stay_rules(hostile: HostileRun) -> None:
    state = hostile.state
    assert ask(state, "select distinct profile from seeds.icp_profiles order by priority") == [
        (PROFILE,),
        ("it_services_large_accounts",),
    ]
    for table in REPLACED:
        with (hostile.rules / f"{table}.csv").open(newline="") as file:
            header, *rows = csv.reader(file)
        names = [
            name for name in header if name in ("profile", "criterion", "label_en", "label_fr")
        ]
        landed = ask(state, f"select {', '.join(map(identifier, names))} from seeds.{table}")
        expected = [tuple(row[header.index(name)] for name in names) for row in rows]
        assert sorted(landed) == sorted(expected)
    marts = ask(
        state, "select count(*) from information_schema.tables where table_schema = 'marts'"
    )
    assert marts[0][0] >= 10
    # The rules still work under that name.
    assert ask(
        state,
        f"select count(*) > 0 from marts.fct_lead_scores where profile = {literal(PROFILE)}",
    ) == [(True,)]


def test_fault_50_data_and_mapping_with_sql_in_them_stay_text(hostile: HostileRun) -> None:
    titles = ask(
        hostile.state, "select job_title from marts.dim_leads where lead_id like 'hostile_%'"
    )
    assert {title for (title,) in titles} == {JINJA, BLOCK, PROFILE, QUOTED, FORMULA}


def test_fault_51_jinja_in_data_mapping_and_rules_stays_literal(hostile: HostileRun) -> None:
    assert ask(hostile.state, "select distinct source from marts.dim_leads") == [(BLOCK,)]
    labels = ask(hostile.state, "select label_en from seeds.icp_profiles order by priority")
    assert labels[0][0] == f"{JINJA} {BLOCK} SaaS, mid-market"
    assert leaks(hostile.state, CANARY) == []


def test_fault_53_a_secret_of_the_environment_turns_up_nowhere(hostile: HostileRun) -> None:
    assert CANARY not in hostile.printed
    assert leaks(hostile.state, CANARY) == []


def test_fault_53_nor_does_it_when_a_gate_stops_the_refresh(
    hostile: HostileRun, tmp_path: Path
) -> None:
    inputs = tmp_path / "inputs"
    shutil.copytree(hostile.inputs, inputs)
    (inputs / "lead_stage_changes.csv").write_text(
        "lead_id,stage,changed_at,changed_by,reason\n"
        + "".join(f"nobody_{n},mql,2026-01-0{n} 09:00:00,ann,{JINJA}\n" for n in range(1, 10))
    )
    state = tmp_path / "state"
    ran = run_cli("--debug", "refresh", "--state", state, "--mapping", inputs / "mapping.yml")
    assert ran.returncode == 1, ran.stdout
    assert "Traceback" in ran.stderr
    assert CANARY not in ran.stdout + ran.stderr
    assert list(state.glob("runs/*/report.json"))
    assert leaks(state, CANARY) == []


def test_fault_53_a_model_that_reads_a_file_outside_fails_and_shows_nothing_of_it(
    hostile: HostileRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit keeps failing rows, so a test could carry any file into an artefact."""
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    state = tmp_path / "state"
    shutil.copytree(hostile.state, state, symlinks=True)

    def with_a_prying_test(target: Path, rules_dir: Path | None) -> str:
        digest = compose_project(target, rules_dir)
        (target / "tests" / "data" / "assert_pried.sql").write_text(
            f"select content as lead_id from read_text('{secret}')\n"
        )
        return digest

    monkeypatch.setattr("lead_warehouse.refresh.pipeline.compose_project", with_a_prying_test)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    before = Generations(StateDirectory(state)).current_id()
    with pytest.raises(RunFailed, match=r"(?s)assert_pried.*disabled by configuration") as caught:
        refresh_state(state, hostile.inputs / "mapping.yml", rules_dir=hostile.rules)
    assert CANARY not in str(caught.value)
    assert leaks(state, CANARY) == []
    assert Generations(StateDirectory(state)).current_id() == before


def test_fault_54_a_query_for_a_spreadsheet_escapes_formulas(hostile: HostileRun) -> None:
    sql = f"select job_title, -1 as n from marts.dim_leads where job_title = {literal(FORMULA)}"
    command = ("query", sql, "--state", hostile.state, "--format", "csv")
    assert run_cli(*command).stdout.splitlines()[1:] == [f"'{FORMULA},-1"]
    assert run_cli(*command, "--raw").stdout.splitlines()[1:] == [f"{FORMULA},-1"]


# What the project itself may say in Jinja


def project_files() -> list[Path]:
    folders = ("models", "macros", "seeds", "tests/data")
    found = [p for name in folders for p in (PROJECT_DIR / name).rglob("*") if p.is_file()]
    assert len(found) > 100
    return [*found, PROJECT_DIR / "dbt_project.yml"]


@pytest.mark.parametrize("call", ["var", "env_var", "run_query", "statement", "load_result"])
def test_fault_50_no_model_takes_a_variable_or_the_environment_into_its_sql(call: str) -> None:
    """Without them there is nothing for ``--vars`` to reach."""
    used = re.compile(rf"(?<![\w.]){call}\s*\(")
    sql = [path for path in project_files() if path.suffix in (".sql", ".yml")]
    if call == "run_query":
        # They ask for booleans of the one row that the refresh itself writes, count a seed, and
        # write identifiers of leads out for the audit, as test_touched_leads.py looks into.
        asking = ("refresh_flag.sql", "group_numbers.sql", "among_touched_leads.sql")
        sql = [path for path in sql if path.name not in asking]
    if call == "statement":
        # What runs a model's own query, and drops what was there before.
        sql = [path for path in sql if path.parent.name != "materializations"]
    assert [path.name for path in sql if used.search(path.read_text())] == []


def test_fault_51_the_profile_reads_the_path_of_the_database_and_limits_alone() -> None:
    read = set(re.findall(r"env_var\(\s*'(\w+)'", (PROJECT_DIR / "profiles.yml").read_text()))
    assert read <= {"LEAD_WAREHOUSE_DATABASE", "LEAD_WAREHOUSE_MEMORY"}
    assert "LEAD_WAREHOUSE_DATABASE" in read
