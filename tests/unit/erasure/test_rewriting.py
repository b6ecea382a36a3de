"""Delivered files without some records: every other record stays, on its line."""

import gzip
import hashlib
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.contract import load_contract
from lead_warehouse.erasure.rewriting import Rewriter, Wanted
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.blocks import read_blocks
from lead_warehouse.landing.bytestream import read_chunks
from lead_warehouse.landing.conservation import Coverage
from lead_warehouse.landing.framing import Framer
from lead_warehouse.mapping import Input
from lead_warehouse.state.erasures import Rewritten

TABLES = [{"table": "leads", "columns": {"lead_id": "id"}}]


def an_input(pattern: str = "a.csv", **settings: object) -> Input:
    return Input.model_validate({"name": "a", "files": pattern, "tables": TABLES, **settings})


def kept(folder: Path, content: bytes) -> tuple[Archive, str]:
    archive = Archive(folder)
    digest = hashlib.sha256(content).hexdigest()
    archive.path(digest).parent.mkdir(parents=True, exist_ok=True)
    archive.path(digest).write_bytes(content)
    return archive, digest


def rewrite(
    folder: Path,
    content: bytes,
    wanted: Wanted,
    one: Input | None,
    renamed: dict[str, str] | None = None,
) -> tuple[Rewritten, bytes] | None:
    archive, digest = kept(folder, content)
    done = Rewriter(archive, load_contract()).rewrite(one, digest, wanted, renamed or {})
    if done is None:
        return None
    return done, archive.path(done.digest).read_bytes()


class _Records:
    """A sink that keeps each record with its line."""

    def __init__(self) -> None:
        self.found: dict[int, bytes] = {}

    def accept(self, line: int, offset: int, record: bytes) -> None:
        self.found[line] = record

    def accept_whole(self, block: object, found: object) -> None:
        starts, ends = found.starts, found.ends  # type: ignore[attr-defined]
        for first, start, end in zip(found.first_lines, starts, ends, strict=True):  # type: ignore[attr-defined]
            line = int(block.first_line + first)  # type: ignore[attr-defined]
            self.found[line] = block.text[int(start) : int(end)]  # type: ignore[attr-defined]

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None:
        self.found[line] = record


def records(path: Path) -> dict[int, bytes]:
    sink = _Records()
    framer = Framer(",", 2, Coverage(), 1)
    framer.send_to(sink)
    for block in read_blocks(read_chunks(path, "utf-8")):
        framer.take(block)
    framer.finish()
    return sink.found


CELLS = st.text(alphabet='ab,"\n é', max_size=6)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12),
    newline=st.sampled_from(["\n", "\r\n"]),
    chosen=st.sets(st.integers(0, 11)),
)
def test_records_that_are_not_meant_stay_on_their_lines(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    newline: str,
    chosen: set[int],
) -> None:
    folder = tmp_path_factory.mktemp("rewriting")
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    content = f"id,name{newline}{newline.join(quoted)}".encode()
    path = folder / "before"
    path.write_bytes(content)
    before = records(path)
    lines = sorted(before)
    gone = {lines[index] for index in chosen if index < len(lines)}
    done = rewrite(folder, content, Wanted(frozenset(gone)), an_input())
    if not gone:
        assert done is None
        return
    assert done is not None
    told, after = done
    path.write_bytes(after)
    assert records(path) == {line: one for line, one in before.items() if line not in gone}
    assert told.erased == len(gone)
    assert told.blank_lines == sum(before[line].count(b"\n") + 1 for line in gone)
    assert after.count(b"\n") == content.count(b"\n")


def test_a_malformed_record_that_names_somebody_goes_and_an_accepted_one_loses_the_word(
    tmp_path: Path,
) -> None:
    content = b'id,name\nx,see L-00001\ny,"broken L-00001\nz,fine\n'
    done = rewrite(tmp_path, content, Wanted(words=("L\\-00001",), is_landed=True), an_input())
    assert done is not None
    assert done[1] == b"id,name\nx,see \n\nz,fine\n"
    assert (done[0].erased, done[0].blank_lines) == (1, 1)


def test_words_are_found_whole_and_in_any_case(tmp_path: Path) -> None:
    content = b"id,name\na,xL-00001\nb,L-000012\nc,l-00001\nd,me.l-00001\n"
    done = rewrite(tmp_path, content, Wanted(words=("L\\-00001",), is_landed=True), an_input())
    assert done is not None
    assert done[1] == b"id,name\na,xL-00001\nb,L-000012\nc,\nd,me.l-00001\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_file_keeps_its_encoding_and_packing(tmp_path: Path, encoding: str) -> None:
    text = "id,name\na,Zoé\nb,Noël\n"
    content = gzip.compress(text.encode(encoding))
    done = rewrite(
        tmp_path, content, Wanted(frozenset({2})), an_input("a.csv.gz", encoding=encoding)
    )
    assert done is not None
    assert gzip.decompress(done[1]).decode(encoding) == "id,name\n\nb,Noël\n"


def test_json_stays_json(tmp_path: Path) -> None:
    content = b'{"id": "a", "of": 12345678}\n{"id": 12345678}\n{"id": "12345678"}\n'
    done = rewrite(
        tmp_path,
        content,
        Wanted(frozenset({2}), words=("12345678",), is_landed=True),
        an_input("a.jsonl"),
    )
    assert done is not None
    assert done[1] == b'{"id": "a", "of": null}\n\n{"id": ""}\n'


def test_of_a_file_that_no_mapping_knows_lines_go(tmp_path: Path) -> None:
    content = b"anything L-00001 here\nand there\n"
    done = rewrite(tmp_path, content, Wanted(words=("L\\-00001",)), None)
    assert done is not None
    assert done[1] == b"\nand there\n"


def test_rows_of_parquet_go_and_what_a_snapshot_follows_is_named_anew(tmp_path: Path) -> None:
    source = tmp_path / "a.parquet"
    with duckdb.connect() as engine:
        engine.execute(
            f"copy (select * from (values ('a', 1.50::decimal(9, 2)), ('b', 2), ('c', 3)) "
            f"as rows (id, amount)) to '{source}' (format parquet, "
            "kv_metadata {follows: 'before', other: 'kept'})"
        )
    done = rewrite(
        tmp_path / "archive",
        source.read_bytes(),
        Wanted(frozenset({2})),
        an_input("a.parquet"),
        {"before": "after"},
    )
    assert done is not None
    source.write_bytes(done[1])
    with duckdb.connect() as engine:
        rows = engine.execute(f"select id, amount::varchar from '{source}'").fetchall()
        said = dict(
            engine.execute(
                f"select decode(key), decode(value) from parquet_kv_metadata('{source}')"
            ).fetchall()
        )
    assert rows == [("a", "1.50"), ("c", "3.00")]
    assert said == {"follows": "after", "other": "kept"}
    assert done[0].erased == 1
