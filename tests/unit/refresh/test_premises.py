"""What counts as news: each thing that a build follows from, and nothing that it does not."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.contract.raw_schema import ACCOUNTS
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.mapping import load_mapping
from lead_warehouse.refresh import premises
from lead_warehouse.refresh.base import Base
from lead_warehouse.refresh.context import RefreshContext
from lead_warehouse.refresh.premises import (
    CHANGED,
    KEY,
    SAID_ELSEWHERE,
    Premises,
    differences,
    landed_digest,
    premises_of,
    why_build,
)
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.hold import Hold
from lead_warehouse.state.layout import StateDirectory

AT = datetime(2026, 1, 1)
RUN = "20260101T000000-aaaaaa"
CONTEXT = RefreshContext(AT, AT, is_as_of_given=False, is_past=False, rules_digest="rules")
MAPPING = """
version: 1
inputs:
  - name: leads
    files: leads_*.csv
    tables:
      - table: leads
        columns: {lead_id: id, email: email, created_at: made}
"""


@pytest.fixture
def raw() -> duckdb.DuckDBPyConnection:
    """Accounts with a file landed, a file held and a record in quarantine."""
    connection = duckdb.connect(":memory:")
    ensure_raw_schema(connection, load_contract())
    connection.execute(
        """
        insert into raw.landed_files by name
        select 'crm' as input_name, 'm' as input_digest, 'd1' as file_digest, 'a.csv' as file_name,
            timestamp '2026-01-01' as received_at, 'landed' as status, 2 as record_count,
            1 as accepted_count, 1 as quarantined_count
        union all by name
        select 'crm' as input_name, 'd2' as file_digest, timestamp '2026-01-01' as received_at,
            'held' as status, 'still being written' as reason;
        insert into raw.quarantined_rows by name
        select 'crm' as input_name, 'd1' as file_digest, 3 as file_line, 'open' as status,
            'no date' as reason, 'x'::blob as raw_record;
        insert into landed.files values (1, 'crm', 'd1', 'a.csv', '|lead_id|');
        insert into raw.landed_tables values ('leads', 1, 1);
        insert into raw.input_freshness by name
        select 'crm' as input_name, 'pass' as status
        """
    )
    return connection


@pytest.mark.parametrize(
    "news",
    [
        "insert into raw.landed_files by name select 'd3' as file_digest, 'landed' as status",
        "delete from raw.landed_files where file_digest = 'd1'",
        "update raw.landed_files set input_digest = 'n' where file_digest = 'd1'",
        "update raw.landed_files set received_at = '2026-01-02' where file_digest = 'd1'",
        "update raw.landed_files set accepted_count = 2 where file_digest = 'd1'",
        "update raw.landed_files set reason = 'no column id' where file_digest = 'd2'",
        "delete from raw.landed_files where status = 'held'",
        "insert into raw.landed_files select * from raw.landed_files where status = 'held'",
        "delete from raw.quarantined_rows",
        "update raw.quarantined_rows set status = 'dismissed'",
        "update raw.quarantined_rows set reason = 'no address'",
        "update raw.landed_tables set row_count = 2",
        "update raw.landed_tables set input_count = 2",
        "update raw.input_freshness set status = 'warn'",
        "update landed.files set mapped_columns = '|lead_id|email|'",
        "insert into raw.published_transitions by name select 'a' as lead_id",
        "insert into raw.rule_changes by name select 'c' as comparison_id",
        "insert into raw.erased_conversions by name select 'k' as erased_key",
        "insert into raw.input_columns by name select 'c' as column_name",
    ],
)
def test_whatever_the_accounts_of_landing_tell_is_news(
    raw: duckdb.DuckDBPyConnection, news: str
) -> None:
    before = landed_digest(raw)
    assert landed_digest(raw) == before
    raw.execute(news)
    assert landed_digest(raw) != before


@pytest.mark.parametrize(
    "no_news",
    [
        "update raw.landed_files set received_at = '2026-01-02' where status = 'held'",
        "insert into raw.new_files values ('crm', 'd1')",
        "insert into raw.rule_families values ('fit', 'other')",
        "insert into raw.refresh_context by name select true as is_full_build",
    ],
)
def test_when_a_held_file_was_looked_at_and_how_tables_are_carried_on_is_no_news(
    raw: duckdb.DuckDBPyConnection, no_news: str
) -> None:
    before = landed_digest(raw)
    raw.execute(no_news)
    assert landed_digest(raw) == before


def test_rows_do_not_pass_from_one_account_to_another(raw: duckdb.DuckDBPyConnection) -> None:
    digests = {landed_digest(raw)}
    for account in sorted(set(ACCOUNTS) - set(SAID_ELSEWHERE)):
        raw.execute(f"begin; insert into raw.{account} by name select null as input_name"
                    if "input_name" in ACCOUNTS[account] else
                    f"begin; insert into raw.{account} ({next(iter(ACCOUNTS[account]))}) "
                    "values (null)")  # fmt: skip
        digests.add(landed_digest(raw))
        raw.execute("rollback")
    assert len(digests) == 1 + len(ACCOUNTS) - len(SAID_ELSEWHERE)


class Made:
    """Premises of a small project, told again after something has changed."""

    def __init__(self, folder: Path) -> None:
        self.project, self.checkout = folder / "project", folder / "checkout"
        self.mapping = folder / "mapping.yml"
        self.context, self.landed, self.erasures = CONTEXT, "landed", ["one"]
        self.mapping.write_text(MAPPING)
        for path in (
            self.project / "dbt_project.yml",
            self.project / "profiles.yml",
            self.project / "models" / "marts" / "dim_leads.sql",
            self.project / "models" / "marts" / "dim_leads.yml",
            self.project / "macros" / "a_macro.sql",
            self.project / "tests" / "data" / "assert_it.sql",
            self.project / "seeds" / "rules" / "signals.csv",
            self.project / "seeds" / "reference" / "countries.csv",
            self.checkout / "quality" / "changes.csv",
            self.checkout / "lead_warehouse" / "landing" / "land.py",
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("as it was")

    def premises(self) -> Premises:
        return premises_of(
            self.project,
            load_mapping(self.mapping),
            self.context,
            landed=self.landed,
            erasures=self.erasures,
            checkout=self.checkout,
        )

    def rewrite(self, path: Path) -> None:
        path.write_text("as it is")

    def speak_for(self, **instant: Any) -> None:
        self.context = replace(self.context, **instant)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


LATER = AT + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("change", "premise"),
    [
        (lambda made: setattr(made, "landed", "more"), "landed"),
        (lambda made: made.speak_for(as_of=LATER), "instant"),
        (lambda made: made.speak_for(known_by=LATER), "instant"),
        (lambda made: made.speak_for(is_as_of_given=True), "instant"),
        (
            lambda made: made.mapping.write_text(MAPPING.replace("email: email", "email: mail")),
            "mapping",
        ),
        (lambda made: made.rewrite(made.project / "seeds/rules/signals.csv"), "rules"),
        (lambda made: made.rewrite(made.project / "seeds/reference/countries.csv"), "rules"),
        (lambda made: (made.project / "seeds/rules/signals.csv").unlink(), "rules"),
        (
            lambda made: (made.project / "seeds/rules/signals.csv").rename(
                made.project / "seeds/rules/signal.csv"
            ),
            "rules",
        ),
        (lambda made: made.rewrite(made.project / "models/marts/dim_leads.sql"), "models"),
        (lambda made: made.rewrite(made.project / "models/marts/dim_leads.yml"), "models"),
        (lambda made: made.rewrite(made.project / "models/marts/dim_deals.sql"), "models"),
        (lambda made: made.rewrite(made.project / "macros/a_macro.sql"), "models"),
        (lambda made: made.rewrite(made.project / "tests/data/assert_it.sql"), "models"),
        (lambda made: made.rewrite(made.project / "dbt_project.yml"), "models"),
        (lambda made: made.rewrite(made.project / "profiles.yml"), "models"),
        (lambda made: made.rewrite(made.checkout / "quality/changes.csv"), "checks"),
        (lambda made: made.rewrite(made.checkout / "lead_warehouse/landing/land.py"), "program"),
        (lambda made: made.erasures.append("two"), "erasures"),
    ],
)
def test_each_thing_that_a_build_follows_from_is_a_premise(
    made: Made, change: Callable[[Made], object], premise: str
) -> None:
    before = made.premises()
    change(made)
    assert differences(before, made.premises()) == [CHANGED[premise]]


def test_another_version_of_an_engine_is_another_premise(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made.premises()
    for package in premises.PACKAGES:
        with monkeypatch.context() as patch:
            patch.setattr(
                premises, "version", lambda name, other=package: "0" if name == other else "1"
            )
            assert differences(before, made.premises()) == [CHANGED["program"]]


def test_where_files_lie_and_what_was_parsed_or_compiled_is_no_premise(
    made: Made, tmp_path: Path
) -> None:
    before = made.premises()
    for name in ("project/target/manifest.json", "checkout/lead_warehouse/__pycache__/land.pyc"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("-")
    assert made.premises() == before
    shutil.copytree(tmp_path, tmp_path / "elsewhere")
    elsewhere = Made(tmp_path / "elsewhere")
    assert elsewhere.premises() == before


def test_a_premise_that_only_one_of_two_knows_counts_as_another() -> None:
    assert differences({}, {"landed": "a"}) == [CHANGED["landed"]]
    assert differences({"weather": "fine"}, {}) == ["weather is not the same"]
    assert differences({"landed": "a"}, {"landed": "a"}) == []


PREMISES = dict.fromkeys(CHANGED, "-")


@pytest.fixture
def generations(tmp_path: Path) -> Callable[[dict[str, Any]], Generations]:
    def published(manifest: dict[str, Any]) -> Generations:
        state = StateDirectory(tmp_path / "state")
        state.building.parent.mkdir(parents=True)
        duckdb.connect(str(state.building)).close()
        found = Generations(state)
        found.seal(RUN, {"as_of": AT.isoformat(), "is_past": False, **manifest})
        found.publish(RUN)
        return found

    return published


def why(generations: Generations, base: Base | None = None, **asked: Any) -> list[str]:
    how = {"context": CONTEXT, "hold": None, **asked}
    return why_build(PREMISES, base or Base(RUN, []), generations, **how)


def test_nothing_is_built_where_all_is_what_the_published_generation_was_built_from(
    generations: Callable[[dict[str, Any]], Generations],
) -> None:
    assert why(generations({KEY: PREMISES})) == []


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ({"is_full": True}, "a full refresh was asked for"),
        ({"accepted": ["marts.dim_leads"]}, "changes were let through"),
        ({"context": replace(CONTEXT, is_past=True)}, "it is a rebuild of the past"),
        ({"hold": Hold("2026-01-01", "ann", "b", "a")}, "publishing is on hold"),
        ({"base": Base(RUN, ["damaged"])}, "what readers see could not be built upon"),
        ({"base": Base("20250101T000000-aaaaaa", [])}, "what readers see could not be built upon"),
        ({"base": Base(None, [])}, "what readers see could not be built upon"),
    ],
)
def test_some_things_are_built_all_the_same(
    generations: Callable[[dict[str, Any]], Generations], asked: dict[str, Any], because: str
) -> None:
    assert why(generations({KEY: PREMISES}), **asked) == [because]


@pytest.mark.parametrize("manifest", [{}, {KEY: None}, {KEY: "digest"}])
def test_a_generation_that_does_not_say_what_it_was_built_from_is_built_again(
    generations: Callable[[dict[str, Any]], Generations], manifest: dict[str, Any]
) -> None:
    assert why(generations(manifest)) == [f"{RUN} does not say what it was built from"]


def test_each_premise_that_changed_is_named(
    generations: Callable[[dict[str, Any]], Generations],
) -> None:
    before = {**PREMISES, "rules": "others", "erasures": "none"}
    assert why(generations({KEY: before}), is_full=True) == [
        "a full refresh was asked for",
        CHANGED["rules"],
        CHANGED["erasures"],
    ]


def test_where_nothing_is_published_everything_is_built(tmp_path: Path) -> None:
    nothing = Generations(StateDirectory(tmp_path / "state"))
    assert why(nothing, Base(None, [])) == ["nothing was published"]
