"""Whatever is delivered as CSV, each of its bytes is accounted for, through the real loader."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_warehouse.landing import bytestream, framing, sinks
from lead_warehouse.landing.casting import BLANKS
from tests.any_bytes import any_bytes
from tests.unit.landing.test_load_file import PAIRS, Warehouse, an_input, figures

LOOKS_LIKE_RECORDS = "a quoted value holds lines that look like records"
ENCODINGS = ["utf-8", "latin-1", "cp1252", "utf-16"]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path_factory.mktemp("pairs"), PAIRS)
    yield made
    made.connection.close()


def load(pairs: Warehouse, content: bytes, **settings: Any) -> Any:
    pairs.connection.execute("delete from landed.pairs; delete from raw.quarantined_rows")
    one = an_input({"table": "pairs", "columns": {"a": "a", "b": "b", "n": "n"}}, **settings)
    return pairs.load(content, one)


@dataclass
class Delivery:
    """A file in some dress: the same cells, however they are written."""

    rows: list[list[str]]
    delimiter: str
    encoding: str
    newline: str
    has_mark: bool
    is_packed: bool
    quoting: Any

    @property
    def content(self) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(
            text, delimiter=self.delimiter, quoting=self.quoting, lineterminator=self.newline
        )
        writer.writerows([["a", "b", "n"], *self.rows])
        mark = "\ufeff" if self.has_mark and self.encoding == "utf-8" else ""
        written = (mark + text.getvalue()).encode(self.encoding)
        return gzip.compress(written) if self.is_packed else written


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    encoding = draw(st.sampled_from(ENCODINGS))
    characters = st.sampled_from(list("ab1,;|\"'\n\r \té")) | st.characters(
        codec=encoding, exclude_categories=["Cs"], exclude_characters="\0\ufeff"
    )
    cell = st.text(characters, max_size=8)
    number = st.sampled_from(["", "7", "x", "-3"])
    # Python writes a row of one empty cell only; the first cell is never empty.
    rows = draw(st.lists(st.tuples(cell.filter(str.strip), cell, number).map(list), max_size=6))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    # Python quotes a newline only where it ends lines with it.
    newline = "\r\n" if quoting == csv.QUOTE_MINIMAL else draw(st.sampled_from(["\n", "\r\n"]))
    return Delivery(
        rows,
        draw(st.sampled_from([",", ";", "|", "\t"])),
        encoding,
        newline,
        draw(st.booleans()),
        draw(st.booleans()),
        quoting,
    )


def as_landed(cell: str) -> str | None:
    """What a text cell is in the warehouse: null when blank, newlines as line feeds."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return cell if cell.strip(BLANKS) else None


@given(deliveries(), st.integers(1, 64), st.sampled_from([2, 1 << 20]))
@settings(max_examples=80, deadline=None)
def test_well_formed_records_land_as_python_s_csv_module_reads_them(
    pairs: Warehouse, delivery: Delivery, chunk_bytes: int, batch_records: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bytestream, "CHUNK_BYTES", 2 * chunk_bytes)
        patch.setattr(sinks, "BATCH_RECORDS", batch_records)
        account = load(
            pairs, delivery.content, delimiter=delivery.delimiter, encoding=delivery.encoding
        )
    assert account.held_because is None
    set_aside = pairs.column("select reason from raw.quarantined_rows where table_name is null")
    assert set(set_aside) <= {LOOKS_LIKE_RECORDS}
    bad = [row for row in delivery.rows if row[2] == "x"]
    assert account.records == len(delivery.rows)
    assert account.blank == 0
    assert account.accepted + account.quarantined == account.records
    assert account.quarantined <= len(bad) + len(set_aside)
    found = Counter(pairs.rows("select a, b, n from raw.pairs"))
    expected = Counter(
        (as_landed(a), as_landed(b), int(n) if n else None) for a, b, n in delivery.rows if n != "x"
    )
    assert found <= expected
    if not set_aside:
        assert found == expected


RECORDS = [b"1,b,2\n", b'"2","d, ""e""",3\n', b'3,"f\ng",4\r\n', b'4,"h\n', b'i",5\n', b"5,j\n"]
RECORDS += [b"6,,x\n", b"7,k,,\n"]
bodies = any_bytes(RECORDS, most=30)


@given(bodies, st.integers(1, 40), st.sampled_from([1, 3, 1 << 20]), st.sampled_from([12, 1 << 20]))
@settings(max_examples=120, deadline=None)
@example(b'1,"a,b\n2,c,3\n3,e",f\n4,g,5\n', 7, 1, 1 << 20)
@example(b"\xef\xbb\xbf\r", 1, 1, 1 << 20)
def test_every_byte_belongs_to_one_record(
    pairs: Warehouse, body: bytes, chunk_bytes: int, batch_records: int, max_bytes: int
) -> None:
    content = b"a,b,n\n" + body
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bytestream, "CHUNK_BYTES", chunk_bytes)
        patch.setattr(sinks, "BATCH_RECORDS", batch_records)
        patch.setattr(framing, "MAX_RECORD_BYTES", max_bytes)
        account = load(pairs, content)
    assert account.held_because is None
    assert account.accepted + account.quarantined + account.blank == account.records

    # Told apart by line alone: what is blank, and what the records hold, is all there is.
    text = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = text.removesuffix(b"\n").split(b"\n")
    accepted = pairs.column("select file_line from raw.pairs")
    quarantined = dict(pairs.rows("select file_line, raw_record from raw.quarantined_rows"))
    starts = sorted([*accepted, *quarantined])
    assert len(starts) == len(set(starts)) == account.accepted + account.quarantined
    covered = 1
    for start, following in pairwise([*starts, len(lines) + 1]):
        span = lines[start - 1 : following - 1]
        if start in quarantined:
            record = quarantined[start].split(b"\n")
        else:
            (fields, *_) = csv.reader(io.StringIO(b"\n".join(span).decode(), newline=""))
            assert len(fields) == 3
            ends = [n for n in range(1, len(span) + 1) if quotes(span[:n]) % 2 == 0]
            record = span[: ends[0]]
            (landed,) = pairs.rows(f"select a, b from raw.pairs where file_line = {start}")
            assert landed == (as_landed(fields[0]), as_landed(fields[1]))
        assert span[: len(record)] == record
        assert not any(line.strip() for line in span[len(record) :])
        covered += len(span)
    before = lines[1 : (starts[0] - 1) if starts else len(lines)]
    assert not any(line.strip() for line in before)
    assert covered + len(before) == len(lines)
    blank = sum(not line.strip() for line in lines[1:])
    assert account.blank <= blank


def quotes(lines: list[bytes]) -> int:
    return sum(line.count(b'"') for line in lines)


def test_a_file_in_many_parts_lands_as_in_one(pairs: Warehouse) -> None:
    content = b"a,b,n\n" + b"".join(
        b'%d,"x, ""%d""\ny",%d\n%d,,x\n\n%d,z\n' % (n, n, n, n, n) for n in range(300)
    )

    def landed() -> list[Any]:
        return [
            pairs.rows("select * from raw.pairs order by all"),
            pairs.rows("select * from raw.quarantined_rows order by all"),
        ]

    whole = figures(load(pairs, content))
    expected = landed()
    assert whole == (1200, 300, 600, 300)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bytestream, "CHUNK_BYTES", 1000)
        patch.setattr(sinks, "BATCH_RECORDS", 50)
        told: list[str] = []
        patch.setattr(pairs.loader, "_progress", told.append)
        assert figures(load(pairs, content)) == whole
    assert landed() == expected
    counts = [int(words.split(", ", 1)[1].split()[0].replace(",", "")) for words in told]
    assert counts == sorted(counts)
    assert len(counts) > 10
    assert counts[-1] == 1200
