"""Tables of SQLite, DuckDB and PostgreSQL databases as inputs."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.landing import database_engine, parquet_reader
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.completeness import LetThrough
from lead_warehouse.landing.database_cells import UNREADABLE
from lead_warehouse.landing.database_engine import DatabaseEngine
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.landing.preview import CheckedFile, preview
from lead_warehouse.mapping import Mapping
from lead_warehouse.state.control import ReceivedInput
from tests.unit.landing.conftest import PostgresServer

MONDAY = datetime(2024, 6, 3, 8)
HOUR = timedelta(hours=1)
CANARY = "canary-7Q"

LEADS = {"lead_id": "id", "email": "mail", "employee_count": "staff", "created_at": "made"}


def a_mapping(columns: Any = None, **settings: Any) -> Mapping:
    one = {"name": "crm_leads", "tables": [{"table": "leads", "columns": columns or LEADS}]}
    where = settings if "files" in settings else {"database": "crm", "table": "contacts"} | settings
    return Mapping.model_validate({"version": 1, "inputs": [one | where]})


class Company:
    """An input folder, an archive and the database being built."""

    def __init__(self, folder: Path) -> None:
        self.inputs = folder / "in"
        self.inputs.mkdir()
        self.archive = Archive(folder / "landing")
        self.connection = duckdb.connect()
        self.now = MONDAY
        self._scratch = folder / "scratch"

    def land(
        self,
        mapping: Mapping | None = None,
        *,
        is_archive_alone: bool = False,
        let_through: LetThrough | None = None,
    ) -> Landing:
        self.now += HOUR
        return land(
            self.connection,
            load_contract(),
            mapping or a_mapping(),
            input_dir=None if is_archive_alone else self.inputs,
            archive=self.archive,
            received=self.received,
            now=self.now,
            scratch=self._scratch,
            progress=lambda text: None,
            let_through=let_through,
        )

    def held(self, mapping: Mapping | None = None) -> str:
        """Why the one table is held; nothing of it landed."""
        (account,) = self.land(mapping).held
        assert account.records == account.accepted == 0
        return str(account.held_because)

    @property
    def received(self) -> list[ReceivedInput]:
        has_landed = self.rows("select 1 from duckdb_tables() where table_name = 'landed_files'")
        if not has_landed:
            return []
        rows = self.rows(
            "select input_name, file_digest, file_name, received_at from raw.landed_files "
            "where status = 'landed'"
        )
        return [ReceivedInput(*row) for row in rows]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    @property
    def leads(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "select lead_id, email, employee_count, created_at from raw.leads "
            "order by known_at, lead_id"
        )

    def everything(self) -> list[list[tuple[Any, ...]]]:
        tables = ("leads", "quarantined_rows", "landed_files")
        return [self.rows(f"select * from raw.{name} order by all") for name in tables]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


Run = Callable[[str], None]

TABLE = (
    "create table contacts (id {integer}, mail {text}, staff {integer}, made {time}, seen {text})"
)
TYPES = {
    "sqlite": {"integer": "integer", "text": "varchar(80)", "time": "datetime"},
    "duckdb": {"integer": "bigint", "text": "varchar", "time": "timestamp"},
    "postgres": {"integer": "bigint", "text": "text", "time": "timestamp"},
}


@pytest.fixture(params=["sqlite", "duckdb", "postgres"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    """What runs statements in database ``crm``, with an empty table ``contacts`` in it."""
    run: Run
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        server.run("drop schema public cascade; create schema public")
        run, address = server.run, server.address(password=CANARY)
    else:
        path = tmp_path / f"crm.{request.param}"
        address = f"{request.param}:{path}"

        def run(statements: str) -> None:
            if request.param == "sqlite":
                with closing(sqlite3.connect(path)) as connection:
                    connection.executescript(statements)
            else:
                with duckdb.connect(str(path)) as connection:
                    connection.execute(statements)

    run(TABLE.format(**TYPES[request.param]))
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", address)
    yield run


FIRST = (
    "insert into contacts values "
    "(1, 'a@b.example', 5, '2024-01-05 10:00:00', 'x'), (2, null, null, null, 'x')"
)
LANDED = [(1, "a@b.example", 5, datetime(2024, 1, 5, 10)), (2, None, None, None)]


def as_texts(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(str(number), *rest) for number, *rest in rows]


# Every kind of database


def test_a_table_lands_as_a_file_would(company: Company, database: Run) -> None:
    database(FIRST)
    (account,) = company.land().accounts
    assert account.held_because is None
    assert (account.records, account.accepted, account.quarantined) == (2, 2, 0)
    assert (account.file.file_name, account.unmapped_columns) == ("crm:contacts", ("seen",))
    assert company.leads == as_texts(LANDED)
    assert company.rows("select distinct file_name, file_line from raw.leads order by all") == [
        ("crm:contacts", 1),
        ("crm:contacts", 2),
    ]


def test_a_table_that_did_not_change_lands_nothing_new(company: Company, database: Run) -> None:
    database(FIRST)
    company.land()
    # The same rows in another place of the table.
    database("create table kept as select * from contacts; delete from contacts")
    database("insert into contacts select * from kept order by id desc")
    landing = company.land()
    assert (landing.accounts, landing.unchanged) == ([], 1)


def test_only_rows_that_changed_land_again(company: Company, database: Run) -> None:
    database(FIRST)
    company.land()
    database("update contacts set staff = 6 where id = 1")
    database("insert into contacts values (3, 'c@d.example', 7, null, 'x')")
    (account,) = company.land().accounts
    assert (account.records, account.accepted) == (2, 2)
    assert company.leads[2:] == as_texts(
        [(1, "a@b.example", 6, datetime(2024, 1, 5, 10)), (3, "c@d.example", 7, None)]
    )


def test_a_change_of_a_column_nobody_maps_lands_no_row(company: Company, database: Run) -> None:
    database(FIRST)
    company.land()
    database("update contacts set seen = 'y'")
    (account,) = company.land().accounts
    assert (account.records, account.held_because) == (0, None)
    assert company.leads == as_texts(LANDED)


def test_a_record_that_stays_bad_is_quarantined_once(company: Company, database: Run) -> None:
    database(FIRST + "; insert into contacts values (3, null, null, '2999-01-01 00:00:00', 'x')")
    (account,) = company.land().accounts
    assert (account.accepted, account.quarantined) == (2, 1)
    database("update contacts set staff = 6 where id = 1")
    (account,) = company.land().accounts
    assert (account.accepted, account.quarantined) == (1, 0)
    assert company.rows("select column_name, value from raw.quarantined_rows") == [
        ("created_at", "2999-01-01 00:00:00")
    ]


def test_a_table_that_goes_back_to_what_it_was_is_seen_to(company: Company, database: Run) -> None:
    database(FIRST)
    for staff in (6, 5, 6, 5):
        company.land()
        database(f"update contacts set staff = {staff} where id = 1")
    company.land()
    assert [row[2] for row in company.leads if row[0] == "1"] == [5, 6, 5, 6, 5]
    for _ in range(2):
        landing = company.land()
        assert (landing.accounts, landing.unchanged) == ([], 5)


def test_raw_follows_from_the_archive_alone(
    company: Company, database: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    database(FIRST)
    for staff in (6, 5, 7):
        company.land()
        database(f"update contacts set staff = {staff}, seen = 'z' where id = 1")
        database(f"insert into contacts values (1{staff}, null, {staff}, null, 'x')")
    company.land()
    at_once, received = company.everything(), company.received
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", "sqlite:/gone")
    company.connection.close()
    company.connection = duckdb.connect()
    monkeypatch.setattr(Company, "received", received)
    (held,) = company.land().held
    assert str(held.held_because).startswith("no file where LEAD_WAREHOUSE_SOURCE_CRM says")
    company.rows("delete from raw.landed_files where status = 'held'")
    assert company.everything() == at_once


def test_a_corrected_mapping_reads_old_snapshots_anew(company: Company, database: Run) -> None:
    database(FIRST)
    company.land()
    database("update contacts set staff = 6 where id = 1")
    company.land()
    company.land(a_mapping({"lead_id": "id", "industry": "seen"}))
    # Neither column changed, so the second snapshot says nothing new by this mapping.
    assert company.rows("select lead_id, industry from raw.leads order by all") == [
        ("1", "x"),
        ("2", "x"),
    ]


def test_a_column_that_came_makes_all_rows_say_more(company: Company, database: Run) -> None:
    mapping = a_mapping({"lead_id": "id", "industry": "branch"})
    database(FIRST)
    (account,) = company.land(mapping).accounts
    assert account.missing_columns == ("branch",)
    database("alter table contacts add column branch varchar(9)")
    (account,) = company.land(mapping).accounts
    assert (account.accepted, account.missing_columns) == (2, ())


def test_an_empty_table_lands_no_row(company: Company, database: Run) -> None:
    (account,) = company.land().accounts
    assert (account.held_because, account.records) == (None, 0)


def test_fault_16_a_table_that_was_emptied_is_held_with_the_figures(
    company: Company, database: Run
) -> None:
    database(FIRST)
    company.land()
    database("delete from contacts")
    reason = (
        "no records where 2 are usual (1 delivery); deliver it again, or let it through with "
        "refresh --accept crm:contacts"
    )
    assert [company.held() for _ in range(2)] == [reason, reason]
    assert company.leads == as_texts(LANDED)
    landing = company.land(let_through=LetThrough(frozenset({"crm:contacts"})))
    ((_, because),) = landing.let_through
    assert (landing.held, because) == ([], reason.partition(";")[0])
    # Nothing is asked again of what was let through, nor of a table that stays empty.
    database("update contacts set seen = 'y'")
    assert company.land().held == []
    database(FIRST)
    company.land()
    database("delete from contacts")
    assert company.held() == reason
    assert company.land(a_mapping(completeness={"when_empty": "accept"})).held == []


def test_fault_16_a_table_far_smaller_than_before_is_held_by_all_its_rows(
    company: Company, database: Run
) -> None:
    rows = ", ".join(f"({i}, null, {i}, null, 'x')" for i in range(40))
    database(f"insert into contacts values {rows}")
    company.land()
    # Few rows differ, all are there.
    database("update contacts set staff = -1 where id = 7")
    assert [account.records for account in company.land().accounts] == [1]
    database("delete from contacts where id > 2")
    assert company.held().startswith("3 records where 40 are usual (1 delivery)")
    assert company.land(a_mapping(completeness={"from_records": 50})).held == []


def test_fault_16_a_table_is_judged_once(company: Company, database: Run) -> None:
    database(FIRST)
    company.land()
    database("delete from contacts")
    company.land(let_through=LetThrough(frozenset({"crm:contacts"})))
    landing = company.land(a_mapping({"lead_id": "id"}))
    assert [account.held_because for account in landing.accounts] == [None, None]


def test_a_snapshot_whose_predecessor_is_gone_is_held(company: Company, database: Run) -> None:
    database(FIRST)
    company.land()
    (landed,) = company.received
    company.archive.path(landed.file_digest).unlink()
    database("update contacts set staff = 6 where id = 1")
    company.archive = Archive(company.archive.folder)
    assert company.held().startswith("missing from the archive")
    assert company.leads == as_texts(LANDED)


def test_no_such_table_is_held_with_the_nearest(company: Company, database: Run) -> None:
    assert company.held(a_mapping(table="contact")) == (
        "no table 'contact' in database 'crm'; did you mean 'contacts'?"
    )
    assert company.held(a_mapping(table="sales.contacts")).startswith(
        "no table 'sales.contacts' in database 'crm'"
    )


def test_a_missing_column_is_held_with_the_nearest(company: Company, database: Run) -> None:
    database(FIRST)
    assert company.held(a_mapping({"lead_id": "idd"})) == (
        "required column missing: 'idd' (nearest: id); name the new column in the mapping or "
        "deliver the file again; renamed? `lead_id: idd` becomes `lead_id: id`"
    )


def test_the_mapping_s_preview_reads_columns_alone(
    company: Company, database: Run, tmp_path: Path
) -> None:
    database(FIRST)
    mapping = tmp_path / "mapping.yml"
    text = (
        "version: 1\ninputs:\n- name: crm_leads\n  database: crm\n  table: contacts\n"
        "  tables:\n  - table: leads\n    columns: {lead_id: id, email: mail, industry: branch}\n"
    )
    mapping.write_text(text, encoding="utf-8")
    assert preview(mapping, company.inputs) == [
        CheckedFile("crm_leads", "crm:contacts", ["leads"], ("staff", "made", "seen"), ("branch",))
    ]
    mapping.write_text(text.replace("table: contacts", "table: kontacts"), encoding="utf-8")
    (checked,) = preview(mapping, company.inputs)
    assert "did you mean 'contacts'?" in str(checked.held_because)


def test_rows_that_got_lost_on_the_way_hold_the_table(
    company: Company, database: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    database(FIRST)
    copy = DatabaseEngine.copy
    monkeypatch.setattr(DatabaseEngine, "copy", lambda *given: copy(*given) + 1)
    assert company.held().startswith("the table has 3 rows and its snapshot 2; no row was taken")


def test_count_and_rows_are_of_one_instant(
    company: Company, database: Run, monkeypatch: pytest.MonkeyPatch, request: Any
) -> None:
    """Someone else writes between the count and the copy."""
    kind = request.node.callspec.params["database"]
    if kind == "duckdb":
        pytest.skip("DuckDB lets nobody write to a file that another process reads")
    database(FIRST)
    if kind == "sqlite":
        database("pragma journal_mode = wal")
    ask, counted = DatabaseEngine.ask, []

    def ask_and_write(engine: DatabaseEngine, query: str) -> list[tuple[Any, ...]]:
        answer = ask(engine, query)
        if query.startswith("select count(*)"):
            counted.append(answer)
            database("insert into contacts values (9, null, null, null, 'late')")
        return answer

    monkeypatch.setattr(DatabaseEngine, "ask", ask_and_write)
    (account,) = company.land().accounts
    assert counted == [[(2,)]]
    assert (account.held_because, account.accepted) == (None, 2)


def test_columns_that_are_ignored_stay_where_they_are(company: Company, database: Run) -> None:
    database(FIRST)
    company.land(a_mapping(ignore_columns=["seen"]))
    (landed,) = company.received
    archived = company.archive.path(landed.file_digest)
    names = duckdb.sql(f"describe from read_parquet('{archived}')").fetchall()
    assert [name for name, *_ in names if name != UNREADABLE] == ["id", "mail", "staff", "made"]


# Where a database is


def test_a_database_that_nobody_placed_is_held_with_the_variable(company: Company) -> None:
    assert company.held() == (
        "nothing says where database 'crm' is; set LEAD_WAREHOUSE_SOURCE_CRM to one of "
        "postgresql://user:password@host/database, sqlite:path or duckdb:path"
    )


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("sqlite:/nowhere/crm.db", "no file where LEAD_WAREHOUSE_SOURCE_CRM says"),
        ("duckdb:https://host/crm.db", "no file where LEAD_WAREHOUSE_SOURCE_CRM says"),
        (f"mysql://u:{CANARY}@host/db", "is no address of a database"),
        (f"postgresql://u:{CANARY}/x@host/db", "is no address of a database"),
        (f"postgresql://u:{CANARY}@host", "is no address of a database"),
        (f"postgresql://u:{CANARY}@127.0.0.1:1/db", "cannot be opened"),
        (f"postgresql://u:{CANARY}%zz@127.0.0.1:1/db", "cannot be opened"),
        (f"postgresql://u:%63{CANARY[1:]}@127.0.0.1:1/db", "cannot be opened"),
        (f"postgresql://127.0.0.1:1/db?password={CANARY}&x={CANARY}", "cannot be opened"),
    ],
)
def test_fault_53_an_address_that_leads_nowhere_is_held_without_its_password(
    company: Company, monkeypatch: pytest.MonkeyPatch, address: str, reason: str
) -> None:
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", address)
    held = company.held()
    assert reason in held
    assert CANARY not in held
    assert "\n" not in held


def test_fault_53_a_password_is_in_nothing_that_a_landing_leaves(
    company: Company, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    postgres.run("drop schema public cascade; create schema public")
    postgres.run(TABLE.format(**TYPES["postgres"]) + "; " + FIRST)
    told = []
    for address in (
        postgres.address(password=CANARY),
        postgres.address("nobody", CANARY),
        postgres.address(password=CANARY, database="gone"),
    ):
        monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", address)
        told.append(repr(company.land()))
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", postgres.address(password=CANARY))
    assert company.held(a_mapping(table="nope")).startswith("no table 'nope'")
    assert 'role "nobody" does not exist' in told[1]
    assert CANARY not in "".join(told)
    company.connection.execute(f"export database '{tmp_path / 'export'}' (format csv)")
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


def test_other_inputs_land_when_a_database_is_away(company: Company) -> None:
    (company.inputs / "leads.csv").write_text("id,mail\n7,g@h.example\n", encoding="utf-8")
    columns = {"lead_id": "id", "email": "mail"}
    inputs = [
        *a_mapping().model_dump(exclude_unset=True)["inputs"],
        {"name": "f", "files": "*.csv", "tables": [{"table": "leads", "columns": columns}]},
    ]
    landing = company.land(Mapping.model_validate({"version": 1, "inputs": inputs}))
    assert [account.held_because is None for account in landing.accounts] == [False, True]
    assert landing.without_files == []


def test_rows_stay_when_a_database_is_away(
    company: Company, database: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    database(FIRST)
    company.land()
    monkeypatch.delenv("LEAD_WAREHOUSE_SOURCE_CRM")
    (account,) = company.land().held
    assert account.file.file_name == "crm:contacts"
    assert company.leads == as_texts(LANDED)


# Files that are databases


@pytest.fixture
def sqlite_file(company: Company) -> Path:
    path = company.inputs / "crm.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLE.format(**TYPES["sqlite"]) + "; " + FIRST)
    return path


IN_FILES = {"files": "**/*.sqlite", "table": "contacts"}


def test_a_database_file_below_the_input_folder_lands(company: Company, sqlite_file: Path) -> None:
    (company.inputs / "b").mkdir()
    with duckdb.connect(str(company.inputs / "b" / "crm.sqlite")) as connection:
        connection.execute(TABLE.format(**TYPES["duckdb"]))
        connection.execute("insert into contacts values (8, null, 1, null, null)")
    landing = company.land(a_mapping(**IN_FILES))
    names = [account.file.file_name for account in landing.accounts]
    assert names == ["b/crm.sqlite:contacts", "crm.sqlite:contacts"]
    assert [row[0] for row in company.leads] == ["1", "2", "8"]
    assert company.land(a_mapping(**IN_FILES)).unchanged == 2


def test_fault_52_a_database_file_that_leads_outside_is_refused(
    company: Company, sqlite_file: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.sqlite"
    sqlite_file.rename(outside)
    sqlite_file.symlink_to(outside)
    with pytest.raises(UserError, match="leads outside"):
        company.land(a_mapping(**IN_FILES))


@pytest.mark.parametrize("content", [b"", b"id,mail\n", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_held(company: Company, content: bytes) -> None:
    (company.inputs / "crm.sqlite").write_bytes(content)
    held = company.held(a_mapping(**IN_FILES))
    assert "database" in held
    assert str(company.inputs) not in held


def test_a_database_that_is_cut_off_is_held(company: Company, sqlite_file: Path) -> None:
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.executescript(
            "insert into contacts select value, 'a', 1, null, 'xxxxxxxxxxxx' "
            "from (with recursive c(value) as (select 10 union all select value + 1 from c "
            "limit 5000) select value from c)"
        )
    content = sqlite_file.read_bytes()
    sqlite_file.write_bytes(content[: len(content) // 2])
    assert "cannot be read" in company.held(a_mapping(**IN_FILES))


def test_a_table_that_the_user_may_not_read_is_held_with_the_remedy(
    company: Company, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.run(
        "drop table if exists closed; create table closed (id int, mail text, time timestamp); "
        "drop role if exists stranger; create role stranger login"
    )
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", postgres.address("stranger"))
    held = company.held(a_mapping(database="crm", table="closed"))
    # Which of the two the server says depends on who may use the schema.
    assert "permission denied for table closed" in held or "permission denied for schema" in held
    assert held.endswith("; see that it is whole and that this user may read the table")


def test_fault_50_a_view_of_a_delivered_database_reaches_no_file(
    company: Company, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id,mail\n1,stolen@example.com\n", encoding="utf-8")
    path = company.inputs / "crm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create view contacts as from read_csv('{secret}')")
    held = company.held(a_mapping(files="*.duckdb", table="contacts"))
    assert held.startswith("database 'crm.duckdb' cannot be read (Permission Error")
    folder = tmp_path / "engine"
    folder.mkdir()
    from lead_warehouse.landing.database_source import file_source

    with DatabaseEngine(file_source(path, "x"), folder) as engine:
        for query in (
            "select * from source.contacts",
            f"select * from read_csv('{secret}')",
            f"attach '{tmp_path / 'new.db'}' as other",
            f"copy (select 1) to '{tmp_path / 'out.csv'}'",
            "set enable_external_access = true",
            "select getenv('HOME')",
            "delete from source.contacts",
        ):
            with pytest.raises(duckdb.Error):
                engine._engine.execute(query)


# What only one kind of database has


@pytest.fixture
def crm_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What runs statements in a DuckDB file that is database ``crm``."""
    path = tmp_path / "crm.duckdb"
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", f"duckdb:{path}")

    def run(statements: str) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(statements)

    return run


@pytest.mark.parametrize("kind", ["hugeint", "uhugeint", "bignum"])
def test_integers_of_more_than_64_bits_keep_all_their_digits(
    company: Company, crm_duckdb: Run, kind: str
) -> None:
    crm_duckdb(f"create table contacts (id {kind}, staff {kind}, seen {kind}[])")
    crm_duckdb(
        "insert into contacts values (9007199254740992, 1, null), (9007199254740993, 0, [1])"
    )
    mapping = a_mapping(
        {"lead_id": "id", "employee_count": "staff"}, decimal_mark=",", empty_values=["0"]
    )
    (account,) = company.land(mapping).accounts
    assert (account.held_because, account.accepted) == (None, 2)
    # What the mapping says of writing is for text, and these are numbers.
    assert company.rows("select lead_id, employee_count from raw.leads order by 1") == [
        ("9007199254740992", 1),
        ("9007199254740993", 0),
    ]
    listed = company.land(a_mapping({"lead_id": "id", "tech_stack": "seen"})).held
    assert "is of type list" in str(listed[0].held_because)


def test_a_table_that_goes_back_keeps_its_numbers(company: Company, crm_duckdb: Run) -> None:
    mapping = a_mapping({"lead_id": "id", "employee_count": "staff"}, empty_values=["0"])
    crm_duckdb("create table contacts as select 1 as id, 0::hugeint as staff")
    for staff in (1, 0, 1):
        company.land(mapping)
        crm_duckdb(f"update contacts set staff = {staff}")
    assert company.rows("select employee_count from raw.leads order by known_at") == [
        (0,),
        (1,),
        (0,),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("timetz '10:00:00+05'", "10:00:00+05"),
        ("'0101'::bit", "0101"),
        ("interval '1 day 1 microsecond'", "1 day 00:00:00.000001"),
        ("time_ns '10:00:00.123456789'", "10:00:00.123456789"),
        (
            "170141183460469231731687303715884105727::hugeint",
            "170141183460469231731687303715884105727",
        ),
    ],
)
def test_what_parquet_cannot_hold_lands_as_it_is_written(
    company: Company, crm_duckdb: Run, value: str, text: str
) -> None:
    crm_duckdb(f"create table contacts as select 1 as id, {value} as seen")
    company.land(a_mapping({"lead_id": "id", "industry": "seen"}))
    assert company.rows("select industry from raw.leads") == [(text,)]


def test_views_of_a_file_are_tables_too(
    company: Company, crm_duckdb: Run, sqlite_file: Path
) -> None:
    view = "create view recent as select * from contacts where id = 1"
    crm_duckdb(TABLE.format(**TYPES["duckdb"]))
    crm_duckdb(FIRST)
    # The catalog tells the columns of a view as they were when it was made.
    crm_duckdb(f"{view}; alter table contacts alter id type hugeint")
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute(view)
    one = a_mapping(table="recent").inputs[0]
    other = a_mapping(table="recent", files="**/*.sqlite").inputs[0]
    both = Mapping(version=1, inputs=[one, other.model_copy(update={"name": "site"})])
    assert [account.held_because for account in company.land(both).accounts] == [None, None]
    assert company.leads == as_texts(LANDED[:1] * 2)


def test_generated_columns_of_sqlite_are_columns(company: Company) -> None:
    with closing(sqlite3.connect(company.inputs / "crm.sqlite")) as connection:
        connection.executescript(
            "create table contacts (id integer, domain text as (id || '.example'), "
            "mail text as ('a@' || domain) stored); insert into contacts (id) values (1)"
        )
    columns = {"lead_id": "id", "email": "mail", "industry": "domain"}
    company.land(a_mapping(columns, **IN_FILES))
    assert company.rows("select lead_id, email, industry from raw.leads") == [
        ("1", "a@1.example", "1.example")
    ]


BAD_BYTES = ["ff41", "ff", "436166e9", "e94142434445464748494a4b4c4d4e4f50", "eda080", "fe005cff"]


@pytest.mark.parametrize("content", BAD_BYTES)
def test_fault_24_text_of_sqlite_that_is_no_utf_8_costs_its_row_alone(
    company: Company, content: str
) -> None:
    with closing(sqlite3.connect(company.inputs / "crm.sqlite")) as connection:
        connection.executescript(
            "create table contacts (id integer, mail text, staff integer, made text, seen text);"
            f"insert into contacts values (1, 'before', 1, null, cast(x'{content}' as text)),"
            "(2, 'a@b.example', 2, null, 'after'), (3, null, 3, null, 'Café \\xFF'), "
            f"(4, cast(x'{content}' as text), 4, null, 'unmapped')"
        )
    mapping = a_mapping({"lead_id": "id", "email": "mail", "employee_count": "staff"}, **IN_FILES)
    (account,) = company.land(mapping).accounts
    assert (account.held_because, account.accepted, account.quarantined) == (None, 3, 1)
    # Of a column that nobody maps, nothing is asked.
    assert company.rows("select lead_id, email, employee_count from raw.leads order by 1") == [
        ("1", "before", 1),
        ("2", "a@b.example", 2),
        ("3", None, 3),
    ]
    ((reason, raw),) = company.rows("select reason, raw_record from raw.quarantined_rows")
    assert reason == "bytes that are no UTF-8 in column 'mail'"
    record = json.loads(raw)
    assert (record["id"], record["seen"], record[UNREADABLE]) == ("4", "unmapped", ["mail"])
    assert duckdb.execute("select cast(? as blob)", [record["mail"]]).fetchone() == (
        bytes.fromhex(content),
    )


def test_fault_24_a_row_whose_text_was_mended_lands(company: Company) -> None:
    path = company.inputs / "crm.sqlite"

    def run(statements: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(statements)

    run(
        "create table contacts (id integer, mail text, seen text);"
        "insert into contacts values (1, cast(x'ff' as text), 'x'), (2, 'a', 'x')"
    )
    mapping = a_mapping({"lead_id": "id", "email": "mail"}, **IN_FILES)
    assert [one.quarantined for one in company.land(mapping).accounts] == [1]
    # A row that stays bad is quarantined once, whatever happens in columns that nobody maps.
    run("update contacts set seen = cast(x'ff' as text)")
    assert [(one.records, one.held_because) for one in company.land(mapping).accounts] == [
        (0, None)
    ]
    # Letters that spell the bytes are other letters than the bytes.
    run(r"update contacts set mail = '\xFF' where id = 1")
    assert [(one.accepted, one.quarantined) for one in company.land(mapping).accounts] == [(1, 0)]
    assert company.rows("select email from raw.leads order by lead_id") == [(r"\xFF",), ("a",)]


def test_a_column_may_not_be_named_as_the_one_of_a_snapshot(company: Company) -> None:
    with closing(sqlite3.connect(company.inputs / "crm.sqlite")) as connection:
        connection.execute(f'create table contacts (id integer, "{UNREADABLE}" text)')
    assert company.held(a_mapping({"lead_id": "id"}, **IN_FILES)).startswith(
        f"a column may not be named '{UNREADABLE}'"
    )


def a_database(company: Company, name: str, ids: range) -> None:
    with closing(sqlite3.connect(company.inputs / f"{name}.sqlite")) as connection:
        connection.execute(TABLE.format(**TYPES["sqlite"]))
        connection.executemany("insert into contacts (id) values (?)", [(i,) for i in ids])
        connection.commit()


def test_fault_16_a_database_file_of_a_series_is_held_too(company: Company) -> None:
    a_database(company, "crm_1", range(40))
    a_database(company, "crm_2", range(100, 101))
    assert company.land(a_mapping(**IN_FILES)).held == []
    a_database(company, "crm_3", range(200, 202))
    ((name, reason),) = [
        (one.file.file_name, one.held_because) for one in company.land(a_mapping(**IN_FILES)).held
    ]
    assert name == "crm_3.sqlite:contacts"
    assert str(reason).startswith("2 records where 20.5 are usual (median of 2 deliveries)")


def test_database_files_of_one_delivery_do_not_judge_each_other(company: Company) -> None:
    a_database(company, "crm_1", range(2))
    company.land(a_mapping(**IN_FILES))
    a_database(company, "crm_2", range(100, 140))
    a_database(company, "crm_3", range(200, 201))
    assert [one.held_because for one in company.land(a_mapping(**IN_FILES)).accounts] == [None] * 2


def test_tables_that_were_alike_at_first_land_what_changed(company: Company) -> None:
    def run(name: str, statements: str) -> None:
        with closing(sqlite3.connect(company.inputs / f"{name}.sqlite")) as connection:
            connection.executescript(statements)

    names = ("a", "b", "c")
    for name in names:
        run(name, TABLE.format(**TYPES["sqlite"]) + "; " + FIRST)
    mapping = a_mapping(**IN_FILES)
    accounts = company.land(mapping).accounts
    assert [account.records for account in accounts] == [2, 0, 0]
    assert company.land(mapping).accounts == []
    for i, name in enumerate(names, start=3):
        run(name, f"insert into contacts values ({i}, null, {i}, null, 'x')")
    assert [account.records for account in company.land(mapping).accounts] == [1, 1, 1]
    assert company.rows(
        "select file_name, lead_id from raw.leads where lead_id > '2' order by 2"
    ) == [(f"{name}.sqlite:contacts", str(i)) for i, name in enumerate(names, start=3)]
    at_once, received = company.everything(), company.received
    company.connection.close()
    company.connection = duckdb.connect()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Company, "received", received)
        company.land(mapping)
    assert company.everything() == at_once


def test_sqlite_values_are_read_whatever_the_column_says(company: Company) -> None:
    with closing(sqlite3.connect(company.inputs / "crm.sqlite")) as connection:
        connection.executescript(
            "create table contacts (id integer, mail text, staff integer, made datetime);"
            "insert into contacts values (1, 'a', 'many', '2024-01-05T10:00:00Z'),"
            "(2, 'b', 5.0, '2024-01-05'), (3, 7, '8', null)"
        )
    (account,) = company.land(a_mapping(**IN_FILES)).accounts
    assert (account.accepted, account.quarantined) == (1, 2)
    assert company.leads == [("3", "7", 8, None)]
    assert company.rows("select column_name, value from raw.quarantined_rows order by all") == [
        ("created_at", "2024-01-05"),
        ("employee_count", "many"),
    ]


@pytest.mark.parametrize("number", ["0.1", "1.1", "0.30000000000000004", "1e300", "123456.789"])
def test_sqlite_numbers_keep_all_their_digits(company: Company, number: str) -> None:
    with closing(sqlite3.connect(company.inputs / "crm.sqlite")) as connection:
        connection.execute("create table contacts (id text, value real)")
        connection.execute("insert into contacts values ('1', ?)", [float(number)])
        connection.commit()
    columns = {"interaction_id": "id", "lead_id": "id", "interaction_type": "id", "depth": "value"}
    table = {
        "table": "interactions",
        "columns": columns | {"occurred_at": {"constant": "2024-01-05 10:00:00"}},
    }
    one = {"name": "crm_leads", "tables": [table], **IN_FILES}
    company.land(Mapping.model_validate({"version": 1, "inputs": [one]}))
    assert company.rows("select depth from raw.interactions") == [(float(number),)]


def test_bytes_hold_the_table_only_where_they_are_mapped(
    company: Company, sqlite_file: Path
) -> None:
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.executescript("update contacts set seen = x'00ff' where id = 2")
    company.land(a_mapping(**IN_FILES))
    assert company.leads == as_texts(LANDED)
    mapping = a_mapping({"lead_id": "id", "industry": "seen"}, **IN_FILES)
    (account,) = company.land(mapping).held
    assert account.held_because == "column 'seen' holds bytes, not text; store it as text"


@pytest.fixture
def sales(
    company: Company, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Makes the schema ``sales`` anew by statements, as the database that the mapping names."""
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", postgres.address())

    def make(statements: str) -> None:
        postgres.run(f"drop schema if exists sales cascade; create schema sales; {statements}")

    return make


def test_postgresql_values_land_as_they_are(company: Company, sales: Callable[[str], None]) -> None:
    sales(
        "create type sales.mood as enum ('DE', 'FR');"
        'create table sales."Leads" (id uuid, "the ""mail" text, revenue numeric, '
        "big numeric(60, 2),"
        " made timestamptz, seen timestamp, tech text[], country sales.mood, photo bytea, "
        "whole sales.mood[], listed boolean);"
        "insert into sales.\"Leads\" values ('00000000-0000-0000-0000-000000000001', 'a', "
        "12345678901234.10, 1.10, '2024-01-05 10:00:00+02', '2024-05-05 10:00:00', "
        "'{SAP,Kafka}', 'FR', '\\x00ff', '{DE}', true)",
    )
    columns = {
        "lead_id": "id",
        "email": 'the "mail',
        "annual_revenue": "revenue",
        "revenue_currency": "big",
        "created_at": "made",
        "updated_at": "seen",
        "tech_stack": "tech",
        "country_code": "country",
        "is_listed": "listed",
    }
    mapping = a_mapping(columns, table="sales.Leads", time_zone="Europe/Paris")
    (account,) = company.land(mapping).accounts
    assert account.held_because is None
    assert company.rows("select column_name, value, reason from raw.quarantined_rows") == []
    assert company.rows(f"select {', '.join(columns)} from raw.leads") == [
        (
            "00000000-0000-0000-0000-000000000001",
            "a",
            Decimal("12345678901234.1000"),
            "1.10",
            datetime(2024, 1, 5, 8),
            datetime(2024, 5, 5, 8),
            "SAP;Kafka",
            "FR",
            True,
        )
    ]
    held = company.land(a_mapping({"lead_id": "photo"}, table="sales.Leads")).held
    assert str(held[0].held_because).startswith("column 'photo' is bytes, not text")


def test_numbers_of_postgresql_without_a_scale_are_no_text(
    company: Company, sales: Callable[[str], None]
) -> None:
    sales(
        "create domain sales.money as numeric; "
        "create domain sales.long as numeric(60, 2); create domain sales.total as sales.long;"
        "create table sales.contacts (id bigint, revenue numeric, big sales.money, "
        "seen time with time zone, huge sales.total);"
        "insert into sales.contacts values "
        "(1, 1.10, 9007199254740993.1, '10:00:00+05', 9007199254740993.1)"
    )
    columns = {
        "lead_id": "id",
        "annual_revenue": "revenue",
        "industry": "big",
        "email": "seen",
        "revenue_currency": "huge",
    }
    mapping = a_mapping(columns, table="sales.contacts", decimal_mark=",")
    company.land(mapping)
    assert company.rows(f"select {', '.join(columns)} from raw.leads") == [
        ("1", Decimal("1.1000"), "9007199254740993.1", "10:00:00+05", "9007199254740993.10")
    ]


def test_a_view_of_a_server_is_a_table_too(company: Company, sales: Callable[[str], None]) -> None:
    sales(
        "create view sales.contacts as select 1 as id, 'x' as mail, 2 as staff, "
        "timestamp '2024-01-05 10:00:00' as made",
    )
    company.land(a_mapping(table="sales.contacts"))
    assert company.leads == [("1", "x", 2, datetime(2024, 1, 5, 10))]


def test_a_table_that_may_not_be_read_is_held(
    company: Company,
    sales: Callable[[str], None],
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sales(
        "create table sales.contacts (id bigint, mail text, staff bigint, made timestamp);"
        "drop role if exists guest; create role guest login; "
        "grant usage on schema sales to guest",
    )
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", postgres.address("guest", CANARY))
    held = company.held(a_mapping(table="sales.contacts"))
    assert "permission denied for table contacts" in held
    assert CANARY not in held


def test_endless_instants_are_quarantined(company: Company, sales: Callable[[str], None]) -> None:
    sales(
        "create table sales.contacts (id bigint, mail text, staff bigint, made timestamp);"
        "insert into sales.contacts values (1, null, null, 'infinity')",
    )
    (account,) = company.land(a_mapping(table="sales.contacts")).accounts
    assert (account.accepted, account.quarantined) == (0, 1)


def test_extensions_come_from_their_packages(
    company: Company, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database_engine._EXTENSIONS, "sqlite", ("no_such_package", "x"))
    assert company.held(a_mapping(**IN_FILES)) == (
        "package no_such_package is not installed; run `make setup`"
    )


def test_changed_rows_land_wherever_they_stand_in_a_snapshot(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_reader, "BATCH_ROWS", 7)
    path = tmp_path / "crm.duckdb"
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", f"duckdb:{path}")
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLE.format(**TYPES["duckdb"]))
        connection.execute("insert into contacts select i, i, i, null, 'x' from range(60) r (i)")
    (first,) = company.land().accounts
    assert (first.records, first.accepted) == (60, 60)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update contacts set staff = -1 where id in (3, 40, 41, 59)")
    (second,) = company.land().accounts
    assert (second.held_because, second.records, second.accepted) == (None, 4, 4)
    changed = company.rows("select lead_id from raw.leads where employee_count = -1 order by 1")
    assert changed == [("3",), ("40",), ("41",), ("59",)]


def test_without_a_folder_no_database_is_asked(company: Company, database: Run) -> None:
    database(FIRST)
    assert company.land().accounts
    database("insert into contacts values (3, 'c@d.example', null, null, 'x')")
    landing = company.land(is_archive_alone=True)
    assert (landing.accounts, landing.unchanged) == ([], 1)
