"""Persons erased by law, on light states: nothing of them is left, and nobody comes back."""

import gzip
import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.erasure.erase import Plan, Who, erase, plan, resume
from lead_warehouse.erasure.key import KEY_FILE_VARIABLE, KEY_VARIABLE
from lead_warehouse.erasure.residue import find_residue
from lead_warehouse.errors import LeadWarehouseError, RunFailed, UserError
from lead_warehouse.failpoints import FAILPOINT, OF_ERASURES
from lead_warehouse.landing.deliveries import SETTLE_VARIABLE
from lead_warehouse.refresh.premises import CHANGED
from lead_warehouse.refresh.rollback import roll_back
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.erasures import Erasures
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.console import run
from tests.earlier import store_in_raw
from tests.killed import in_fork
from tests.light import MARTS, light_refresh, light_steps

KEY = "a key of tests, and of nothing else at all"
MAPPING = """
version: 1
inputs:
  - name: people
    files: people_*.csv
    encoding: cp1252
    delimiter: ";"
    tables:
      - table: leads
        columns:
          lead_id: Id
          email: Mail
          first_name: Prénom
          last_name: Nom
          phone: Tél
          contact_id: Contact
          created_at: {column: Made, format: "%Y-%m-%d"}
  - name: clicks
    files: clicks_*.jsonl.gz
    tables:
      - table: interactions
        columns:
          interaction_id: id
          lead_id: lead
          visitor_id: visitor
          interaction_type: {constant: click}
          occurred_at: at
  - name: merges
    files: merges.csv
    tables:
      - table: lead_merges
        columns: {merged_lead_id: gone, surviving_lead_id: stays, merged_at: at}
  - name: deals
    files: deals.parquet
    tables:
      - table: opportunities
        columns: {opportunity_id: id, lead_id: lead, opportunity_name: name,
                  status: status, amount: amount}
  - name: visits
    files: visits*.parquet
    tables:
      - table: interactions
        columns:
          interaction_id: id
          lead_id: lead
          interaction_type: {constant: page}
          occurred_at: at
"""
HEADER = "Id;Mail;Prénom;Nom;Tél;Contact;Made\r\n"
JANE = (
    "L-00001;Jane.Sömebody@Firm.example;Jane;Sömebody;+33 6 11 22 33 44;C-00001;2026-01-01\r\n",
    'L-00009;jane@home.example;Jane;"Sömebody\nsecond line";;C-00001;2026-01-02\r\n',
)
OTHERS = (
    "L-00002;b@firm.example;Bob;Other;+33 1 99 99 99 99;;2026-01-01\r\n",
    "L-000010;jane.s@firm.example;Jane;Somebodyelse;;;2026-01-03\r\n",
)
BROKEN = 'L-00003;c@firm.example;Al;"told by Jane Sömebody, jane@home.example;;;2026-01-03\r\n'
WORDS = [
    "L-00001",
    "L-00009",
    "jane.sömebody@firm",
    "jane@home.example",
    "Jane Sömebody",
    "Jane;Sömebody",
    "11 22 33 44",
    "v-00001",
    "C-00001",
]
"""What tells the person, in whatever case; ``L-000010`` is another lead's."""


@pytest.fixture(autouse=True)
def _with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv(SETTLE_VARIABLE, "0")
    monkeypatch.delenv(KEY_FILE_VARIABLE, raising=False)


def deliver(folder: Path) -> None:
    """Exports in every form that lands, each with the person in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yml").write_text(MAPPING)
    text = HEADER + JANE[0] + OTHERS[0] + "\r\n" + JANE[1] + OTHERS[1]
    (folder / "people_1.csv").write_bytes(text.encode("cp1252"))
    (folder / "people_2.csv").write_bytes((HEADER + BROKEN).encode("cp1252"))
    clicks = [
        {"id": "k1", "lead": "L-00001", "visitor": "v-00001", "at": "2026-01-05T10:00:00Z"},
        {"id": "k2", "lead": "L-00002", "visitor": "v-00002", "at": "2026-01-05T10:00:00Z"},
        {"id": "k3", "lead": None, "visitor": "v-00001", "at": "2026-01-04T10:00:00Z"},
    ]
    lines = "".join(f"{json.dumps(one)}\n" for one in clicks)
    (folder / "clicks_1.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "merges.csv").write_text(
        "gone,stays,at\nL-00009,L-00001,2026-01-06T00:00:00Z\nx,y,2026-01-06T00:00:00Z\n"
    )
    with duckdb.connect() as engine:
        engine.execute(
            f"""
            copy (select * from (values
                ('D-1', 'L-00001', 'for Jane Sömebody', 'open', 5),
                ('D-2', 'L-00002', 'b', 'won', 7)
            ) as deals (id, lead, name, status, amount)) to '{folder}/deals.parquet';
            copy (select * from (values
                ('p1', 'L-00002', timestamp '2026-01-05'), ('p2', 'L-00001', timestamp '2026-01-05')
            ) as visits (id, lead, "at")) to '{folder}/visits.parquet'
            """
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``exports`` and a ``state`` of two generations, with traces that runs left. To copy."""
    folder = tmp_path_factory.mktemp("erasure")
    before = os.environ.get(SETTLE_VARIABLE)
    os.environ[SETTLE_VARIABLE] = "0"
    try:
        with light_steps():
            deliver(folder / "exports")
            light_refresh(folder / "state", folder / "exports")
            (folder / "exports" / "people_3.csv").write_bytes(
                (HEADER + "L-00004;d@firm.example;Robert;Fourth;;;2026-01-01\r\n").encode("cp1252")
            )
            light_refresh(folder / "state", folder / "exports")
    finally:
        os.environ.pop(SETTLE_VARIABLE)
        if before is not None:
            os.environ[SETTLE_VARIABLE] = before
    state = StateDirectory(folder / "state")
    current = str(Generations(state).current_id())
    failures = state.run(current) / "failures"
    failures.mkdir(parents=True, exist_ok=True)
    (failures / "a_test.csv").write_text("lead_id,email\nL-00001,x\nL-00002,b@firm.example\n")
    (state.run(current) / "build.log").write_text("could not read 'L-00001' of v-00001\nnext\n")
    (state.run(current) / "rows.json.gz").write_bytes(gzip.compress(b'{"lead": "L-00001"}'))
    target = state.project / "target"
    target.mkdir(parents=True, exist_ok=True)
    (target / "run_results.json").write_text('{"message": "got L-00009, Jane Sömebody"}')
    ControlLedger(state.control).move(current, "published", "told of L-00001")
    (state.root / "building" / "spill").mkdir(parents=True)
    (state.root / "building" / "spill" / "page.tmp").write_bytes(b"\0L-00001\0")
    for name in (".erasing-gone", "20260101T000000-unread"):
        (state.generations / name).mkdir()
        (state.generations / name / "warehouse.duckdb").write_text("pages of L-00001;")
    (state.landing / "44").mkdir(exist_ok=True)
    (state.landing / "44" / f"{'4' * 64}.damaged").write_text("L-00001")
    (state.landing / "44" / ("4" * 64)).write_text("of a run that came to nothing: L-00001")
    return folder


@pytest.fixture
def state(prepared: Path, tmp_path: Path) -> StateDirectory:
    shutil.copytree(prepared / "exports", tmp_path / "exports")
    return StateDirectory(
        Path(shutil.copytree(prepared / "state", tmp_path / "state", symlinks=True))
    )


@pytest.fixture(scope="module")
def erased(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state from which the person was erased. To copy."""
    folder = tmp_path_factory.mktemp("erased")
    root = Path(shutil.copytree(prepared / "state", folder / "state", symlinks=True))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(KEY_VARIABLE, KEY)
        erase_jane(root, prepared / "exports")
    return root


@pytest.fixture
def after(state: StateDirectory, erased: Path) -> StateDirectory:
    """A state after the erasure, beside its exports."""
    shutil.rmtree(state.root)
    shutil.copytree(erased, state.root, symlinks=True)
    return state


@pytest.fixture
def exports(state: StateDirectory) -> Path:
    return state.root.parent / "exports"


def erase_jane(root: Path, exports: Path) -> Plan:
    return erase(StateDirectory(root), exports / "mapping.yml", Who(lead="L-00001"))


def residue(state: StateDirectory) -> list[str]:
    """Files with the person in them; the other lead's longer identifier does not count."""
    return find_residue(state.root, [*WORDS[1:], "L-00001,", "L-00001;", '"L-00001"', "L-00001 "])


def told(state: StateDirectory, sql: str, run_id: str | None = None) -> list[tuple[object, ...]]:
    with Generations(state).reading(run_id) as connection:
        return connection.execute(sql).fetchall()


ACCOUNTS = """
    select file_name, record_count, accepted_count, quarantined_count, blank_count, erased_count
    from raw.landed_files order by all
"""
LEADS = "select lead_id from marts.dim_leads order by all"
STAY = [("L-000010",), ("L-00002",), ("L-00004",)]


def test_fault_48_of_an_erased_person_nothing_is_left_in_any_form(
    state: StateDirectory, exports: Path
) -> None:
    assert len(residue(state)) > 8, "the scan sees what is there"
    found = erase_jane(state.root, exports)
    assert found.records == {"leads": 2, "interactions": 3, "lead_merges": 1}
    assert residue(state) == []
    assert KEY not in "".join(
        path.read_text() for path in Erasures(state).folder.rglob("*") if path.is_file()
    )
    for one in Generations(state).all():
        assert set(told(state, LEADS, one.run_id)) <= set(STAY)


def test_fault_48_records_of_others_stay_as_they_were(state: StateDirectory, exports: Path) -> None:
    everybody_else = (
        "select lead_id, email, first_name, phone, file_name, file_line from raw.leads "
        "where lead_id not in ('L-00001', 'L-00009') order by all"
    )
    before = told(state, everybody_else)
    erase_jane(state.root, exports)
    assert told(state, everybody_else) == before
    assert told(
        state, "select opportunity_id, lead_id, amount from raw.opportunities order by 1"
    ) == [
        ("D-1", None, 5),
        ("D-2", "L-00002", 7),
    ]
    assert told(state, "select merged_lead_id from raw.lead_merges") == [("x",)]
    assert told(state, ACCOUNTS) == [
        ("clicks_1.jsonl.gz", 3, 1, 0, 0, 2),
        ("deals.parquet", 2, 2, 0, 0, 0),
        ("merges.csv", 2, 1, 0, 0, 1),
        ("people_1.csv", 5, 2, 0, 1, 2),
        ("people_2.csv", 1, 0, 0, 0, 1),
        ("people_3.csv", 1, 1, 0, 0, 0),
        ("visits.parquet", 2, 1, 0, 0, 1),
    ]


def test_fault_48_generations_of_earlier_versions_lose_the_person_as_well(
    state: StateDirectory, exports: Path, erased: Path
) -> None:
    leads = "select lead_id, file_name, file_digest, file_line from raw.leads order by all"
    for one in Generations(state).all():
        one.database.chmod(0o600)
        with duckdb.connect(str(one.database)) as connection:
            store_in_raw(connection)
        one.database.chmod(0o444)
    assert len(residue(state)) > 8, "the scan sees what is there"
    erase_jane(state.root, exports)
    assert residue(state) == []
    as_stored_now = StateDirectory(erased)
    assert told(state, ACCOUNTS) == told(as_stored_now, ACCOUNTS)
    assert told(state, leads) == told(as_stored_now, leads)


def test_fault_48_what_is_delivered_again_brings_nobody_back(
    after: StateDirectory, exports: Path
) -> None:
    state = after
    with light_steps():
        again = light_refresh(state.root, exports)
        assert [one.file.file_name for one in again.accounts] == [], "the same files are known"
        assert again.is_published and CHANGED["erasures"] in again.built_because
        accounts = told(state, ACCOUNTS)
        (exports / "people_4.csv").write_bytes(
            (HEADER + OTHERS[0].replace("L-00002", "L-00011") + "".join(JANE) + BROKEN).encode(
                "cp1252"
            )
        )
        # Under another identifier, by the address alone, with a tag and in other case.
        (exports / "people_5.csv").write_bytes(
            (HEADER + "N-00005;JANE+new@home.example;J;S;;;2026-02-01\r\n").encode("cp1252")
        )
        report = light_refresh(state.root, exports)
    assert [(one.records, one.accepted, one.erased) for one in report.accounts] == [
        (4, 1, 3),
        (1, 0, 1),
    ]
    assert told(state, ACCOUNTS)[: len(accounts)][0] == accounts[0]
    assert residue(state) == []
    assert find_residue(state.root, ["N-00005"]) == []
    assert told(state, LEADS) == sorted([*STAY, ("L-00011",)])
    with light_steps():
        assert light_refresh(state.root, exports).accounts == []


def test_fault_48_landed_anew_from_the_archive_it_is_the_same(
    after: StateDirectory, exports: Path
) -> None:
    state = after
    before = told(state, ACCOUNTS)
    leads = told(state, "select lead_id, file_line from raw.leads order by all")
    mapping = exports / "mapping.yml"
    # Another mapping of every input has all files land again.
    mapping.write_text(
        mapping.read_text().replace("    tables:", "    empty_values: [nil]\n    tables:")
    )
    with light_steps():
        light_refresh(state.root, exports)
    assert told(state, ACCOUNTS) == before
    assert told(state, "select lead_id, file_line from raw.leads order by all") == leads


@pytest.mark.parametrize("failpoint", OF_ERASURES)
def test_fault_48_killed_at_any_point_the_next_refresh_carries_it_on(
    state: StateDirectory, exports: Path, failpoint: str
) -> None:
    os.environ[FAILPOINT] = failpoint
    try:
        code = in_fork(partial(erase_jane, state.root, exports))
    finally:
        del os.environ[FAILPOINT]
    assert code == -signal.SIGKILL
    # Readers see one whole generation, with the person or without.
    leads = [lead for (lead,) in told(state, LEADS)]
    others = [lead for (lead,) in STAY]
    assert leads in (others, sorted([*others, "L-00001", "L-00009"]))
    if failpoint == "erasing_generation":
        with light_steps():
            report = light_refresh(state.root, exports)
        assert report.state == "published"
        assert report.reconciled[-1].startswith("erasures carried out")
    else:
        assert resume(state, exports / "mapping.yml")
    assert residue(state) == []
    assert told(state, LEADS) == STAY
    assert [one[5] for one in told(state, ACCOUNTS)] == [2, 0, 1, 2, 1, 0, 1]
    assert list(state.generations.glob(".erasing-*")) == []


def restored(state: StateDirectory, prepared: Path, what: str) -> None:
    """Put parts of the state from before back, as an operator would from a backup."""
    for path in (prepared / "state").glob(what):
        target = state.root / path.relative_to(prepared / "state")
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, target, symlinks=True)
        else:
            shutil.copy2(path, target, follow_symlinks=False)


@pytest.mark.parametrize("what", ["*", "generations", "landing", "control.sqlite", "runs"])
def test_fault_49_of_a_copy_restored_the_tombstones_are_replayed_first(
    after: StateDirectory, exports: Path, prepared: Path, what: str
) -> None:
    state = after
    restored(state, prepared, what)
    with light_steps():
        report = light_refresh(state.root, exports)
    assert report.state == "published"
    if what == "runs":
        # Logs alone say nothing of when they are from: whoever restores them says so.
        assert resume(state, exports / "mapping.yml")
    assert residue(state) == []
    assert told(state, LEADS) == STAY


def test_fault_49_a_restored_generation_is_shown_to_nobody_until_then(
    after: StateDirectory, exports: Path, prepared: Path
) -> None:
    state = after
    restored(state, prepared, "generations")
    with pytest.raises(LeadWarehouseError, match="erase --resume"):
        told(state, LEADS)
    with pytest.raises(LeadWarehouseError, match="erase --resume"):
        roll_back(state, None)
    assert resume(state, exports / "mapping.yml")
    assert residue(state) == []
    assert told(state, LEADS) == STAY


def test_a_plan_changes_nothing_and_needs_no_key(
    state: StateDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    before = sorted((path, path.stat().st_mtime_ns) for path in state.root.rglob("*"))
    found = plan(state, Who(lead="L-00001"))
    assert found.records == {"leads": 2, "interactions": 3, "lead_merges": 1}
    assert sorted((path, path.stat().st_mtime_ns) for path in state.root.rglob("*")) == before


def test_without_the_key_nothing_is_erased_and_nothing_lands(
    state: StateDirectory, exports: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(UserError, match=f"{KEY_VARIABLE} is not set"):
        erase_jane(state.root, exports)
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(UserError, match="shorter than 32"):
        erase_jane(state.root, exports)
    assert not Erasures(state).folder.exists()
    monkeypatch.delenv(KEY_VARIABLE)
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv(KEY_FILE_VARIABLE, str(tmp_path / "key"))
    erase_jane(state.root, exports)
    monkeypatch.delenv(KEY_FILE_VARIABLE)
    with light_steps(), pytest.raises(UserError, match=f"{KEY_VARIABLE} is not set"):
        light_refresh(state.root, exports)
    monkeypatch.setenv(KEY_VARIABLE, KEY + "other")
    with light_steps(), pytest.raises(UserError, match="not the one"):
        light_refresh(state.root, exports)


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        (Who(email=" JANE@home.example "), {"L-00001", "L-00009"}),
        (Who(lead="L-00009"), {"L-00001", "L-00009"}),
        (Who(lead="L-00002"), {"L-00002"}),
    ],
)
def test_all_records_of_a_person_are_found(
    state: StateDirectory, asked: Who, leads: set[str], with_identities: None
) -> None:
    assert plan(state, asked).persons.ids["lead"] == leads


@pytest.fixture
def with_identities(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the models say of who is one person, which light states have not."""
    monkeypatch.setattr(
        "lead_warehouse.erasure.erase._groups",
        lambda connection: {"L-00001": "L-00001", "L-00009": "L-00001", "L-00002": "L-00002"},
    )
    yield


def test_nobody_known_and_an_address_of_several_are_told(
    state: StateDirectory, exports: Path
) -> None:
    with pytest.raises(UserError, match="no lead has that identifier"):
        plan(state, Who(lead="nobody"))
    with pytest.raises(UserError, match="no record has that address"):
        plan(state, Who(email="nobody@firm.example"))
    (exports / "people_6.csv").write_bytes(
        (HEADER + "L-00006;b@firm.example;Cy;Third;;;2026-01-01\r\n").encode("cp1252")
    )
    with light_steps():
        light_refresh(state.root, exports)
    with pytest.raises(UserError, match="2 persons share the address"):
        plan(state, Who(email="b@firm.example"))


def test_nobody_is_purged_before_anybody_is_known_to_be_due(state: StateDirectory) -> None:
    with pytest.raises(UserError, match="refresh once before you purge"):
        plan(state, Who(is_due=True))


def test_an_address_that_others_have_stays_theirs(state: StateDirectory, exports: Path) -> None:
    (exports / "people_6.csv").write_bytes(
        (HEADER + "L-00006;b@firm.example;Cy;Third;;;2026-01-01\r\n").encode("cp1252")
    )
    with light_steps():
        light_refresh(state.root, exports)
        found = erase(state, exports / "mapping.yml", Who(lead="L-00006"))
        assert found.shared == 1
        light_refresh(state.root, exports)
    assert ("L-00002",) in told(state, LEADS)
    assert find_residue(state.root, ["L-00006", "Cy;Third", "Cy Third"]) == []


def test_the_console_says_what_would_go_and_erases_only_when_told(
    state: StateDirectory, exports: Path
) -> None:
    where = ("--state", state.root, "--mapping", exports / "mapping.yml")
    ended = run("erase", "--email", "jane@home.example", *where)
    assert ended.returncode == 0
    assert "1 person(s) would go, with 2 lead record(s), from 2 generation(s)" in ended.stdout
    assert "add --yes" in ended.stdout
    assert told(state, "select count(*) from marts.dim_leads") == [(5,)]
    ended = run("erase", "--lead", "L-00001", "--email", "x", *where)
    assert (ended.returncode, "one of the two" in ended.stderr) == (2, True)
    ended = run("purge", *where)
    assert (ended.returncode, "--due" in ended.stderr) == (2, True)
    ended = run("erase", "--email", "jane@home.example", "--yes", *where)
    assert (ended.returncode, "1 person(s) erased" in ended.stdout) == (0, True)
    assert residue(state) == []
    ended = run("erase", "--resume", *where)
    assert (ended.returncode, "erasures carried out" in ended.stdout) == (0, True)


def archived_rows(state: StateDirectory, column: str) -> list[list[str]]:
    """Values of a column in each Parquet file of the archive that has it."""
    found = []
    with duckdb.connect() as engine:
        for path in state.landing.glob("*/*"):
            with path.open("rb") as file:
                if file.read(4) != b"PAR1":
                    continue
            reader = engine.execute(f"select * from read_parquet('{path}')")
            names = [described[0] for described in reader.description or []]
            if column in names:
                at = names.index(column)
                found.append([row[at] for row in reader.fetchall()])
    return sorted(found)


def test_rows_behind_one_that_went_are_found_by_where_they_are_now(
    state: StateDirectory, exports: Path
) -> None:
    """One person after the other goes from the same file of rows; the others' rows stay."""
    with duckdb.connect() as engine:
        engine.execute(
            f"""
            copy (select * from (values
                ('v1', 'L-00001', timestamp '2026-01-07'),
                ('v2', 'L-00002', timestamp '2026-01-07'),
                ('v3', 'L-00004', timestamp '2026-01-07'),
                ('v4', 'L-000010', timestamp '2026-01-07')
            ) as visits (id, lead, "at")) to '{exports}/visits_2.parquet'
            """
        )
    with light_steps():
        light_refresh(state.root, exports)
    erase_jane(state.root, exports)
    erase(state, exports / "mapping.yml", Who(lead="L-00004"))
    left = "select interaction_id, file_line from raw.interactions where input_name = 'visits' "
    assert told(state, left + "order by all") == [("p1", 1), ("v2", 1), ("v4", 2)]
    assert archived_rows(state, "at") and archived_rows(state, "id")[1:] == [["p1"], ["v2", "v4"]]


TABLE = """
  - name: cards
    database: crm
    table: cards
    tables:
      - table: leads
        columns: {lead_id: id, email: mail, first_name: first, created_at: made}
"""
CARDS = """
create table cards (id text, mail text, first text, made text);
insert into cards values
    ('T-00001', 'ann.card@firm.example', 'Annie', '2026-01-01 10:00:00'),
    ('T-00002', 't2@firm.example', 'Tom', '2026-01-01 10:00:00'),
    ('T-00003', 't3@firm.example', 'Tim', '2026-01-01 10:00:00');
"""
CARD_ROWS = "select lead_id, first_name from raw.leads where input_name = 'cards' order by all"


def test_fault_48_of_a_table_every_snapshot_loses_the_person(
    state: StateDirectory, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot holds what changed since the one before it, which it names by its digest."""
    crm = tmp_path / "crm.sqlite"
    monkeypatch.setenv("LEAD_WAREHOUSE_SOURCE_CRM", f"sqlite:{crm}")
    mapping = exports / "mapping.yml"
    mapping.write_text(mapping.read_text() + TABLE)

    def change(statements: str) -> None:
        with closing(sqlite3.connect(crm)) as connection:
            connection.executescript(statements)
        with light_steps():
            light_refresh(state.root, exports)

    change(CARDS)
    change("update cards set first = 'Thomas' where id = 'T-00002'")
    change("update cards set first = 'Annette' where id = 'T-00001'")
    others = [("T-00002", "Thomas"), ("T-00002", "Tom"), ("T-00003", "Tim")]
    assert told(state, CARD_ROWS) == [("T-00001", "Annette"), ("T-00001", "Annie"), *others]

    words = ["T-00001", "ann.card@firm", "Annette", "Annie"]
    assert len(find_residue(state.root, words)) > 3
    assert erase(state, mapping, Who(lead="T-00001")).records["leads"] >= 2
    assert told(state, CARD_ROWS) == others
    assert find_residue(state.root, words) == []
    # The database still has the row: it is let in no more, and what changes beside it is.
    change("update cards set first = 'Anny' where id = 'T-00001'")
    change("update cards set first = 'Timothy' where id = 'T-00003'")
    assert told(state, CARD_ROWS) == [*others, ("T-00003", "Timothy")]
    assert find_residue(state.root, words) == []


OUTDATED = """
create schema if not exists intermediate;
create or replace view intermediate.int_interactions_outdated as
select interaction_id, lead_id, input_name, file_digest, file_line from raw.interactions
where occurred_at < '2026-01-05 09:00';
create or replace table intermediate.int_interactions_attributed as
select interaction_id, lead_id from raw.interactions;
create or replace table marts.rpt_retention_due (lead_id varchar, is_due boolean);
"""


@pytest.fixture
def outdated(
    state: StateDirectory, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> StateDirectory:
    """A state in which three of five visits may be kept no longer, one of them nobody's."""
    monkeypatch.setattr("tests.light.MARTS", MARTS + OUTDATED)
    with light_steps():
        (exports / "people_6.csv").write_bytes(HEADER.encode("cp1252"))
        light_refresh(state.root, exports)
    return state


def test_visits_whose_time_is_over_go_whoever_they_are_of(
    outdated: StateDirectory, exports: Path
) -> None:
    state, mapping = outdated, exports / "mapping.yml"
    leads = told(state, LEADS)
    found = plan(state, Who(is_due=True))
    assert (found.outdated_count, found.person_count) == (3, 0)
    before = state.root.parent / "before"
    shutil.copytree(state.generations, before, symlinks=True)
    assert erase(state, mapping, Who(is_due=True)).outdated_count == 3
    ids = "select interaction_id from {} order by all"
    for relation in ("raw.interactions", "intermediate.int_interactions_attributed"):
        assert told(state, ids.format(relation)) == [("k1",), ("k2",)]
    assert told(state, LEADS) == leads
    assert plan(state, Who(is_due=True)).outdated_count == 0
    assert archived_rows(state, "at") == [[]]
    # A copy of the generations that somebody restores loses them again.
    shutil.rmtree(state.generations)
    shutil.copytree(before, state.generations, symlinks=True)
    assert resume(state, mapping)
    assert told(state, ids.format("raw.interactions")) == [("k1",), ("k2",)]
    # From the archive, by another mapping, they do not come back either.
    mapping.write_text(
        mapping.read_text().replace("    tables:", "    empty_values: [nil]\n    tables:")
    )
    with light_steps():
        light_refresh(state.root, exports)
    assert told(state, ids.format("raw.interactions")) == [("k1",), ("k2",)]


def test_visits_of_a_file_that_tells_more_stay_and_are_told(
    outdated: StateDirectory, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = """
        insert into landed.files (file_id, input_name) values (-1, 'clicks'), (-2, 'no visits');
        insert into landed.sales_costs (file_id) values (-1);
        insert into landed.consents (file_id) values (-2);
    """
    monkeypatch.setattr("tests.light.MARTS", MARTS + OUTDATED + other)
    with light_steps():
        light_refresh(outdated.root, exports, full_refresh=True)
    found = plan(outdated, Who(is_due=True), exports / "mapping.yml")
    assert (found.outdated_count, found.left) == (2, {"clicks": 1})


def test_the_console_says_how_many_visits_would_go(outdated: StateDirectory, exports: Path) -> None:
    where = ("--state", outdated.root, "--mapping", exports / "mapping.yml")
    ended = run("purge", "--due", *where)
    assert ended.returncode == 0
    assert "3 record(s) of tracked interactions would go" in ended.stdout
    assert "add --yes" in ended.stdout
    ended = run("purge", "--due", "--yes", *where)
    assert (ended.returncode, "interactions erased" in ended.stdout) == (0, True)
    assert "nothing to erase" in run("purge", "--due", *where).stdout


def test_an_erasure_that_the_disk_has_no_room_for_does_not_begin(
    state: StateDirectory, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lead_warehouse.refresh.room.room_left", lambda root: 1 << 20)
    with pytest.raises(RunFailed, match=r"an erasure needs about \d+ MB .* 1 MB are free.* --keep"):
        erase_jane(state.root, exports)
    assert Erasures(state).ids() == []
    assert len(residue(state)) > 8
    monkeypatch.setenv("LEAD_WAREHOUSE_ROOM", "0")
    erase_jane(state.root, exports)
    assert residue(state) == []
