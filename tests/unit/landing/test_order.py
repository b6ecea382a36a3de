"""Files in any order, in any number of landings, give the same warehouse."""

import random
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import land
from lead_warehouse.mapping import Mapping

NOW = datetime(2024, 6, 1, 12)

MAPPING = Mapping.model_validate(
    {
        "version": 1,
        # Whether a file seems whole depends on what came before it.
        "completeness": {"min_share": 0, "when_empty": "accept"},
        "inputs": [
            {
                "name": "crm",
                "files": "leads_*.csv",
                "tables": [
                    {
                        "table": "leads",
                        "columns": {
                            "lead_id": "id",
                            "email": "mail",
                            "employee_count": "staff",
                            "updated_at": "at",
                        },
                    }
                ],
            },
            {
                "name": "site",
                "files": "events_*.csv",
                "known_at": "known",
                "tables": [
                    {
                        "table": "interactions",
                        "columns": {
                            "interaction_id": "id",
                            "interaction_type": "kind",
                            "occurred_at": "at",
                        },
                    }
                ],
            },
        ],
    }
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The tables that the mapping feeds, and no other: a landing then takes milliseconds."""
    whole = load_contract()
    tables = {name: whole.tables[name] for name in ("leads", "interactions")}
    return whole.model_copy(update={"tables": tables})


day = st.integers(1, 28).map(lambda n: f"2024-05-{n:02}")
lead = st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x@y.example"]), st.just("3"), day)
bad_lead = st.tuples(st.sampled_from("abc"), st.just(""), st.just("many"), day)
event = st.tuples(st.sampled_from("uvw"), st.just("page"), day, st.sampled_from(["", "2024-05-30"]))
late_event = st.tuples(st.just("w"), st.just("page"), st.just("2031-01-01"), st.just(""))


def file_of(header: str, rows: Any) -> Any:
    return st.lists(rows, max_size=4).map(
        lambda found: "\n".join([header, *map(",".join, found)]).encode() + b"\n"
    )


files = st.lists(
    st.tuples(st.just("leads"), file_of("id,mail,staff,at", lead | bad_lead))
    | st.tuples(st.just("events"), file_of("id,kind,at,known", event | late_event)),
    min_size=1,
    max_size=6,
)


class Deliveries:
    """One warehouse that files are delivered to, batch after batch."""

    def __init__(self, folder: Path, contract: Contract):
        self._folder = folder
        self._contract = contract
        self._connection = duckdb.connect()
        (folder / "in").mkdir(parents=True)

    def deliver(self, batch: dict[str, bytes]) -> None:
        for name, content in batch.items():
            (self._folder / "in" / name).write_bytes(content)
        land(
            self._connection,
            self._contract,
            MAPPING,
            input_dir=self._folder / "in",
            archive=Archive(self._folder / "archive"),
            received=[],
            now=NOW,
            scratch=self._folder / "scratch",
            progress=lambda _: None,
        )

    def tables(self) -> dict[str, Counter[Any]]:
        """Each raw table as a multiset; under which name a file came twice is no content."""
        names = ["leads", "interactions", "quarantined_rows", "landed_files", "landed_tables"]
        return {
            name: Counter(
                self._connection.execute(
                    f"select columns(c -> c <> 'file_name') from raw.{name}"
                ).fetchall()
            )
            for name in names
        }

    def latest(self) -> list[Any]:
        """What is known of each key in the end, by time and then by content."""
        return self._connection.execute(
            "select lead_id, max_by((email, employee_count), (known_at, updated_at, file_digest, "
            "file_line)) from raw.leads group by all order by all"
        ).fetchall()

    def close(self) -> None:
        self._connection.close()


@given(files, st.integers(0, 2**32 - 1), st.integers(1, 3))
@settings(max_examples=30, deadline=None)
@example(
    [
        ("leads", b"id,mail,staff,at\na,,3,2024-05-02\n"),
        ("leads", b"id,mail,staff,at\na,x@y.example,3,2024-05-01\n"),
        ("leads", b"id,mail,staff,at\na,,3,2024-05-02\n"),
    ],
    0,
    3,
)
def test_files_in_any_order_and_any_batches_give_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory,
    contract: Contract,
    found: list[tuple[str, bytes]],
    seed: int,
    batch_count: int,
) -> None:
    folder = tmp_path_factory.mktemp("order")
    named = {f"{kind}_{n}.csv": content for n, (kind, content) in enumerate(found)}
    at_once = Deliveries(folder / "at_once", contract)
    at_once.deliver(named)

    rng = random.Random(seed)
    numbers = rng.sample(range(len(found)), len(found))
    shuffled = [
        (f"{kind}_{n}.csv", content) for n, (kind, content) in zip(numbers, found, strict=True)
    ]
    rng.shuffle(shuffled)
    in_batches = Deliveries(folder / "in_batches", contract)
    for start in range(batch_count):
        in_batches.deliver(dict(shuffled[start::batch_count]))

    assert in_batches.tables() == at_once.tables()
    assert in_batches.latest() == at_once.latest()
    at_once.close()
    in_batches.close()
